"""Access to a restricted incident: a person asks, or is brought in by hand, and another answers.

Each request has one answer, from the first person to give it: the race ends at the row count.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.domain.access.access_entries import InvitedEntry, RefusedAccessEntry, RequestedAccessEntry
from bot.domain.access.access_messages import (
    AccessAnswerArgs,
    AccessRequestArgs,
    AccessRequestMessage,
)
from bot.domain.access.rights import Deed
from bot.domain.act import Act
from bot.domain.channels.channel_messages import ChannelRemoveArgs
from bot.domain.delivery.delivery_states import Priority
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
from bot.domain.kinds import DeliveryKind
from bot.domain.staleness import Change
from bot.policy import Policy
from bot.services.access import owned_ids
from bot.services.access.approvers import ask, asks, may_admit, who_may_admit
from bot.services.addressing import personal
from bot.services.incidents.queries import readable
from bot.services.locked import LockedIncident, lock_incident
from bot.services.staleness import keep_true
from bot.services.stored_text import checked_text
from bot.store.access import participants, requests
from bot.store.database import Database
from bot.store.delivery.claims import ClaimOf
from bot.store.incidents import incident_rows
from bot.store.people import people_and_groups
from bot.store.tables import AccessRequest as Row
from bot.store.tables.states import RequestState
from bot.store.transaction import Transaction

PAUSE = timedelta(hours=1)
"""How long the same person has to wait before they ask again after a refusal."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The result of an answer. One answer settles both kinds of request from one person.

    `asked`: they had asked for access. `by_hand`: they had been brought into the channel.
    `admitted`: they may read it now; a guest who was brought in by hand may only stay.
    """

    reference: str
    person: UserId
    asked: bool
    by_hand: bool
    admitted: bool


def request_access(db: Database, policy: Policy, act: Act, incident_id: str) -> str:
    """Ask the owner, or else the first person in the incident who may decide, for access."""
    with (
        db.transaction(act) as tx,
        lock_incident(
            tx, act, incident_id, Deed.REQUEST_ACCESS, ended_too=True, uninvited_too=True
        ) as locked,
    ):
        if act.user in locked.invited:
            raise NothingToDo(locked.reference, Already.OPEN_TO_YOU)
        if _asked_again(locked, policy):
            return locked.reference
        asked = who_may_admit(locked.tx, policy, locked.incident, locked.invited)
        if asked is None:
            raise NobodyToAsk(locked.reference)
        request_id = requests.add(tx, locked.incident, act.user, act.now)
        if request_id is None:
            raise AskedAlready(locked.reference, act.now)
        locked.record(RequestedAccessEntry())
        row = requests.get(tx, request_id)
        if row is not None:
            ask(locked, row, asked)
        return locked.reference


def _asked_again(locked: LockedIncident, policy: Policy) -> bool:
    """Tell whether the person's request was still open and has now gone to another approver.

    Raises AskedAlready if the approver can still answer, NobodyToAsk without another approver, and
    RefusedLately within `PAUSE` of a refusal.
    """
    last = requests.last(locked.tx, locked.id, locked.act.user)
    if last is None:
        return False
    if last.state is RequestState.OPEN:
        asked = asks(locked.tx, last)
        if asked and may_admit(
            locked.tx, policy, locked.incident, locked.invited, asked[-1].target or ""
        ):
            raise AskedAlready(locked.reference, last.asked_at)
        instead = who_may_admit(locked.tx, policy, locked.incident, locked.invited)
        if instead is None:
            raise NobodyToAsk(locked.reference)
        ask(locked, last, instead)
        return True
    if last.state is RequestState.REFUSED and last.answered_at is not None:
        until = last.answered_at + PAUSE
        if locked.act.now < until:
            raise RefusedLately(locked.reference, until)
    return False


def request_not_taken(
    tx: Transaction, policy: Policy, act: Act, claimed: ClaimOf[AccessRequestArgs]
) -> None:
    """Pass the request on if Slack cannot reach its approver; with none left, tell the asker."""
    args = claimed.args
    incident = incident_rows.lock(tx, claimed.subject)
    request = requests.get(tx, args.request)
    if incident is None or claimed.target is None or request is None:
        return
    invited = participants.seats(tx, incident.id)
    if request.state is not RequestState.OPEN or request.person in invited:
        return
    if any(one.id > claimed.id for one in asks(tx, request)):
        return
    locked = LockedIncident(tx, act, incident)
    passed = [*args.passed, claimed.target]
    asked = who_may_admit(tx, policy, incident, invited, passed)
    if asked is not None:
        ask(locked, request, asked, passed)
    elif requests.settle(tx, request.id, RequestState.LAPSED, act.now) and not request.by_hand:
        _tell(locked, request, granted=False, by=None)
    locked.put_down()


def open_request(db: Database, act: Act, request_id: str) -> AccessRequestMessage:
    """Return an open request that this person may answer; raises AnsweredAlready."""
    with db.reading() as tx:
        row = owned_ids.request(tx, act, request_id)
        _, head = readable(tx, act, row.incident_id, Deed.INVITE)
        if row.state is not RequestState.OPEN:
            raise _answered_already(head.reference, row)
        return AccessRequestMessage(RequestId(row.id), head, UserId(row.person), row.by_hand)


def answer(db: Database, act: Act, request_id: str, *, granted: bool, reason: str = "") -> Answered:
    """Let a person in, or not. A person who asked is told. A person who was brought in and may not
    stay is removed from the channel. If they have both kinds of request open, both are answered.
    """
    reason = checked_text("why", reason, needed=False)
    with db.transaction(act) as tx:
        row = owned_ids.request(tx, act, request_id)
        with lock_incident(tx, act, row.incident_id, Deed.INVITE, ended_too=True) as locked:
            rows = requests.open_of(tx, locked.id, row.person)
            if row.id not in [one.id for one in rows]:
                raise _answered_already(locked.reference, requests.get(tx, row.id) or row)
            if row.person in locked.invited:
                # An older release lets people in without answering the request.
                raise AnsweredAlready(locked.reference, row.person, True, None, act.now)
            admitted = granted and _admit(locked, row)
            if not granted:
                _turn_away(locked, rows, reason)
            keep_true(locked, Change.ACCESS)
            asked, by_hand = any(not one.by_hand for one in rows), any(one.by_hand for one in rows)
            return Answered(locked.reference, UserId(row.person), asked, by_hand, admitted)


def _answered_already(about: str, row: Row) -> AnsweredAlready:
    granted = row.state is RequestState.GRANTED
    at = row.answered_at or row.asked_at
    return AnsweredAlready(about, row.person, granted, row.answered_by, at)


def _admit(locked: LockedIncident, row: Row) -> bool:
    """Let the person in and tell them; False for a guest, who may only stay in the channel."""
    person = people_and_groups.person(locked.tx, locked.act.workspace, UserId(row.person))
    kept_out = person is None or person.outsider or person.gone
    if kept_out and not row.by_hand:
        raise CannotBeLetIn(row.person)
    requests.settle(locked.tx, row.id, RequestState.GRANTED, locked.act.now, by=locked.act.user)
    locked.record(InvitedEntry(person=row.person))
    if kept_out:
        lapsed = RequestState.LAPSED
        requests.settle_all(locked.tx, locked.id, row.person, lapsed, locked.act.now, None)
        return False
    locked.let_in(row.person)
    _tell(locked, row, granted=True, by=locked.act.user)
    return True


def _turn_away(locked: LockedIncident, rows: Sequence[Row], reason: str) -> None:
    user, act = rows[0].person, locked.act
    requests.settle_all(locked.tx, locked.id, user, RequestState.REFUSED, act.now, act.user, reason)
    for row in rows:
        locked.record(RefusedAccessEntry(person=user, reason=reason, by_hand=row.by_hand))
        if row.by_hand:
            locked.post(DeliveryKind.CHANNEL_REMOVE, f"remove:{row.id}", ChannelRemoveArgs(user))
        else:
            _tell(locked, row, granted=False, by=act.user)


def _tell(locked: LockedIncident, row: Row, *, granted: bool, by: UserId | None) -> None:
    locked.send(
        personal(
            DeliveryKind.ACCESS_ANSWER,
            row.person,
            locked.id,
            f"access-answer:{row.id}",
            incident_id=locked.id,
            priority=Priority.NOTICE,
            args=AccessAnswerArgs(row.id, granted=granted, by=by),
        )
    )
