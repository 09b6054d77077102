"""Due work: claimed once, fenced, one row for each occurrence."""

from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlmodel import col

from bot.domain.duework.timer_states import TimerState
from bot.domain.kinds import TimerKind
from bot.store.database import Database
from bot.store.duework import timers
from bot.store.duework.timers import LEASE, DueWork, NewTimer
from bot.store.tables import Timer
from bot.store.transaction import Transaction
from tests.databases import on_both
from tests.factories import NOON, WORKSPACE

pytestmark = on_both

SECOND = timedelta(seconds=1)


def plan(db: Database, subject: str, occurrence: str = "0", due: datetime = NOON) -> int:
    """Plan it; return how many more are due than before."""
    before = waiting(db)
    with db.transaction() as tx:
        timer = NewTimer(TimerKind.REMINDER, subject, occurrence, due, "INCIDENT")
        timers.plan(tx, WORKSPACE, NOON, [timer, timer])
    return waiting(db) - before


def waiting(db: Database) -> int:
    due = select(func.count()).select_from(Timer).where(col(Timer.state) == TimerState.DUE)
    with db.reading() as tx:
        count: int = tx.execute(due).scalar_one()
        return count


def take(
    db: Database,
    *,
    at: datetime = NOON,
    limit: int = 50,
    kinds: tuple[TimerKind, ...] = tuple(TimerKind),
) -> list[DueWork]:
    with db.transaction() as tx:
        return timers.claim(tx, now=at, real=at, limit=limit, kinds=kinds)


def done(db: Database, work: DueWork) -> bool:
    with db.transaction() as tx:
        return timers.finish(tx, work)


def test_what_is_due_is_claimed_once_the_oldest_first(db: Database) -> None:
    plan(db, "late", due=NOON - SECOND)
    plan(db, "oldest", due=NOON - 2 * SECOND)
    plan(db, "future", due=NOON + SECOND)
    assert [work.subject for work in take(db)] == ["oldest", "late"]
    assert take(db) == []


def test_an_occurrence_is_one_row_ever(db: Database) -> None:
    assert plan(db, "r") == 1
    assert plan(db, "r") == 0
    assert done(db, take(db)[0])
    assert plan(db, "r") == 0
    assert take(db, at=NOON + LEASE) == []
    assert plan(db, "r", "1") == 1


def test_an_occurrence_that_was_withdrawn_can_be_planned_again(db: Database) -> None:
    plan(db, "r", due=NOON)
    lost = take(db)[0]
    with db.transaction() as tx:
        assert timers.cancel(tx, TimerKind.REMINDER, "r") == 1
    assert take(db, at=NOON + LEASE) == []
    assert plan(db, "r", due=NOON + SECOND) == 1
    assert not done(db, lost), "whoever held it before it was withdrawn does not do it"
    [again] = take(db, at=NOON + SECOND)
    assert (again.due_at, again.fence) == (NOON + SECOND, lost.fence + 2)
    assert not done(db, lost), "nor once somebody holds it again"


def test_a_lease_that_ran_out_is_taken_over_and_its_holder_fenced(db: Database) -> None:
    plan(db, "r")
    lost = take(db)[0]
    assert take(db, at=NOON + LEASE - SECOND) == []
    held = take(db, at=NOON + LEASE)[0]
    assert (held.fence, held.attempts) == (2, 2)
    assert not done(db, lost)
    assert done(db, held)
    assert not done(db, held)


def test_what_was_withdrawn_cannot_be_done(db: Database) -> None:
    plan(db, "r")
    work = take(db)[0]
    with db.transaction() as tx:
        assert timers.cancel_for_incident(tx, "INCIDENT", [TimerKind.PAGE_STEP]) == 0
        assert timers.cancel_for_incident(tx, "INCIDENT", [TimerKind.REMINDER]) == 1
    assert not done(db, work)


def test_rows_that_fail_again_and_again_do_not_keep_others_from_their_turn(db: Database) -> None:
    for number in range(3):
        plan(db, f"broken {number}", due=NOON - SECOND)
    plan(db, "well", due=NOON)
    assert len(take(db, limit=3)) == 3
    assert [work.subject for work in take(db, limit=3)] == ["well"]
    again = take(db, at=NOON + LEASE, limit=3)
    assert {work.attempts for work in again} == {2}


def test_a_kind_of_a_newer_release_is_left_alone(db: Database) -> None:
    plan(db, "known")
    plan(db, "unknown")
    with db.transaction() as tx:
        changed = update(Timer).where(col(Timer.subject) == "unknown").values(kind="sign-off due")
        tx.execute(changed)
    assert [work.subject for work in take(db)] == ["known"]


def test_steps_of_pages_are_claimed_before_what_was_due_earlier(db: Database) -> None:
    plan(db, "reminder", due=NOON - 2 * SECOND)
    with db.transaction() as tx:
        step = NewTimer(TimerKind.PAGE_STEP, "step", "0.0", NOON, "INCIDENT")
        timers.plan(tx, WORKSPACE, NOON, [step])
    assert [work.subject for work in take(db, limit=1)] == ["step"]
    assert [work.subject for work in take(db, limit=1)] == ["reminder"]


