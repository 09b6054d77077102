"""How much of an incident a reader may see. Code that shows an incident calls `sight` first."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum, StrEnum

from bot.domain.act import Role


class Tier(StrEnum):
    """How confidential an incident is, the most open first."""

    STANDARD = "standard"
    RESTRICTED = "restricted"


class Place(Enum):
    """Where an incident is shown. If many people read there, the place decides, not the reader."""

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
    """What a tier shows, as data. docs/how-to/add-a-tier.md lists the other changes for a new tier.

    `titles_in`: the places where the incident's words may appear. `by_invitation`: even there, only
    invited people may read them, so the incident's channel is private.
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

    An invitation is a grant: full members who lost every role can still read the incidents they are
    in. People who are `kept_out` (guests, external, deactivated) see nothing.

    In a place with many readers (INCIDENT_CHANNEL, BROADCAST, OUTSIDE) `reader` and `role` do not
    count: the channel's members are the invited people, and the others show what anyone may see.
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
    """Return the most confidential of several tiers, so that each one can only tighten."""
    return max(tiers, key=list(Tier).index)


def by_invitation(tier: Tier) -> bool:
    """Tell whether only invited people may read the incident, in its own channel too."""
    return TIERS[tier].by_invitation
