"""Who comes into a channel by hand, or leaves it: Slack lets people do both without the bot."""

from bot.domain.act import Act, Workspace
from bot.domain.standing import Change
from bot.domain.timeline import EntryKind
from bot.policy import Policy
from bot.services import asked_instead
from bot.services.access import role_in
from bot.services.belonging import may_read
from bot.services.case import Case
from bot.services.losing_access import end_seat
from bot.services.standing import keep_true
from bot.store import incidents, people, requests
from bot.store.claims import Claimed
from bot.store.database import Database
from bot.store.tables import AccessRequest as Row
from bot.store.tables import Incident
from bot.store.tables.states import RequestState
from bot.store.transaction import Transaction


def left(db: Database, policy: Policy, act: Act, incident_id: str, user: str) -> None:
    """Somebody left an incident's channel, or was removed from it: they read it no more.

    Its owner goes on answering for it, and reads on, until somebody else owns it.
    """
    with db.transaction(act) as tx:
        incident = incidents.lock(tx, incident_id)
        if incident is None:
            return
        if incident.owner == user:
            requests.mark_left(tx, incident.id, user, act.now)
            return
        case = Case(tx, act, incident)
        asked = requests.settle_by_hand(tx, incident.id, user, RequestState.LAPSED, act.now)
        seated = end_seat(case, user)
        if seated:
            asked_instead.instead_of(case, policy, [user])
        if asked:
            keep_true(case, Change.ACCESS)
        case.put_down()


def intruded_upon(db: Database, act: Act, channel: str, user: str) -> str | None:
    """Return the incident whose channel this is, where the bot did not invite this person, or an
    owner who had left it is back."""
    with db.reading() as tx:
        incident = incidents.by_channel(tx, act.workspace, channel)
        if incident is None:
            return None
        if user in incidents.seats(tx, incident.id) and not requests.has_left(
            tx, incident.id, user
        ):
            return None
        return incident.id


def joined(
    db: Database, policy: Policy, act: Act, incident_id: str, user: str, added_by: str | None
) -> None:
    """Somebody was brought into a channel: where they may not read its incident, its owner is told.

    Where they may, it is remembered, for the incident may be tightened.
    """
    with db.transaction(act) as tx:
        incident = incidents.lock(tx, incident_id)
        if incident is None or requests.mark_left(tx, incident_id, user, None):
            return
        case = Case(tx, act, incident)
        request_id = requests.add(tx, incident, user, act.now, by_hand=True, added_by=added_by)
        if request_id is None:
            return
        row = requests.get(tx, request_id)
        if row is not None and not _may_read(tx, policy, incident, user):
            _tell_of(case, policy, row)
        case.put_down()


def tell_of_strangers(case: Case, policy: Policy) -> None:
    """Have it decided about everyone in the channel who may not read the incident any more."""
    for row in requests.open_by_hand(case.tx, case.id):
        if not _may_read(case.tx, policy, case.incident, row.person):
            _tell_of(case, policy, row)


def _tell_of(case: Case, policy: Policy, row: Row) -> None:
    case.record(EntryKind.ADDED, person=row.person, by=row.added_by)
    asked = asked_instead.who_may_admit(
        case.tx, policy, case.incident, incidents.seats(case.tx, case.id)
    )
    if asked is not None:
        asked_instead.ask(case, row, asked)


def _may_read(tx: Transaction, policy: Policy, incident: Incident, user: str) -> bool:
    workspace = Workspace(incident.team_id, incident.enterprise_id)
    role, seats = role_in(tx, policy, workspace, user), incidents.seats(tx, incident.id)
    kept_out = bool(people.gone(tx, workspace, [user]))
    return may_read(incident, user, role, seats, kept_out=kept_out)


def not_removed(tx: Transaction, act: Act, claimed: Claimed, error: str) -> None:
    """Slack does not let the bot remove somebody: the channel hears that a person has to do it."""
    incident = incidents.lock(tx, claimed.subject)
    if incident is not None:
        case = Case(tx, act, incident)
        case.record(EntryKind.STAYED, aloud=True, person=claimed.args["user"], error=error)
        case.put_down()
