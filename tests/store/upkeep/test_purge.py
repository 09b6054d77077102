"""What is over goes in time; what is not, and the record, stays."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select, update
from sqlmodel import col

from bot.domain.delivery.delivery_states import DeliveryState, Priority
from bot.domain.duework.timer_states import TimerState
from bot.domain.errors import AlreadyHandled
from bot.domain.ids import TeamKey
from bot.domain.kinds import DeliveryKind, TimerKind
from bot.domain.upkeep.retention import Keep
from bot.kinds.messages import MESSAGES
from bot.policy import Policy
from bot.services.paging import answers
from bot.store.database import Database
from bot.store.delivery import claims, limits, outbox
from bot.store.delivery.outbox import Outgoing
from bot.store.duework import timers
from bot.store.duework.timers import NewTimer
from bot.store.tables import (
    Decision,
    Delivery,
    Incident,
    Lane,
    Limit,
    Page,
    PagingRun,
    Participant,
    Task,
    TimelineEntry,
    Timer,
)
from bot.store.transaction import Table
from bot.store.upkeep import purge
from bot.store.upkeep.purge import Heap
from tests.databases import on_both
from tests.factories import NOON, WORKSPACE, an_act, an_incident, people
from tests.services.scene import page_of

pytestmark = on_both

DAY = timedelta(days=1)
RECORD: tuple[Table, ...] = (Incident, TimelineEntry, Page, PagingRun, Participant, Decision, Task)


def sweep(db: Database, heap: Heap, now: datetime = NOON, *, room: int = 50) -> int:
    """Sweep a heap to its end, as the worker does; return how many rows went."""
    gone, after = 0, ""
    for _ in range(100):
        with db.transaction() as tx:
            swept = purge.sweep(tx, heap, Keep(), now=now, real=now, after=after, room=room)
        gone += swept.gone
        if swept.after is None:
            return gone
        after = swept.after
    raise AssertionError("the sweep does not end")


def count(db: Database, table: Table) -> int:
    with db.reading() as tx:
        found: int = tx.execute(select(func.count()).select_from(table)).scalar_one()
    return found


def counts(db: Database) -> dict[str, int]:
    return {table.__name__: count(db, table) for table in RECORD}


def put(db: Database, key: str, age: timedelta, state: DeliveryState) -> None:
    at = NOON - age
    with db.transaction() as tx:
        message = Outgoing(DeliveryKind.NOTICE, Priority.NOTICE, f"lane {key}", "subject", key)
        outbox.enqueue(tx, WORKSPACE, at, [message])
        tx.execute(update(Delivery).where(col(Delivery.dedup_key) == key).values(state=state))


def left(db: Database) -> set[str]:
    with db.reading() as tx:
        return set(tx.execute(select(col(Delivery.dedup_key))).scalars())


def test_what_was_sent_or_withdrawn_goes_after_thirty_days(db: Database) -> None:
    put(db, "sent long ago", 31 * DAY, DeliveryState.SENT)
    put(db, "withdrawn long ago", 31 * DAY, DeliveryState.CANCELLED)
    put(db, "sent lately", 29 * DAY, DeliveryState.SENT)
    assert sweep(db, Heap.DELIVERIES) == 2
    assert left(db) == {"sent lately"}


def test_what_slack_refused_stays_for_ninety_days(db: Database) -> None:
    put(db, "refused", 89 * DAY, DeliveryState.DEAD)
    put(db, "refused long ago", 91 * DAY, DeliveryState.DEAD)
    assert sweep(db, Heap.DELIVERIES) == 1
    assert left(db) == {"refused"}


def test_what_events_may_still_make_untrue_stays_until_its_escalation_ended_long_ago(
    db: Database, policy: Policy
) -> None:
    people(db, policy)
    opened = an_incident(db, policy, an_act(now=NOON - 60 * DAY))
    put(db, "ended", 60 * DAY, DeliveryState.SENT)
    put(db, "open", 60 * DAY, DeliveryState.SENT)
    with db.transaction() as tx:
        about = update(Delivery).where(col(Delivery.dedup_key) == "open")
        tx.execute(about.values(incident_id=opened.head.id, slack_channel="C1", slack_ts="1.1"))
    sweep(db, Heap.DELIVERIES)
    assert "open" in left(db)
    assert "ended" not in left(db)
    for ended, stays in ((20 * DAY, True), (40 * DAY, False)):
        with db.transaction() as tx:
            tx.execute(update(Incident).values(ended_at=NOON - ended))
        sweep(db, Heap.DELIVERIES)
        assert ("open" in left(db)) is stays


@pytest.mark.parametrize("state", outbox.UNSENT)
def test_what_is_unsent_never_goes(db: Database, state: DeliveryState) -> None:
    put(db, "waits", 400 * DAY, state)
    assert sweep(db, Heap.DELIVERIES) == 0
    assert left(db) == {"waits"}


def test_what_was_enqueued_long_ago_and_sent_lately_stays(db: Database) -> None:
    put(db, "late", 40 * DAY, DeliveryState.SENT)
    with db.transaction() as tx:
        tx.execute(update(Delivery).values(due_at=NOON - DAY))
    assert sweep(db, Heap.DELIVERIES) == 0


def test_a_kind_of_a_newer_release_is_left_to_it(db: Database) -> None:
    put(db, "new", 40 * DAY, DeliveryState.SENT)
    with db.transaction() as tx:
        tx.execute(update(Delivery).values(kind="sign-off"))
    assert sweep(db, Heap.DELIVERIES) == 0


def test_rows_that_stay_do_not_hold_up_those_behind_them(db: Database) -> None:
    for number in range(5):
        put(db, f"stays {number}", 80 * DAY, DeliveryState.DEAD)
    for number in range(5):
        put(db, f"goes {number}", 40 * DAY, DeliveryState.SENT)
    assert sweep(db, Heap.DELIVERIES, room=2) == 5


@pytest.mark.parametrize("kind", TimerKind)
def test_due_work_that_is_over_goes_and_what_is_due_stays(db: Database, kind: TimerKind) -> None:
    long_ago = NOON - 40 * DAY
    with db.transaction() as tx:
        planned = [NewTimer(kind, state.value, "0", long_ago) for state in TimerState]
        planned.append(NewTimer(kind, "not yet over", "0", NOON - DAY))
        timers.plan(tx, WORKSPACE, long_ago, planned)
        for state in TimerState:
            changed = update(Timer).where(col(Timer.subject) == state.value)
            tx.execute(changed.values(state=state))
        late = update(Timer).where(col(Timer.subject) == "not yet over")
        tx.execute(late.values(state=TimerState.DONE))
    assert sweep(db, Heap.TIMERS) == 2
    with db.reading() as tx:
        assert set(tx.execute(select(col(Timer.subject))).scalars()) == {"due", "not yet over"}


def test_keys_of_requests_go_after_a_week(db: Database) -> None:
    for key, age in (("older", 9 * DAY), ("old", 8 * DAY), ("late", 6 * DAY)):
        with db.transaction(an_act(now=NOON - age, key=key)):
            pass
    assert sweep(db, Heap.REQUESTS, room=1) == 2
    with pytest.raises(AlreadyHandled), db.transaction(an_act(key="late")):
        pass


def test_limits_that_have_run_out_go(db: Database) -> None:
    with db.transaction() as tx:
        limits.block(tx, WORKSPACE, "pins.add", NOON - 2 * DAY, "ratelimited")
        limits.block(tx, WORKSPACE, "chat.update", NOON + DAY, "ratelimited")
    assert sweep(db, Heap.LIMITS) == 1
    assert count(db, Limit) == 1


def test_an_idle_lane_goes_and_comes_again_with_its_next_message(db: Database) -> None:
    put(db, "a", 40 * DAY, DeliveryState.SENT)
    put(db, "b", 40 * DAY, DeliveryState.DUE)
    with db.transaction() as tx:
        claims.recount(tx, [f"{WORKSPACE.team_id}/lane a", f"{WORKSPACE.team_id}/lane b"])
    assert sweep(db, Heap.LANES) == 1
    again = Outgoing(DeliveryKind.NOTICE, Priority.NOTICE, "lane a", "subject", "again")
    with db.transaction() as tx:
        outbox.enqueue(tx, WORKSPACE, NOON, [again])
    with db.transaction() as tx:
        claimed = claims.claim(tx, kinds=MESSAGES.args, now=NOON, real=NOON, limit=5)
    assert len(claimed) == 2


def test_a_lane_that_was_busy_today_stays(db: Database) -> None:
    put(db, "a", 40 * DAY, DeliveryState.SENT)
    with db.transaction() as tx:
        tx.execute(update(Lane).values(pending_at=None, busy_until=NOON - DAY / 2))
    assert sweep(db, Heap.LANES) == 0


def test_a_lane_to_which_somebody_adds_at_this_moment_stays(db: Database) -> None:
    put(db, "a", 40 * DAY, DeliveryState.SENT)
    with db.transaction() as tx:
        tx.execute(update(Lane).values(pending_at=None))
    new = Outgoing(DeliveryKind.NOTICE, Priority.NOTICE, "lane a", "subject", "new")
    with db.transaction() as tx:
        outbox.enqueue(tx, WORKSPACE, NOON, [new])
        if not db.is_sqlite:  # SQLite has one writer: nobody sweeps at the same moment.
            assert sweep(db, Heap.LANES) == 0
    assert sweep(db, Heap.LANES) == 0
    with db.transaction() as tx:
        assert len(claims.claim(tx, kinds=MESSAGES.args, now=NOON, real=NOON, limit=5)) == 1


def test_a_message_for_a_lane_that_is_just_being_cleared_is_not_lost(db: Database) -> None:
    put(db, "a", 40 * DAY, DeliveryState.SENT)
    with db.transaction() as tx:
        tx.execute(update(Lane).values(pending_at=None))

    def add() -> None:
        new = Outgoing(DeliveryKind.NOTICE, Priority.NOTICE, "lane a", "subject", "new")
        with db.transaction() as tx:
            outbox.enqueue(tx, WORKSPACE, NOON, [new])

    with ThreadPoolExecutor(1) as pool:
        with db.transaction() as tx:
            assert purge.sweep(tx, Heap.LANES, Keep(), now=NOON, real=NOON).gone == 1
            adding = pool.submit(add)
        adding.result(timeout=30)
    with db.transaction() as tx:
        assert len(claims.claim(tx, kinds=MESSAGES.args, now=NOON, real=NOON, limit=5)) == 1


def settle_everything(db: Database) -> None:
    with db.transaction() as tx:
        tx.execute(update(Delivery).values(state=DeliveryState.SENT))
        tx.execute(update(Timer).values(state=TimerState.DONE))


def test_the_record_stays_whole_and_a_page_can_still_be_answered(
    db: Database, policy: Policy
) -> None:
    people(db, policy)
    opened = an_incident(db, policy)
    settle_everything(db)
    with db.transaction() as tx:
        tx.execute(update(Page).values(sent_at=NOON, channel_id="D1", message_ts="1.1"))
    before = counts(db)
    years_later = NOON + 1000 * DAY
    for heap in Heap:
        sweep(db, heap, years_later)
    assert counts(db) == before
    assert (count(db, Delivery), count(db, Timer)) == (0, 0)
    lawyer = policy.teams[TeamKey("legal")].on_call[0]
    page = page_of(db, lawyer, opened.head.id)
    act = an_act(lawyer, now=years_later)
    answers.acknowledge(db, act, page)
    with db.reading() as tx:
        kinds = set(tx.execute(select(col(Delivery.kind))).scalars())
    assert DeliveryKind.PAGE_UPDATE in kinds


def test_old_drills_go_with_all_their_rows_and_nothing_else(db: Database, policy: Policy) -> None:
    people(db, policy)
    kept = an_incident(db, policy)
    before = counts(db)
    of_kept = (count(db, Delivery), count(db, Timer))
    drill = an_incident(db, policy, an_act(minutes=1))
    with db.transaction() as tx:
        changed = update(Incident).where(col(Incident.id) == drill.head.id)
        tx.execute(changed.values(drill=True))
    assert sweep(db, Heap.DRILLS, NOON + 2 * DAY) == 0
    assert sweep(db, Heap.DRILLS, NOON + 4 * DAY) == 1
    assert counts(db) == before
    assert (count(db, Delivery), count(db, Timer)) == of_kept
    with db.reading() as tx:
        assert set(tx.execute(select(col(Incident.id))).scalars()) == {kept.head.id}