def test_of_several_only_those_are_done_that_are_still_held(db: Database) -> None:
    for subject in ("held", "taken over", "withdrawn"):
        plan(db, subject)
    works = {work.subject: work for work in take(db)}
    plan(db, "not asked for")
    with db.transaction() as tx:
        timers.cancel(tx, TimerKind.REMINDER, "withdrawn")
        moved_on = update(Timer).where(col(Timer.subject) == "taken over")
        tx.execute(moved_on.values(fence=col(Timer.fence) + 1))
    with db.transaction() as tx:
        done = timers.finish_all(tx, list(works.values()))
    assert [work.subject for work in done] == ["held"]
    with db.transaction() as tx:
        assert timers.finish_all(tx, list(works.values())) == []


def held(tx: Transaction, limit: int = 50) -> list[DueWork]:
    return timers.hold(tx, now=NOON, real=NOON, limit=limit, kinds=[TimerKind.REMINDER])


def test_what_is_held_and_ended_is_done_when_the_transaction_commits(db: Database) -> None:
    plan(db, "late", due=NOON - SECOND)
    plan(db, "oldest", due=NOON - 2 * SECOND)
    plan(db, "future", due=NOON + SECOND)
    with db.transaction() as tx:
        works = held(tx)
        timers.end(tx, works[:1])
    assert [(work.subject, work.kind) for work in works] == [
        ("oldest", TimerKind.REMINDER),
        ("late", TimerKind.REMINDER),
    ]
    assert [work.subject for work in take(db)] == ["late"], "what was not ended stays due"


def test_what_is_held_stays_due_when_the_transaction_fails(db: Database) -> None:
    plan(db, "r")
    with suppress(ZeroDivisionError), db.transaction() as tx:
        timers.end(tx, held(tx))
        raise ZeroDivisionError
    assert [work.attempts for work in take(db)] == [1]


def test_what_is_leased_or_of_another_kind_is_not_held(db: Database) -> None:
    plan(db, "leased")
    with db.transaction() as tx:
        step = NewTimer(TimerKind.PAGE_STEP, "step", "0.0", NOON, "INCIDENT")
        timers.plan(tx, WORKSPACE, NOON, [step])
    assert len(take(db)) == 2
    with db.transaction() as tx:
        assert held(tx) == []
        tx.execute(update(Timer).values(lease_until=NOON))
        assert [work.subject for work in held(tx)] == ["leased"]


def test_the_oldest_overdue_is_known(db: Database) -> None:
    plan(db, "late", due=NOON - SECOND)
    with db.reading() as tx:
        assert timers.oldest_overdue(tx, NOON) == NOON - SECOND
        assert timers.oldest_overdue(tx, NOON - LEASE) is None


def heal(db: Database) -> int:
    with db.transaction() as tx:
        return timers.heal(tx, now=NOON, real=NOON, lease=LEASE)


def test_a_lease_that_runs_is_not_freed(db: Database) -> None:
    plan(db, "r")
    held = take(db)[0]
    assert heal(db) == 0
    assert take(db, at=NOON + LEASE - SECOND) == []
    assert done(db, held), "whoever holds it still may end it"


def test_a_lease_by_a_clock_that_was_set_back_is_freed_and_work_of_later_is_not(
    db: Database,
) -> None:
    ahead = NOON + 2 * LEASE
    plan(db, "held by the clock of before", due=NOON - SECOND)
    plan(db, "due later", due=NOON + SECOND)
    assert len(take(db, at=ahead)) == 2
    assert heal(db) == 1
    assert heal(db) == 0
    assert [work.subject for work in take(db)] == ["held by the clock of before"]


def test_twice_a_lease_ahead_is_no_wrong_clock(db: Database) -> None:
    plan(db, "r", due=NOON)
    take(db, at=NOON + LEASE)
    assert heal(db) == 0


def withdrawn(db: Database, due: datetime) -> DueWork:
    plan(db, "r", due=due)
    held = take(db, at=due)[0]
    with db.transaction() as tx:
        assert timers.cancel(tx, TimerKind.REMINDER, "r") == 1
    return held


def renew(db: Database, occurrence: str = "0", subject: str = "r") -> None:
    with db.transaction() as tx:
        timers.renew(tx, TimerKind.REMINDER, subject, occurrence, NOON)


def test_a_withdrawn_occurrence_is_due_again_and_whoever_held_it_does_not_do_it(
    db: Database,
) -> None:
    due = NOON + SECOND
    lost = withdrawn(db, due)
    renew(db)
    assert not done(db, lost)
    [again] = take(db, at=due)
    assert (again.fence, again.attempts) == (lost.fence + 2, 1)


def test_an_occurrence_whose_moment_has_passed_is_not_due_again(db: Database) -> None:
    withdrawn(db, NOON)
    renew(db)
    assert waiting(db) == 0


def test_what_is_done_or_is_another_one_is_not_due_again(db: Database) -> None:
    due = NOON + SECOND
    withdrawn(db, due)
    renew(db, occurrence="1")
    renew(db, subject="another")
    assert waiting(db) == 0
    plan(db, "done", due=due)
    assert done(db, take(db, at=due)[0])
    renew(db, subject="done")
    assert waiting(db) == 0
