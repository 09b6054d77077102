"""Handles Slack's refusals: of a place, a person, a message, or the whole workspace."""

from collections.abc import Sequence
from datetime import timedelta

from bot.domain.act import by_the_bot
from bot.domain.delivery.delivery_states import DeliveryState
from bot.domain.kinds import DeliveryKind
from bot.domain.paging.ladders import UNANSWERED, PageState
from bot.policy import Policy
from bot.services.access import invitations, manual_joins, requests
from bot.services.channels import channel
from bot.services.delivery.content import RequestedPlace
from bot.services.delivery.outcomes import lock_first
from bot.services.delivery.results import At
from bot.services.fallback.ways import by_other_ways
from bot.services.incidents import corrections
from bot.services.paging import page_edits, runs
from bot.services.paging.page_outcomes import locked_for
from bot.services.people import departures, doubted_departures
from bot.services.unanswered import managers, managers_told
from bot.store.database import Database
from bot.store.delivery import claims, limits, missed_notices, outbox
from bot.store.delivery.claims import Claimed
from bot.store.fallback.unsent_pages import Unsent
from bot.store.incidents import incident_rows
from bot.store.paging import pages
from bot.store.tables.states import ChannelState
from bot.store.transaction import Transaction

_CARD_IS_LOST = frozenset({"message_not_found", "cant_update_message"})
_EDITS = frozenset({DeliveryKind.MESSAGE_EDIT, DeliveryKind.PAGE_UPDATE})
_CANNOT_BE_EDITED = _CARD_IS_LOST | {"edit_window_closed"}
OTHERWISE = frozenset({DeliveryKind.PAGE, DeliveryKind.EXHAUSTED})
"""Messages that have to arrive: retried until answered, and sent by other ways at once."""
_NOT_TRIED_AGAIN = frozenset(
    # Something else follows at once, or it is not worth a wait.
    {DeliveryKind.ROOM_CREATE, DeliveryKind.ROOM_REMOVE}
    | {DeliveryKind.CARD_PIN, DeliveryKind.ACCESS_REQUEST, DeliveryKind.HOME}
    | {DeliveryKind.CANARY, DeliveryKind.CANARY_UPDATE}
)
TRIED_FOR = timedelta(days=1)
"""The bot gives up on a message that is not urgent after this time."""
_REFUSED_UNTIL_LOOKED = timedelta(seconds=30)
"""How long a lane still counts as refused after its next try."""

_LONGEST_DOUBT = 60
"""The most seconds between tries to reach a person when all possible stand-ins count as gone."""

NOWHERE = RequestedPlace()


def dead_target(db: Database, policy: Policy, claimed: Claimed, code: str, at: At) -> None:
    """Mark a person as gone, and page their backup in the same transaction.

    If every possible stand-in counts as gone too, Slack may be wrong, and is asked again.
    """
    with db.transaction() as tx:
        lock_first(tx, claimed)
        if not claims.is_held(tx, claimed):
            return
        if claimed.target is not None:
            departures.mark_gone(tx, policy, claimed.workspace, claimed.target, at.now)
        in_doubt = doubted_departures.no_one_is_left(tx, policy, claimed)
        if in_doubt:
            doubted_departures.ask_all_again(tx, policy, claimed, at)
            if claimed.kind is DeliveryKind.EXHAUSTED:
                managers_told.changed(tx, by_the_bot(claimed.workspace, at.now), claimed.subject)
        elif _ended(tx, claimed, code, at):
            _after_rejection(tx, policy, claimed, code, at)
    if in_doubt:
        seconds = min(2 ** min(claimed.attempts, 6), _LONGEST_DOUBT)
        place_refused(db, policy, claimed, code, at, timedelta(seconds=seconds))
        return
    with db.transaction() as tx:
        claims.let_go(tx, claimed, real=at.real)


def place_refused(
    db: Database,
    policy: Policy,
    claimed: Claimed,
    code: str,
    at: At,
    pause: timedelta,
    *,
    in_order: bool = False,
    aim: RequestedPlace = NOWHERE,
    people: Sequence[str] = (),
) -> bool:
    """Put back a delivery whose place Slack refuses, and try again after `pause`; others go on.

    A page counts as undeliverable: its backup is paged in the same transaction, and its person
    gets it by their other ways. Slack is asked again until a responder has acknowledged.
    `in_order`: later messages in its lane wait too. Returns False if it is not tried again.
    """
    if not _is_tried_again(db, claimed, at):
        rejected(db, policy, claimed, code, at, aim)
        return False
    if claimed.kind in OTHERWISE:
        # In a transaction of its own, before the lane is touched: see `claims.let_go`.
        with db.transaction() as tx:
            lock_first(tx, claimed)
            if claims.is_held(tx, claimed):
                _say_it_otherwise(tx, policy, claimed, at)
                if claimed.kind is DeliveryKind.PAGE:
                    _page_backup_instead(tx, policy, claimed, code, at, again=True)
    if claimed.kind is DeliveryKind.ROOM_INVITE:
        with db.transaction() as tx:
            act = by_the_bot(claimed.workspace, at.now)
            invitations.not_taken(tx, act, claimed, people, code)
    with db.transaction() as tx:
        held = claims.put_back(
            tx,
            claimed,
            real=at.real,
            # It goes behind newer messages, unless its channel must get them in order.
            due_at=claimed.due_at if in_order else at.now + pause,
            block_lane=pause if in_order else timedelta(0),
            state=DeliveryState.UNKNOWN if claimed.uncertain else DeliveryState.DUE,
            error=code,
        )
        if held:
            until = at.real + pause + _REFUSED_UNTIL_LOOKED
            limits.refuse_lane(tx, claimed.workspace, claimed.lane, until, code)
    return True


