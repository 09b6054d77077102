"""Who is let into a restricted incident: they ask, or are brought in by hand, and somebody answers.

A request is answered once, by whoever is first: the race ends at the row count.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.domain.act import Act
from bot.domain.duework import DeliveryKind, Priority
from bot.domain.errors import (
    Already,
    AnsweredAlready,
    AskedAlready,
    CannotBeLetIn,
    NobodyToAsk,
    NothingToDo,
    RefusedLately,
)
from bot.domain.ids import RequestId, UserId
from bot.domain.messages import AccessRequest
from bot.domain.rights import Deed
from bot.domain.standing import Change
from bot.domain.timeline import EntryKind
from bot.policy import Policy
from bot.services import theirs
from bot.services.addressing import personal
from bot.services.asked_instead import ask, asks, may_admit, who_may_admit
from bot.services.case import Case, take_up
from bot.services.reading import readable
from bot.services.standing import keep_true
from bot.services.written import checked_text
from bot.store import incidents, people, requests
from bot.store.claims import Claimed
from bot.store.database import Database
from bot.store.tables import AccessRequest as Row
from bot.store.tables.states import RequestState
from bot.store.transaction import Transaction

PAUSE = timedelta(hours=1)
"""After a refusal; so long the same person does not ask again."""


@dataclass(frozen=True, slots=True)
class Answered:
    """`admitted`: they may read it now; a guest who was brought in by hand may only stay.

    `asked`: they had asked for access. `by_hand`: they had been brought into the channel. One
    answer is for both.
    """

    reference: str
    person: UserId
    asked: bool
    by_hand: bool
    admitted: bool


def request_access(db: Database, policy: Policy, act: Act, incident_id: str) -> str:
    """Ask to be let in: the owner, or the first of those who are in it that may decide."""
    with (
        db.transaction(act) as tx,
        take_up(
            tx, act, incident_id, Deed.REQUEST_ACCESS, ended_too=True, uninvited_too=True
        ) as case,
    ):
        if act.user in case.invited:
            raise NothingToDo(case.reference, Already.OPEN_TO_YOU)
        if _asked_again(case, policy):
            return case.reference
        asked = who_may_admit(case.tx, policy, case.incident, case.invited)
        if asked is None:
            raise NobodyToAsk(case.reference)
        request_id = requests.add(tx, case.incident, act.user, act.now)
        if request_id is None:
            raise AskedAlready(case.reference, act.now)
        case.record(EntryKind.REQUESTED_ACCESS)
        row = requests.get(tx, request_id)
        if row is not None:
            ask(case, row, asked)
        return case.reference


def _asked_again(case: Case, policy: Policy) -> bool:
    """Whether their request is open, and goes to another one by now: who was asked can't answer.

    Raises AskedAlready where they can, and RefusedLately.
    """
    last = requests.last(case.tx, case.id, case.act.user)
    if last is None:
        return False
    if last.state is RequestState.OPEN:
        asked = asks(case.tx, last)
        if asked and may_admit(
            case.tx, policy, case.incident, case.invited, asked[-1].target or ""
        ):
            raise AskedAlready(case.reference, last.asked_at)
        instead = who_may_admit(case.tx, policy, case.incident, case.invited)
        if instead is None:
            raise NobodyToAsk(case.reference)
        ask(case, last, instead)
        return True
    if last.state is RequestState.REFUSED and last.answered_at is not None:
        until = last.answered_at + PAUSE
        if case.act.now < until:
            raise RefusedLately(case.reference, until)
    return False


def request_not_taken(tx: Transaction, policy: Policy, act: Act, claimed: Claimed) -> None:
    """Slack cannot reach who was asked: the next one is, or the asker hears that nobody is left."""
    incident = incidents.lock(tx, claimed.subject)
    request = requests.get(tx, claimed.args.get("request", ""))
    if incident is None or claimed.target is None or request is None:
        return
    invited = incidents.seats(tx, incident.id)
    if request.state is not RequestState.OPEN or request.person in invited:
        return
    if any(one.id > claimed.id for one in asks(tx, request)):
        return
    case = Case(tx, act, incident)
    passed = [*claimed.args.get("passed", ()), claimed.target]
    asked = who_may_admit(tx, policy, incident, invited, passed)
    if asked is not None:
        ask(case, request, asked, passed)
    elif requests.settle(tx, request.id, RequestState.LAPSED, act.now) and not request.by_hand:
        _tell(case, request, granted=False, by=None)
    case.put_down()


def open_request(db: Database, act: Act, request_id: str) -> AccessRequest:
    """Return a request that this person may answer; raises AnsweredAlready where it is too late."""
    with db.reading() as tx:
        row = theirs.request(tx, act, request_id)
        _, head = readable(tx, act, row.incident_id, Deed.INVITE)
        if row.state is not RequestState.OPEN:
            raise _answered_already(head.reference, row)
        return AccessRequest(RequestId(row.id), head, UserId(row.person), row.by_hand)


def answer(db: Database, act: Act, request_id: str, *, granted: bool, reason: str = "") -> Answered:
    """Let somebody in, or not. Whoever asked is told; whoever was brought in and may not stay is
    removed from the channel. Where one person is waited for in both ways, both are answered.
    """
    reason = checked_text("why", reason, needed=False)
    with db.transaction(act) as tx:
        row = theirs.request(tx, act, request_id)
        with take_up(tx, act, row.incident_id, Deed.INVITE, ended_too=True) as case:
            rows = requests.open_of(tx, case.id, row.person)
            if row.id not in [one.id for one in rows]:
                raise _answered_already(case.reference, requests.get(tx, row.id) or row)
            if row.person in case.invited:
                # A release that does not answer by letting in has let them in.
                raise AnsweredAlready(case.reference, row.person, True, None, act.now)
            admitted = granted and _admit(case, row)
            if not granted:
                _turn_away(case, rows, reason)
            keep_true(case, Change.ACCESS)
            asked, by_hand = any(not one.by_hand for one in rows), any(one.by_hand for one in rows)
            return Answered(case.reference, UserId(row.person), asked, by_hand, admitted)


def _answered_already(about: str, row: Row) -> AnsweredAlready:
    granted = row.state is RequestState.GRANTED
    at = row.answered_at or row.asked_at
    return AnsweredAlready(about, row.person, granted, row.answered_by, at)


def _admit(case: Case, row: Row) -> bool:
    """Let them in, and say so to them; False for a guest, who may only stay in the channel."""
    person = people.person(case.tx, case.act.workspace, UserId(row.person))
    kept_out = person is None or person.outsider or person.gone
    if kept_out and not row.by_hand:
        raise CannotBeLetIn(row.person)
    requests.settle(case.tx, row.id, RequestState.GRANTED, case.act.now, by=case.act.user)
    case.record(EntryKind.INVITED, person=row.person)
    if kept_out:
        lapsed = RequestState.LAPSED
        requests.settle_all(case.tx, case.id, row.person, lapsed, case.act.now, None)
        return False
    case.let_in(row.person)
    _tell(case, row, granted=True, by=case.act.user)
    return True


def _turn_away(case: Case, rows: Sequence[Row], reason: str) -> None:
    user, act = rows[0].person, case.act
    requests.settle_all(case.tx, case.id, user, RequestState.REFUSED, act.now, act.user, reason)
    for row in rows:
        case.record(EntryKind.REFUSED_ACCESS, person=user, reason=reason, by_hand=row.by_hand)
        if row.by_hand:
            case.post(DeliveryKind.ROOM_REMOVE, f"remove:{row.id}", user=user)
        else:
            _tell(case, row, granted=False, by=act.user)


def _tell(case: Case, row: Row, *, granted: bool, by: UserId | None) -> None:
    case.send(
        personal(
            DeliveryKind.ACCESS_ANSWER,
            row.person,
            case.id,
            f"access-answer:{row.id}",
            incident_id=case.id,
            priority=Priority.NOTICE,
            request=row.id,
            granted=granted,
            by=by,
        )
    )
