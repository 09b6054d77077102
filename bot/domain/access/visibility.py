"""Who may see what. Everything that shows an incident to anyone passes through `sight`."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum, StrEnum

from bot.domain.act import Role


class Tier(StrEnum):
    """How confidential an incident is, the most open first."""

    STANDARD = "standard"
    RESTRICTED = "restricted"


class Place(Enum):
    """Where it would be shown; what is shown to many follows the place, not the reader."""

    INCIDENT_CHANNEL = "the escalation's own channel"
    PERSONAL = "one person's answer, message or form"
    LISTING = "a list, a search, the home tab"
    BROADCAST = "a digest, a shared channel, a log"
    OUTSIDE = "an e-mail, an SMS, a page behind a link: through other people's hands"


class Sight(Enum):
    """How much of an incident may be shown."""

    FULL = "everything"
    CODENAME = "reference, codename, severity, state"
    NOTHING = "nothing at all"


@dataclass(frozen=True, slots=True)
class TierRule:
    """What a tier shows, as data. docs/how-to/add-a-tier.md: what else a later one changes.

    `titles_in` are the places where its words may stand; `by_invitation` says that even there only
    the people invited may read them, so its own channel is private.
    """

    titles_in: frozenset[Place]
    by_invitation: bool
    least_role: Role


TIERS: dict[Tier, TierRule] = {
    Tier.STANDARD: TierRule(frozenset(Place), by_invitation=False, least_role=Role.VIEWER),
    Tier.RESTRICTED: TierRule(
        frozenset({Place.INCIDENT_CHANNEL, Place.PERSONAL}),
        by_invitation=True,
        least_role=Role.VIEWER,
    ),
}


def sight(
    tier: Tier,
    place: Place,
    *,
    reader: str,
    role: Role,
    invited: Collection[str],
    kept_out: bool = False,
) -> Sight:
    """Decide how much of an incident `reader` may see in `place`.

    An invitation is a grant: a full member who lost every role reads on what they are in. Not so
    whoever is `kept_out` (a guest, of another organisation, deactivated): they see nothing.

    For a place with many readers (INCIDENT_CHANNEL, BROADCAST, OUTSIDE) `reader` and `role` are not
    asked: the channel's members are the invited ones, and the others show only what anyone may see.
    """
    rule = TIERS[tier]
    if place is Place.INCIDENT_CHANNEL:
        return Sight.FULL
    if place in (Place.BROADCAST, Place.OUTSIDE):
        return Sight.FULL if place in rule.titles_in else Sight.CODENAME
    if kept_out:
        return Sight.NOTHING
    if rule.by_invitation:
        if reader in invited:
            return Sight.FULL if place in rule.titles_in else Sight.CODENAME
        return Sight.CODENAME if role >= rule.least_role else Sight.NOTHING
    if role >= rule.least_role or reader in invited:
        return Sight.FULL if place in rule.titles_in else Sight.CODENAME
    return Sight.NOTHING


def strictest(*tiers: Tier) -> Tier:
    """Return the most confidential of several: whatever has a say can only tighten."""
    return max(tiers, key=list(Tier).index)


def by_invitation(tier: Tier) -> bool:
    """Tell whether nobody but the people invited may read it, in its own channel too."""
    return TIERS[tier].by_invitation