def _is_tried_again(db: Database, claimed: Claimed, at: At) -> bool:
    if claimed.kind in OTHERWISE:
        return True
    if claimed.kind in _NOT_TRIED_AGAIN or at.now - claimed.created_at > TRIED_FOR:
        return False
    return claimed.kind is not DeliveryKind.CARD_POST or not _is_in_a_thread(db, claimed)


def _is_in_a_thread(db: Database, claimed: Claimed) -> bool:
    """Tell whether the card is a thread's root: if that channel refuses it, it has no place."""
    with db.reading() as tx:
        incident = incident_rows.get(tx, claimed.subject)
    return incident is not None and incident.room is ChannelState.THREAD


def lane_takes(db: Database, claimed: Claimed) -> None:
    """Record that Slack accepts messages in a lane that counted as refused."""
    with db.transaction() as tx:
        limits.take_lane(tx, claimed.lane)


def _ended(tx: Transaction, claimed: Claimed, code: str, at: At) -> bool:
    dead = DeliveryState.DEAD
    return claims.finish(tx, claimed, dead, real=at.real, error=code, free=False)


def _page_backup_instead(
    tx: Transaction, policy: Policy, claimed: Claimed, code: str, at: At, *, again: bool = False
) -> None:
    page = pages.page(tx, claimed.subject)
    if page is None or page.state is not PageState.WAITING:
        return
    locked = locked_for(tx, claimed, page, at)
    if locked is not None:
        runs.unreachable(locked, policy, page, code, again=again)
        locked.put_down()


def rejected(
    db: Database, policy: Policy, claimed: Claimed, code: str, at: At, aim: RequestedPlace = NOWHERE
) -> None:
    """Mark a delivery as dead because Slack will never accept it, and do what has to follow."""
    with db.transaction() as tx:
        lock_first(tx, claimed)
        if not _ended(tx, claimed, code, at):
            return
        # First: a gateway that accepts it frees such a lane before it wakes the incident's.
        _say_it_otherwise(tx, policy, claimed, at)
        _after_rejection(tx, policy, claimed, code, at, aim)
    with db.transaction() as tx:
        claims.let_go(tx, claimed, real=at.real)


def _say_it_otherwise(tx: Transaction, policy: Policy, claimed: Claimed, at: At) -> None:
    """Send it by the person's other ways at once: Slack will not deliver it."""
    incident = incident_rows.get(tx, claimed.incident_id) if claimed.incident_id else None
    if claimed.kind not in OTHERWISE or incident is None or claimed.target is None:
        return
    if incident.severity in policy.fallback.after and incident.ended_at is None:
        unsent = Unsent(
            claimed.id,
            claimed.kind,
            claimed.subject,
            incident.id,
            claimed.workspace,
            claimed.target,
        )
        outbox.enqueue(tx, claimed.workspace, at.now, by_other_ways(policy, unsent))


def _after_rejection(
    tx: Transaction,
    policy: Policy,
    claimed: Claimed,
    code: str,
    at: At,
    aim: RequestedPlace = NOWHERE,
) -> None:
    act = by_the_bot(claimed.workspace, at.now)
    if claimed.kind in _EDITS and code != "message_not_found":
        corrections.not_edited(tx, act, claimed, code)
    match claimed.kind:
        case DeliveryKind.PAGE:
            _page_backup_instead(tx, policy, claimed, code, at)
        case DeliveryKind.ROOM_CREATE:
            channel.channel_failed(tx, policy, act, claimed.subject, code)
        case DeliveryKind.PAGE_UPDATE if code in _CANNOT_BE_EDITED:
            _post_page_again(tx, claimed, at)
        case DeliveryKind.CARD_UPDATE if aim.channel and aim.ts and code in _CARD_IS_LOST:
            channel.card_lost(tx, act, claimed.subject, aim.channel, aim.ts)
        case _ if aim.channel and claimed.incident_id and code in missed_notices.GONE:
            channel.channel_lost(tx, policy, act, claimed.incident_id, aim.channel, code)
        case DeliveryKind.CARD_POST if aim.channel:
            channel.card_refused(tx, act, claimed.subject, aim.channel, code)
        case DeliveryKind.ACCESS_REQUEST:
            requests.request_not_taken(tx, policy, act, claimed)
        case DeliveryKind.ROOM_REMOVE:
            manual_joins.not_removed(tx, act, claimed, code)
        case DeliveryKind.EXHAUSTED:
            managers.not_taken(tx, policy, act, claimed)
            managers_told.changed(tx, act, claimed.subject)
        case _:
            pass


def _post_page_again(tx: Transaction, claimed: Claimed, at: At) -> None:
    """Post a page again if it still waits for an answer: its person must be able to give one."""
    page = pages.page(tx, claimed.subject)
    run = pages.run(tx, page.run_id) if page else None
    locked = locked_for(tx, claimed, page, at) if page else None
    if page is None or run is None or locked is None or page.message_ts is None:
        return
    if page.state is PageState.WAITING and run.state in UNANSWERED:
        pages.forget_place(tx, page.id)
        locked.send(page_edits.page_again(page))
        locked.put_down()


def held_for_workspace(db: Database, claimed: Claimed, code: str, at: At, pause: timedelta) -> None:
    """Hold all deliveries of a workspace because its token is no good; none is lost."""
    with db.transaction() as tx:
        claims.put_back(
            tx,
            claimed,
            real=at.real,
            due_at=claimed.due_at,
            # It stays unknown: a lost token does not tell what became of it.
            state=DeliveryState.UNKNOWN if claimed.uncertain else DeliveryState.DUE,
            error=code,
            used_attempt=False,
            block_lane=pause,
        )
        limits.block(tx, claimed.workspace, limits.WORKSPACE, at.real + pause, code)
