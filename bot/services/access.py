"""Who is asking: roles, and access to restricted incidents."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.domain.act import Act, Role, Workspace
from bot.domain.duework import DeliveryKind, Priority
from bot.domain.errors import NobodyToAsk, NotFound, NothingToDo, Stranger
from bot.domain.ids import UserId
from bot.domain.rights import Deed, may
from bot.domain.standing import Change
from bot.domain.timeline import EntryKind
from bot.domain.zones import zone_named
from bot.policy import Policy
from bot.services import theirs
from bot.services.case import Case, belongs_to, personal, take_up
from bot.services.standing import keep_true
from bot.store import incidents, people
from bot.store.claims import Claimed
from bot.store.database import Database
from bot.store.tables import Incident, Person
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
    act = Act(workspace, UserId(user), Role.NOBODY, now, key)
    with db.reading() as tx:
        person, groups = people.in_groups(tx, workspace, user)
        return None if person is None else _as(policy, act, person, groups)


def recognised(tx: Transaction, policy: Policy, act: Act) -> Act:
    """Return the act with its person's role; raises Stranger for somebody not known yet, and for
    somebody who counts as gone: who acts is there, and Slack knows better.
    """
    person, groups = people.in_groups(tx, act.workspace, act.user)
    if person is None or person.gone:
        raise Stranger
    return _as(policy, act, person, groups)


def _as(policy: Policy, act: Act, person: Person, groups: list[str]) -> Act:
    return replace(act, role=_role(policy, person, groups), kept_out=_kept_out(person))


def _kept_out(person: Person) -> bool:
    return person.outsider or person.gone or person.is_bot


def _role(policy: Policy, person: Person, groups: list[str]) -> Role:
    if _kept_out(person):
        return Role.NOBODY
    return policy.role_of(UserId(person.user_id), groups)


def zone_of(db: Database, policy: Policy, act: Act) -> ZoneInfo:
    """Return the person's own time zone, or the policy's where Slack tells none that is known."""
    with db.reading() as tx:
        return zone_in(tx, policy, act.workspace, act.user)


def zone_in(tx: Transaction, policy: Policy, workspace: Workspace, user: str) -> ZoneInfo:
    """The same within a look, for anyone."""
    person = people.person(tx, workspace, user)
    return zone_named(person.zone if person else "", policy.default_zone)


def enter(db: Database, act: Act, incident_id: str) -> None:
    """Bring whoever may read an incident into its channel, which is private."""
    with (
        db.transaction(act) as tx,
        take_up(tx, act, incident_id, Deed.READ, ended_too=True) as case,
    ):
        case.let_in(act.user)


def request_access(db: Database, policy: Policy, act: Act, incident_id: str) -> str:
    """Ask to be let in: the owner, or the first of those who are in it that may decide."""
    with (
        db.transaction(act) as tx,
        take_up(
            tx, act, incident_id, Deed.REQUEST_ACCESS, ended_too=True, uninvited_too=True
        ) as case,
    ):
        if act.user in case.invited:
            raise NothingToDo(case.reference, "open to you")
        asked = _who_may_admit(case, policy, case.invited)
        if asked is None:
            raise NobodyToAsk(case.reference)
        case.record(EntryKind.REQUESTED_ACCESS)
        _ask(case, asked, act.user)
        return case.reference


def _who_may_admit(
    case: Case, policy: Policy, invited: Mapping[str, bool], passed: Collection[str] = ()
) -> str | None:
    """Return the first who answers for it, is invited, may admit others, and was not `passed` over.

    Nobody else is asked, not even a manager on duty: only who is in it may let others in.
    """
    for user in in_charge(case.incident, invited):
        if user in invited and user not in passed:
            person, groups = people.in_groups(case.tx, case.act.workspace, user)
            role = _role(policy, person, groups) if person else policy.role_of(UserId(user), [])
            belongs = belongs_to(case.incident, invited, user)
            if may(role, Deed.INVITE, belongs=belongs):
                return user
    return None


def in_charge(incident: Incident, invited: Iterable[str]) -> list[str]:
    """Return who answers for an incident, the first first: owner, opener, who is in it longest."""
    everyone = (incident.owner, incident.opened_by, *invited)
    return list(dict.fromkeys(user for user in everyone if user))


def _ask(case: Case, asked: str, asker: str, passed: Sequence[str] = ()) -> None:
    case.send(
        personal(
            DeliveryKind.ACCESS_REQUEST,
            asked,
            case.id,
            f"access:{case.id}:{asker}:{len(passed)}:{case.act.now.timestamp()}",
            incident_id=case.id,
            priority=Priority.NOTICE,
            asker=asker,
            passed=list(passed),
        )
    )


def request_not_taken(tx: Transaction, policy: Policy, act: Act, claimed: Claimed) -> None:
    """Slack cannot reach who was asked: the next one is, or the asker hears that nobody is left."""
    incident = incidents.lock(tx, claimed.subject)
    if incident is None or claimed.target is None:
        return
    asker = UserId(claimed.args["asker"])
    invited = incidents.seats(tx, incident.id)
    if asker in invited:
        return
    case = Case(tx, act, incident)
    passed = [*claimed.args.get("passed", ()), claimed.target]
    asked = _who_may_admit(case, policy, invited, passed)
    if asked is None:
        _tell(case, asker, granted=False, by=None)
    else:
        _ask(case, asked, asker, passed)
    case.put_down()


def answer_access(db: Database, act: Act, incident_id: str, asker: UserId, *, granted: bool) -> str:
    """Let somebody in, or not; they are told either way."""
    with db.transaction(act) as tx:
        theirs.check_request(tx, act, incident_id)
        return _answer_access(tx, act, incident_id, asker, granted=granted)


def _answer_access(
    tx: Transaction, act: Act, incident_id: str, asker: UserId, *, granted: bool
) -> str:
    with take_up(tx, act, incident_id, Deed.INVITE, ended_too=True) as case:
        person = people.person(tx, act.workspace, asker)
        if person is None or person.outsider or person.gone:
            raise NotFound("person", asker)
        if granted:
            if asker in case.invited:
                raise NothingToDo(case.reference, "open to", asker)
            case.record(EntryKind.INVITED, person=asker)
            case.let_in(asker)
        _tell(case, asker, granted=granted, by=act.user)
        keep_true(case, Change.ACCESS)
        return case.reference


def _tell(case: Case, asker: UserId, *, granted: bool, by: UserId | None) -> None:
    case.send(
        personal(
            DeliveryKind.ACCESS_ANSWER,
            asker,
            case.id,
            f"access-answer:{case.id}:{asker}:{case.act.now.timestamp()}",
            incident_id=case.id,
            priority=Priority.NOTICE,
            granted=granted,
            by=by,
        )
    )
