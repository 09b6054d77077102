"""Which timers a question is about: of their kind and incident, in their state, at their moment."""

from datetime import datetime, timedelta

from bot.domain.kinds import TimerKind
from bot.store.database import Database
from bot.store.duework import timers
from bot.store.duework.timers import LEASE, DueWork, NewTimer
from tests.databases import on_both
from tests.factories import NOON, WORKSPACE

pytestmark = on_both

SECOND = timedelta(seconds=1)
STEP, TASK, REMINDER = TimerKind.PAGE_STEP, TimerKind.TASK_DUE, TimerKind.REMINDER


def plan(
    db: Database,
    subject: str,
    kind: TimerKind = REMINDER,
    due: datetime = NOON,
    incident_id: str = "ONE",
) -> None:
    with db.transaction() as tx:
        timers.plan(tx, WORKSPACE, NOON, [NewTimer(kind, subject, "0", due, incident_id)])


def take(
    db: Database,
    limit: int = 50,
    kinds: tuple[TimerKind, ...] = tuple(TimerKind),
    at: datetime = NOON,
) -> list[DueWork]:
    with db.transaction() as tx:
        return timers.claim(tx, now=at, real=at, limit=limit, kinds=kinds)


def subjects(works: list[DueWork]) -> list[str]:
    return [work.subject for work in works]


def finish(db: Database, work: DueWork) -> None:
    with db.transaction() as tx:
        assert timers.finish(tx, work)


def two_of_each(db: Database) -> None:
    """The reminders are due earlier."""
    for number in (1, 2):
        plan(db, f"step {number}", STEP, NOON - number * SECOND)
        plan(db, f"reminder {number}", REMINDER, NOON - (number + 2) * SECOND)


def test_steps_of_pages_are_in_front_and_count(db: Database) -> None:
    two_of_each(db)
    assert subjects(take(db, limit=3)) == ["step 2", "step 1", "reminder 2"]
    assert subjects(take(db)) == ["reminder 1"], "no more than so many were taken"


def test_where_steps_are_as_many_as_asked_for_nothing_else_is_touched(db: Database) -> None:
    two_of_each(db)
    assert subjects(take(db, limit=2)) == ["step 2", "step 1"]
    rest = take(db)
    assert [(work.subject, work.attempts) for work in rest] == [
        ("reminder 2", 1),
        ("reminder 1", 1),
    ]


def test_only_kinds_that_are_asked_for_are_taken(db: Database) -> None:
    two_of_each(db)
    plan(db, "task", TASK)
    assert subjects(take(db, kinds=(STEP,))) == ["step 2", "step 1"]
    assert subjects(take(db, kinds=(TASK,))) == ["task"]
    assert subjects(take(db, kinds=(REMINDER, TASK))) == ["reminder 2", "reminder 1"]


def test_what_is_done_has_no_lease_to_free(db: Database) -> None:
    plan(db, "done")
    ahead = NOON + 9 * LEASE
    finish(db, take(db, at=ahead)[0])
    with db.transaction() as tx:
        assert timers.heal(tx, now=NOON, real=NOON, lease=LEASE) == 0


def test_what_is_due_at_this_moment_is_freed(db: Database) -> None:
    plan(db, "now", due=NOON)
    take(db, at=NOON + 9 * LEASE)
    with db.transaction() as tx:
        assert timers.heal(tx, now=NOON, real=NOON, lease=LEASE) == 1


def test_a_withdrawn_one_of_another_kind_stays_withdrawn(db: Database) -> None:
    later = NOON + SECOND
    plan(db, "same subject", REMINDER, later)
    plan(db, "same subject", TASK, later)
    with db.transaction() as tx:
        assert timers.cancel(tx, REMINDER, "same subject") == 1
        assert timers.cancel(tx, TASK, "same subject") == 1
        timers.renew(tx, TASK, "same subject", "0", NOON)
    assert [work.kind for work in take(db, at=later)] == [TASK]


def test_of_an_incident_only_its_own_and_only_what_is_still_due_is_withdrawn(db: Database) -> None:
    plan(db, "done")
    finish(db, take(db)[0])
    plan(db, "due")
    plan(db, "a step", STEP)
    plan(db, "of another", incident_id="TWO")
    with db.transaction() as tx:
        assert timers.cancel_for_incident(tx, "ONE", [REMINDER, TASK]) == 1
    assert subjects(take(db)) == ["a step", "of another"]


def test_what_was_done_is_counted_by_kind_incident_and_moment(db: Database) -> None:
    plan(db, "done", TASK, NOON)
    plan(db, "done earlier", TASK, NOON - SECOND)
    plan(db, "of another kind", REMINDER)
    plan(db, "of another incident", TASK, incident_id="TWO")
    for work in take(db):
        finish(db, work)
    plan(db, "still due", TASK)
    plan(db, "done later", TASK, NOON + SECOND)
    finish(db, take(db, at=NOON + SECOND)[-1])
    with db.reading() as tx:
        assert timers.count_done(tx, TASK, "ONE", NOON - 2 * SECOND) == 3
        assert timers.count_done(tx, TASK, "ONE", NOON - SECOND) == 2
        assert timers.count_done(tx, TASK, "TWO", NOON - SECOND) == 1
        assert timers.count_done(tx, TASK, "ONE", NOON + SECOND) == 0


def test_the_next_is_the_soonest_that_is_still_to_come(db: Database) -> None:
    with db.reading() as tx:
        assert timers.next_due(tx, NOON) is None
    plan(db, "now")
    plan(db, "withdrawn", TASK, NOON + SECOND)
    plan(db, "later", due=NOON + 3 * SECOND)
    plan(db, "soon", due=NOON + 2 * SECOND)
    with db.transaction() as tx:
        timers.cancel(tx, TASK, "withdrawn")
    with db.reading() as tx:
        assert timers.next_due(tx, NOON) == NOON + 2 * SECOND
        assert timers.next_due(tx, NOON - SECOND) == NOON


def test_the_oldest_overdue_is_the_oldest_that_is_not_done(db: Database) -> None:
    plan(db, "done", due=NOON - 9 * SECOND)
    finish(db, take(db)[0])
    plan(db, "newer", due=NOON - SECOND)
    plan(db, "older", due=NOON - 2 * SECOND)
    with db.reading() as tx:
        assert timers.oldest_overdue(tx, NOON) == NOON - 2 * SECOND
        assert timers.oldest_overdue(tx, NOON - 2 * SECOND) == NOON - 2 * SECOND
        assert timers.oldest_overdue(tx, NOON - 3 * SECOND) is None


def test_a_step_is_taken_once_and_leaves_room_for_the_rest(db: Database) -> None:
    plan(db, "step", STEP, NOON - 9 * SECOND)
    plan(db, "reminder", REMINDER)
    assert subjects(take(db, limit=2)) == ["step", "reminder"]


def test_of_a_subject_only_one_kind_and_what_is_still_due_is_withdrawn(db: Database) -> None:
    plan(db, "same subject", REMINDER)
    plan(db, "same subject", TASK)
    with db.transaction() as tx:
        assert timers.cancel(tx, REMINDER, "same subject") == 1
    [task] = take(db)
    finish(db, task)
    with db.transaction() as tx:
        assert timers.cancel(tx, TASK, "same subject") == 0
