"""Who is asking: roles, and access to restricted incidents."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.domain.act import Act, Role, Workspace
from bot.domain.duework import DeliveryKind, Priority
from bot.domain.errors import NotFound, NothingToDo, Stranger
from bot.domain.ids import UserId
from bot.domain.rights import Deed
from bot.domain.timeline import EntryKind
from bot.policy import Policy
from bot.services.case import personal, take_up
from bot.store import people
from bot.store.database import Database
from bot.store.tables import Person
from bot.store.transaction import Transaction


def identify(
    db: Database,
    policy: Policy,
    workspace: Workspace,
    user: str,
    now: datetime,
    key: str | None = None,
) -> Act | None:
    """Return who acts, with their role; None when Slack has not told us of this person yet.

    Guests, external and deactivated people are NOBODY, whatever the policy says.
    """
    with db.reading() as tx:
        try:
            return recognised(tx, policy, Act(workspace, UserId(user), Role.NOBODY, now, key))
        except Stranger:
            return None


def recognised(tx: Transaction, policy: Policy, act: Act) -> Act:
    """Return the act with its person's role; raises Stranger for somebody not known yet."""
    person, groups = people.in_groups(tx, act.workspace, act.user)
    if person is None:
        raise Stranger
    return replace(act, role=_role(policy, person, groups))


def _role(policy: Policy, person: Person, groups: list[str]) -> Role:
    if person.outsider or person.gone or person.is_bot:
        return Role.NOBODY
    return policy.role_of(UserId(person.user_id), groups)


def zone_of(db: Database, policy: Policy, act: Act) -> ZoneInfo:
    """Return the person's own time zone, or the policy's default."""
    with db.reading() as tx:
        person = people.person(tx, act.workspace, act.user)
    try:
        return ZoneInfo(person.zone) if person else policy.default_zone
    except (ZoneInfoNotFoundError, ValueError):
        return policy.default_zone


def enter(db: Database, act: Act, incident_id: str) -> None:
    """Bring whoever may read an incident into its channel, which is private."""
    with (
        db.transaction(act) as tx,
        take_up(tx, act, incident_id, Deed.READ, ended_too=True) as case,
    ):
        case.invite([act.user])


def request_access(db: Database, act: Act, incident_id: str) -> str:
    """Ask the owner (or whoever opened it) to be let in."""
    with (
        db.transaction(act) as tx,
        take_up(
            tx, act, incident_id, Deed.REQUEST_ACCESS, ended_too=True, uninvited_too=True
        ) as case,
    ):
        if act.user in case.invited:
            raise NothingToDo(case.reference, "open to you")
        case.record(EntryKind.REQUESTED_ACCESS)
        asked = case.incident.owner or case.incident.opened_by
        case.send(
            personal(
                DeliveryKind.ACCESS_REQUEST,
                asked,
                case.id,
                f"access:{case.id}:{act.user}:{act.now.timestamp()}",
                incident_id=case.id,
                priority=Priority.NOTICE,
                asker=act.user,
            )
        )
        return case.reference


def answer_access(db: Database, act: Act, incident_id: str, asker: UserId, *, granted: bool) -> str:
    """Let somebody in, or not; they are told either way."""
    with (
        db.transaction(act) as tx,
        take_up(tx, act, incident_id, Deed.INVITE, ended_too=True) as case,
    ):
        person = people.person(tx, act.workspace, asker)
        if person is None or person.outsider or person.gone:
            raise NotFound("person", asker)
        if granted:
            if asker in case.invited:
                raise NothingToDo(case.reference, "open to", asker)
            case.record(EntryKind.INVITED, person=asker)
            case.invite([asker])
        case.send(
            personal(
                DeliveryKind.ACCESS_ANSWER,
                asker,
                case.id,
                f"access-answer:{case.id}:{asker}:{act.now.timestamp()}",
                incident_id=case.id,
                priority=Priority.NOTICE,
                granted=granted,
                by=act.user,
            )
        )
        return case.reference
