"""What a refusal leads to: of a place, of a person, of a message, of all of us."""

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
from bot.services.paging.page_outcomes import case_of
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
"""What somebody has to hear: tried until it is answered, and said by their other ways at once."""
_NOT_TRIED_AGAIN = frozenset(
    # Something else follows at once, or it is not worth the waiting.
    {DeliveryKind.ROOM_CREATE, DeliveryKind.ROOM_REMOVE}
    | {DeliveryKind.CARD_PIN, DeliveryKind.ACCESS_REQUEST, DeliveryKind.HOME}
    | {DeliveryKind.CANARY, DeliveryKind.CANARY_UPDATE}
)
TRIED_FOR = timedelta(days=1)
"""A message that no one waits for by the minute is given up after this."""
_REFUSED_UNTIL_LOOKED = timedelta(seconds=30)
"""How long a lane counts as refused after the moment at which it is tried again."""

_LONGEST_DOUBT = 60
"""Seconds between tries to reach a person who counts as gone, as all who could stand in do."""

NOWHERE = RequestedPlace()


def dead_target(db: Database, policy: Policy, claimed: Claimed, code: str, at: At) -> None:
    """This person has left Slack: their backup is paged in the same transaction.

    Where everyone who could stand in counts as gone too, Slack is doubted, and asked again.
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
    """Slack takes nothing at this place: it alone waits, and is tried again after `pause`.

    A page counts as dead for its person: the backup is paged in the same transaction, and the
    person reached by their other ways; Slack is asked again until somebody has acknowledged.
    `in_order`: what stands behind it in its lane waits too. False: it is not tried again.
    """
    if not _is_tried_again(db, claimed, at):
        rejected(db, policy, claimed, code, at, aim)
        return False
    if claimed.kind in OTHERWISE:
        # Before the lane is touched, in a transaction of its own: see `claims.let_go`.
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
            # Behind what is new, unless its channel is told things in order.
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
    """Its card then stands in a channel of several: where that takes none, it has no place."""
    with db.reading() as tx:
        incident = incident_rows.get(tx, claimed.subject)
    return incident is not None and incident.room is ChannelState.THREAD


def lane_takes(db: Database, claimed: Claimed) -> None:
    """Slack has taken something at a place that counted as refused."""
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
    locked = case_of(tx, claimed, page, at)
    if locked is not None:
        runs.unreachable(locked, policy, page, code, again=again)
        locked.put_down()


def rejected(
    db: Database, policy: Policy, claimed: Claimed, code: str, at: At, aim: RequestedPlace = NOWHERE
) -> None:
    """Slack will never take it: kept as dead, with what has to follow where it was to go."""
    with db.transaction() as tx:
        lock_first(tx, claimed)
        if not _ended(tx, claimed, code, at):
            return
        # First: what a gateway has taken frees such a lane before it wakes the incident's.
        _say_it_otherwise(tx, policy, claimed, at)
        _after_rejection(tx, policy, claimed, code, at, aim)
    with db.transaction() as tx:
        claims.let_go(tx, claimed, real=at.real)


def _say_it_otherwise(tx: Transaction, policy: Policy, claimed: Claimed, at: At) -> None:
    """Slack has nothing against this person, and will not tell them: by their other ways, now."""
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
    """A page that still waits for an answer is posted anew: it must be possible to answer it."""
    page = pages.page(tx, claimed.subject)
    run = pages.run(tx, page.run_id) if page else None
    locked = case_of(tx, claimed, page, at) if page else None
    if page is None or run is None or locked is None or page.message_ts is None:
        return
    if page.state is PageState.WAITING and run.state in UNANSWERED:
        pages.forget_place(tx, page.id)
        locked.send(page_edits.page_again(page))
        locked.put_down()


def held_for_workspace(db: Database, claimed: Claimed, code: str, at: At, pause: timedelta) -> None:
    """The token is no good: everything of this workspace waits, nothing is thrown away."""
    with db.transaction() as tx:
        claims.put_back(
            tx,
            claimed,
            real=at.real,
            due_at=claimed.due_at,
            # Still to be looked up: a lost token does not make an unknown outcome known.
            state=DeliveryState.UNKNOWN if claimed.uncertain else DeliveryState.DUE,
            error=code,
            used_attempt=False,
            block_lane=pause,
        )
        limits.block(tx, claimed.workspace, limits.WORKSPACE, at.real + pause, code)
