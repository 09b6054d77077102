"""Rights in one incident: to read it, to work on it, and to do what only its people may do."""

from collections.abc import Collection, Iterable, Mapping

from bot.domain.access.rights import LETS_OTHERS_IN, Deed, may, may_let_in, require
from bot.domain.access.visibility import Place, Sight, by_invitation, sight
from bot.domain.act import Act, Role, Workspace
from bot.domain.errors import MayOnlyRead
from bot.domain.ids import reference
from bot.store.people import people_and_groups
from bot.store.tables import Incident
from bot.store.transaction import Transaction


def sight_of(
    incident: Incident,
    reader: str,
    role: Role,
    invited: Collection[str],
    *,
    kept_out: bool,
    place: Place = Place.PERSONAL,
) -> Sight:
    """Return how much of an incident a person may see in a place (default: shown to them alone)."""
    return sight(incident.tier, place, reader=reader, role=role, invited=invited, kept_out=kept_out)


def may_read(
    incident: Incident, reader: str, role: Role, invited: Collection[str], *, kept_out: bool
) -> bool:
    """Tell whether a person may read all of an incident in a message that only they see."""
    return sight_of(incident, reader, role, invited, kept_out=kept_out) is Sight.FULL


def belongs_to(incident: Incident, seats: Mapping[str, bool], user: str) -> bool:
    """Tell whether a person belongs to an incident: its owner, its opener, or a seat that counts.

    `seats`: for each invited person, whether they may work on the incident.
    """
    return seats.get(user, False) or user in (incident.owner, incident.opened_by)


def who_answers(incident: Incident, invited: Iterable[str]) -> list[str]:
    """Return who answers for an incident: the owner, the opener, then `invited` in its order."""
    everyone = (incident.owner, incident.opened_by, *invited)
    return list(dict.fromkeys(user for user in everyone if user))


def responsible(tx: Transaction, incident: Incident, seats: Collection[str]) -> str:
    """Return the person to send others to: the first who answers for it, is in it and is in Slack.

    Without such a person: the owner, or else the opener.
    """
    able = [user for user in who_answers(incident, seats) if user in seats]
    gone = people_and_groups.gone(tx, Workspace(incident.team_id, incident.enterprise_id), able)
    there = (user for user in able if user not in gone)
    return next(there, incident.owner or incident.opened_by)


def require_in(
    tx: Transaction, act: Act, incident: Incident, deed: Deed, seats: Mapping[str, bool]
) -> None:
    """Raise NotPermitted or MayOnlyRead unless the person, who reads it, may do this deed there."""
    belongs = belongs_to(incident, seats, act.user)
    require(act, deed, belongs=belongs)
    if not may_in(act, incident, deed, belongs=belongs):
        raise may_only_read(tx, incident, seats)


def may_in(act: Act, incident: Incident, deed: Deed, *, belongs: bool) -> bool:
    """Tell the same as `require_in`, without raising."""
    closed = by_invitation(incident.tier)
    lets_in = may_let_in(act.role, closed=closed, belongs=belongs)
    return may(act.role, deed, belongs=belongs) and (lets_in or deed not in LETS_OTHERS_IN)


def deeds_in(act: Act, incident: Incident, *, belongs: bool) -> frozenset[Deed]:
    """Return all that a person who reads an incident may do there."""
    return frozenset(deed for deed in Deed if may_in(act, incident, deed, belongs=belongs))


def may_only_read(tx: Transaction, incident: Incident, seats: Collection[str]) -> MayOnlyRead:
    return MayOnlyRead(reference(incident.number), responsible(tx, incident, seats))
