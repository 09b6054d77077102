"""What a delivery's outcome brings about, in the transaction that ends its claim."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.act import by_the_bot
from bot.domain.duework import OUTSIDE, DeliveryKind, DeliveryState
from bot.domain.paging import PageState, RunState
from bot.domain.standing import stands
from bot.policy import Policy
from bot.services import access, rooms, runs
from bot.services.case import Case
from bot.services.letters import Aim
from bot.services.other_ways import by_other_ways
from bot.store import claims, incidents, limits, outbox, pages, people, posted
from bot.store.claims import Claimed, ClaimLost, Ended
from bot.store.database import Database
from bot.store.locking import lock_in_order
from bot.store.tables import Incident, Page
from bot.store.transaction import Transaction
from bot.store.unsent_pages import Unsent

# Slack takes about one post a second in a channel; more are not promised to be kept.
BETWEEN_POSTS = timedelta(seconds=1)
_POSTS = frozenset(DeliveryKind) - {
    DeliveryKind.ROOM_CREATE,
    DeliveryKind.ROOM_INVITE,
    DeliveryKind.CARD_PIN,
    DeliveryKind.HOME,
    *OUTSIDE,
}
_PAGES = frozenset({DeliveryKind.PAGE, DeliveryKind.CANARY})
_FOLLOWED = _PAGES | {DeliveryKind.ROOM_CREATE, DeliveryKind.CARD_POST}
_CARD_IS_LOST = frozenset({"message_not_found", "cant_update_message"})
_ARCHIVED = frozenset({"is_archived", "is_inactive"})
OTHERWISE = frozenset({DeliveryKind.PAGE, DeliveryKind.EXHAUSTED})
RATE_LIMITED_TOO_LONG = timedelta(seconds=60)


NOWHERE = Aim()


@dataclass(frozen=True, slots=True)
class Accepted:
    """What Slack answered: where it stands now. `name` is a new channel's.

    `found`: it was looked for, and says what was true when it was posted.
    """

    channel: str | None = None
    ts: str | None = None
    name: str | None = None
    found: bool = False


@dataclass(frozen=True, slots=True)
class At:
    """The moment in both times: the product's, and the machine's for leases and limits."""

    now: datetime
    real: datetime


def sent(db: Database, claimed: Claimed, accepted: Accepted, at: At) -> bool:
    """Slack accepted it. False when somebody else held the claim by then: nothing changes."""
    try:
        sent_together(db, [(claimed, accepted)], at)
    except ClaimLost:
        return False
    return True


def sent_together(db: Database, outcomes: Sequence[tuple[Claimed, Accepted]], at: At) -> None:
    """Slack accepted several. Raises ClaimLost, and changes nothing, when one claim was lost.

    The incidents are locked before their lanes, as by every service, and each in one order: nobody
    deadlocks, and what follows sees an acknowledgement that came while a page was on its way.
    """
    followed = {one.incident_id for one, _ in outcomes if one.kind in _FOLLOWED}
    ended = [
        Ended(one, there.channel, there.ts, pauses=one.kind in _POSTS) for one, there in outcomes
    ]
    with db.transaction() as tx:
        lock_in_order(tx, Incident, (one for one in followed if one is not None))
        claims.finish_sent(tx, ended, at.now, real=at.real, pause=BETWEEN_POSTS)
        _follow_pages(tx, outcomes, at)
        _edit_found(tx, outcomes, at)
        for claimed, accepted in outcomes:
            _follow(tx, claimed, accepted, at)


def _lock(tx: Transaction, claimed: Claimed) -> None:
    """The incident before its lanes, as every service does: nobody deadlocks, and what follows
    sees an acknowledgement that came while the message was on its way."""
    if claimed.incident_id is not None:
        incidents.lock(tx, claimed.incident_id)


def _follow_pages(tx: Transaction, outcomes: Sequence[tuple[Claimed, Accepted]], at: At) -> None:
    paged = {
        one.subject: (one, there.channel, there.ts)
        for one, there in outcomes
        if one.kind in _PAGES and there.channel and there.ts
    }
    if paged:
        places = [(page, channel, ts) for page, (_, channel, ts) in paged.items()]
        pages.record_sent(tx, at.now, *places)
        found = {one.subject for one, there in outcomes if there.found and one.subject in paged}
        for page_id in sorted(found | pages.answered(tx, paged)):
            _edit_page(tx, paged[page_id][0], at)


def _follow(tx: Transaction, claimed: Claimed, accepted: Accepted, at: At) -> None:
    act = by_the_bot(claimed.workspace, at.now)
    if claimed.kind is DeliveryKind.ROOM_CREATE and accepted.channel:
        name = accepted.name or ""
        rooms.channel_made(tx, act, claimed.subject, accepted.channel, name)
    elif claimed.kind is DeliveryKind.CARD_POST and accepted.channel and accepted.ts:
        where = accepted.channel, accepted.ts
        rooms.card_posted(tx, act, claimed.subject, *where, found=claimed.uncertain)


def _edit_page(tx: Transaction, claimed: Claimed, at: At) -> None:
    """An answer came while the page was on its way, or it has been there for a while."""
    page = pages.page(tx, claimed.subject)
    incident = incidents.get(tx, page.incident_id) if page else None
    if page is not None and incident is not None:
        case = Case(tx, by_the_bot(claimed.workspace, at.now), incident)
        outbox.enqueue(tx, claimed.workspace, at.now, [runs.page_changed(case, page)])


def _edit_found(tx: Transaction, outcomes: Sequence[tuple[Claimed, Accepted]], at: At) -> None:
    """What else was found says what was true when it was posted."""
    for claimed, there in outcomes:
        if there.found and claimed.kind not in _PAGES and stands(claimed.kind):
            edit = posted.edit(posted.of(claimed), claimed.workspace.team_id, at.now)
            outbox.enqueue(tx, claimed.workspace, at.now, [edit])


def moot(db: Database, claimed: Claimed, why: str, at: At) -> None:
    """There is nothing to say any more."""
    with db.transaction() as tx:
        claims.finish(tx, claimed, DeliveryState.CANCELLED, real=at.real, error=why)


def again(
    db: Database,
    claimed: Claimed,
    wait: timedelta,
    at: At,
    *,
    error: str,
    unknown: bool = False,
    looked_up: bool = False,
    used_attempt: bool = True,
    in_order: bool = False,
) -> None:
    """To be tried again after `wait`; `unknown` when Slack may have it already.

    `in_order`: what stands behind it in its lane waits too. Otherwise it goes ahead.
    """
    with db.transaction() as tx:
        claims.put_back(
            tx,
            claimed,
            real=at.real,
            due_at=claimed.due_at if in_order else at.now + wait,
            block_lane=wait if in_order else timedelta(0),
            state=DeliveryState.UNKNOWN if unknown else DeliveryState.DUE,
            error=error,
            used_attempt=used_attempt,
            looked_up=looked_up,
        )


def rate_limited(
    db: Database, policy: Policy, claimed: Claimed, after: timedelta, scope: str | None, at: At
) -> None:
    """Slack said 429: the lane (and the method, with `scope`) rests, for every replica.

    It costs no attempt. A page that has to wait for more than a minute pages the backup too.
    """
    if claimed.kind is DeliveryKind.PAGE and after > RATE_LIMITED_TOO_LONG:
        # Before the lane is touched, in a transaction of its own: see `claims.let_go`.
        with db.transaction() as tx:
            _lock(tx, claimed)
            if claims.is_held(tx, claimed):
                _page_backup_too(tx, policy, claimed, at)
    with db.transaction() as tx:
        held = claims.put_back(
            tx,
            claimed,
            real=at.real,
            due_at=claimed.due_at,
            state=DeliveryState.UNKNOWN if claimed.uncertain else DeliveryState.DUE,
            error="ratelimited",
            used_attempt=False,
            block_lane=after,
        )
        if held and scope is not None:
            limits.block(tx, claimed.workspace, scope, at.real + after, "ratelimited")


def _page_backup_too(tx: Transaction, policy: Policy, claimed: Claimed, at: At) -> None:
    page = pages.page(tx, claimed.subject)
    run = pages.run(tx, page.run_id) if page else None
    if page is None or run is None or run.state is not RunState.PAGING:
        return
    if (page.round, page.step) != (run.round, run.step):
        return
    case = _case(tx, claimed, page, at)
    if case is not None:
        runs.advance(case, policy, run)
        case.put_down()


def _case(tx: Transaction, claimed: Claimed, page: Page, at: At) -> Case | None:
    incident = incidents.lock(tx, page.incident_id)
    if incident is None:
        return None
    return Case(tx, by_the_bot(claimed.workspace, at.now), incident)


def dead_target(db: Database, policy: Policy, claimed: Claimed, code: str, at: At) -> None:
    """Slack cannot reach this person: their backup is paged in the same transaction."""
    with db.transaction() as tx:
        _lock(tx, claimed)
        if not _ended(tx, claimed, code, at):
            return
        if claimed.target is not None:
            people.mark_gone(tx, claimed.workspace, claimed.target, at.now)
        _after_rejection(tx, policy, claimed, code, at)
    with db.transaction() as tx:
        claims.let_go(tx, claimed, real=at.real)


def _ended(tx: Transaction, claimed: Claimed, code: str, at: At) -> bool:
    dead = DeliveryState.DEAD
    return claims.finish(tx, claimed, dead, real=at.real, error=code, free=False)


def _page_backup_instead(
    tx: Transaction, policy: Policy, claimed: Claimed, code: str, at: At
) -> None:
    page = pages.page(tx, claimed.subject)
    if page is None or page.state is not PageState.WAITING:
        return
    case = _case(tx, claimed, page, at)
    if case is not None:
        runs.unreachable(case, policy, page, code)
        case.put_down()


def rejected(
    db: Database, policy: Policy, claimed: Claimed, code: str, at: At, aim: Aim = NOWHERE
) -> None:
    """Slack will never take it: kept as dead, with what has to follow where it was to go."""
    with db.transaction() as tx:
        _lock(tx, claimed)
        if not _ended(tx, claimed, code, at):
            return
        # First: what a gateway has taken frees such a lane before it wakes the incident's.
        _say_it_otherwise(tx, policy, claimed, at)
        _after_rejection(tx, policy, claimed, code, at, aim)
    with db.transaction() as tx:
        claims.let_go(tx, claimed, real=at.real)


def _say_it_otherwise(tx: Transaction, policy: Policy, claimed: Claimed, at: At) -> None:
    """Slack has nothing against this person, and will not tell them: by their other ways, now."""
    incident = incidents.get(tx, claimed.incident_id) if claimed.incident_id else None
    if claimed.kind not in OTHERWISE or incident is None or claimed.target is None:
        return
    if incident.severity in policy.fallback.after and incident.ended_at is None:
        unsent = Unsent(
            claimed.kind, claimed.subject, incident.id, claimed.workspace, claimed.target
        )
        outbox.enqueue(tx, claimed.workspace, at.now, by_other_ways(policy, unsent))


def _after_rejection(
    tx: Transaction, policy: Policy, claimed: Claimed, code: str, at: At, aim: Aim = NOWHERE
) -> None:
    act = by_the_bot(claimed.workspace, at.now)
    match claimed.kind:
        case DeliveryKind.PAGE:
            _page_backup_instead(tx, policy, claimed, code, at)
        case DeliveryKind.ROOM_CREATE:
            rooms.channel_failed(tx, policy, act, claimed.subject, code)
        case DeliveryKind.CARD_UPDATE if aim.channel and aim.ts and code in _CARD_IS_LOST:
            rooms.card_lost(tx, act, claimed.subject, aim.channel, aim.ts)
        case _ if aim.channel and claimed.incident_id and code in _ARCHIVED:
            rooms.channel_archived(tx, act, claimed.incident_id, aim.channel)
        case DeliveryKind.CARD_POST if aim.channel:
            rooms.card_refused(tx, act, claimed.subject, aim.channel, code)
        case DeliveryKind.ACCESS_REQUEST:
            access.request_not_taken(tx, policy, act, claimed)
        case _:
            pass


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
