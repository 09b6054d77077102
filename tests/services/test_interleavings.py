"""Interleavings that are forced: one connection stands still where the other one must wait."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import col, select

from bot.domain.delivery.delivery_states import DeliveryState
from bot.domain.errors import NothingToAcknowledge, Refused
from bot.domain.ids import TeamKey
from bot.domain.kinds import DeliveryKind, TimerKind
from bot.kinds.due_work import DUE_WORK
from bot.kinds.messages import MESSAGES
from bot.policy import Policy
from bot.services.delivery import outcomes, refusals
from bot.services.delivery.results import Accepted, At, Refusal, Retry
from bot.services.duework import firing
from bot.services.followups import tasks as followups_tasks
from bot.services.paging import answers
from bot.services.unanswered import long_limits
from bot.store.database import Database
from bot.store.delivery import claims, outbox
from bot.store.delivery.claims import Claimed
from bot.store.duework import timers
from bot.store.duework.timers import NewTimer
from bot.store.incidents import incident_rows
from bot.store.paging import pages, run_changes
from bot.store.sql.locking import lock_in_order
from bot.store.tables import Incident, Reminder
from tests.databases import fresh_database
from tests.factories import NOON, PRIYA, TOM, WORKSPACE, an_act, an_incident, people
from tests.locks import blocked
from tests.services import scene
from tests.store.lanes import a_delivery

LEGAL = TeamKey("legal")
NOW = At(NOON, NOON)


@pytest.fixture
def db(tmp_path: Path, policy: Policy) -> Iterator[Database]:
    """PostgreSQL alone: SQLite has one writer, and nothing to interleave."""
    with fresh_database("postgresql", tmp_path) as db:
        people(db, policy)
        yield db


def a_claimed_page(db: Database, policy: Policy) -> Claimed:
    an_incident(db, policy, teams=(LEGAL,))
    with db.transaction() as tx:
        claimed = claims.claim(tx, kinds=MESSAGES.args, now=NOON, real=NOON, limit=50)
    (page,) = [one for one in claimed if one.target == PRIYA]
    return page


async def test_a_page_accepted_during_its_acknowledgement_is_edited(
    db: Database, policy: Policy
) -> None:
    page = a_claimed_page(db, policy)
    assert page.incident_id is not None
    with db.transaction() as acknowledging:
        incident_rows.lock(acknowledging, page.incident_id)
        row = pages.page(acknowledging, page.subject)
        assert row is not None
        sent = partial(outcomes.sent, MESSAGES, db, page, Accepted("D1", "1.1"), NOW)
        thread = await blocked(db, sent)
        assert run_changes.acknowledge(acknowledging, row.run_id, PRIYA, NOON)
    thread.join(10)
    edits = scene.outgoing_rows(db, DeliveryKind.PAGE_UPDATE)
    assert [edit.subject for edit in edits] == [page.subject]


async def test_a_page_acknowledged_while_it_is_stored_as_accepted_is_edited(
    db: Database, policy: Policy
) -> None:
    page = a_claimed_page(db, policy)
    assert page.incident_id is not None
    with db.transaction() as storing:
        lock_in_order(storing, Incident, [page.incident_id])
        thread = await blocked(db, partial(answers.acknowledge, db, an_act(PRIYA), page.subject))
        pages.record_sent(storing, NOON, (page.subject, "D1", "1.1"))
    thread.join(10)
    edits = scene.outgoing_rows(db, DeliveryKind.PAGE_UPDATE)
    assert [edit.subject for edit in edits] == [page.subject]


@pytest.mark.parametrize("ends", [refusals.dead_target, refusals.rejected])
async def test_who_pages_a_backup_keeps_no_lane_from_others_meanwhile(
    db: Database, policy: Policy, ends: Callable[..., None]
) -> None:
    """Two people who are each other's backup, both gone: neither waits for the other's lane."""
    page = a_claimed_page(db, policy)
    with db.transaction() as other:
        outbox.enqueue(other, WORKSPACE, NOON, [a_delivery("theirs", f"person/{TOM}")])
        refused = Refusal("user_disabled")
        thread = await blocked(db, partial(ends, MESSAGES, db, policy, page, refused, NOW))
        own = text("SELECT key FROM lane WHERE key = :key FOR UPDATE NOWAIT")
        assert other.execute(own, {"key": page.lane}).scalar_one() == page.lane
    thread.join(10)
    backups = [one for one in scene.waiting(db, DeliveryKind.PAGE) if one.target == TOM]
    assert len(backups) == 1
    with db.transaction() as tx:
        outbox.enqueue(tx, WORKSPACE, NOON, [a_delivery("next", f"person/{PRIYA}")])
    with db.transaction() as tx:
        claimed = claims.claim(tx, kinds=MESSAGES.args, now=NOON, real=NOON, limit=50)
    assert "next" in {one.subject for one in claimed}, "the lane was let go of"


def test_a_page_that_waits_too_long_pages_the_backup_once(db: Database, policy: Policy) -> None:
    page = a_claimed_page(db, policy)
    outcomes.rate_limited(MESSAGES, db, page, timedelta(minutes=2), None, NOW)
    held = long_limits.held_up(db, NOW)
    assert held is not None
    for _ in range(2):
        long_limits.go_round(db, policy, held, NOW)
    assert long_limits.held_up(db, NOW) is None
    backups = [one for one in scene.waiting(db, DeliveryKind.PAGE) if one.target == TOM]
    assert len(backups) == 1


def test_a_lost_token_leaves_an_unknown_outcome_unknown(db: Database, policy: Policy) -> None:
    page = a_claimed_page(db, policy)
    outcomes.again(db, page, Retry(timedelta(0), error="reset", unknown=True), NOW)
    with db.transaction() as tx:
        claimed = claims.claim(tx, kinds=MESSAGES.args, now=NOON, real=NOON, limit=50)
    (again,) = [one for one in claimed if one.id == page.id]
    assert again.uncertain
    refusals.held_for_workspace(db, again, "token_revoked", NOW, timedelta(seconds=15))
    (row,) = [one for one in scene.outgoing_rows(db, DeliveryKind.PAGE) if one.id == page.id]
    assert row.state is DeliveryState.UNKNOWN
    assert row.attempts == 1, "what a lost token costs is no attempt"


def test_of_outcomes_that_end_together_a_lost_claim_takes_none_along(
    db: Database, policy: Policy
) -> None:
    page = a_claimed_page(db, policy)
    with db.transaction() as tx:
        outbox.enqueue(tx, WORKSPACE, NOON, [a_delivery("other", "person/U9")])
    with db.transaction() as tx:
        (other,) = claims.claim(tx, kinds=MESSAGES.args, now=NOON, real=NOON, limit=50)
    assert outcomes.sent(MESSAGES, db, other, Accepted("D9", "9.9"), NOW)
    both = [(page, Accepted("D1", "1.1")), (other, Accepted("D9", "9.8"))]
    with pytest.raises(claims.ClaimLost):
        outcomes.sent_together(MESSAGES, db, both, NOW)
    (row,) = [one for one in scene.outgoing_rows(db, DeliveryKind.PAGE) if one.id == page.id]
    assert row.state is DeliveryState.SENDING
    assert outcomes.sent(MESSAGES, db, page, Accepted("D1", "1.1"), NOW)


def test_due_work_waits_for_nobody_and_leaves_what_is_held_up(db: Database, policy: Policy) -> None:
    """Whoever holds the incident may want the work next: waiting for it would be a deadlock."""
    busy, idle = an_incident(db, policy).head.id, an_incident(db, policy).head.id
    act, at = an_act(PRIYA), NOON + timedelta(minutes=1)
    for _ in range(2):
        followups_tasks.add_reminder(db, act, text="ask Legal", due_at=at)
    with db.transaction() as tx:
        tasks = [NewTimer(TimerKind.TASK_DUE, each, "due", at, each) for each in (busy, idle)]
        timers.plan(tx, WORKSPACE, NOON, tasks)
        held_up = tx.all(select(Reminder).order_by(col(Reminder.id)))[0].id
    fire = partial(firing.fire_due, DUE_WORK, db, now=at, real=at, limit=50)
    with db.transaction() as other:
        incident_rows.lock(other, busy)
        lock_in_order(other, Reminder, [held_up])
        fired = fire()
    assert fired.left
    assert not {busy, held_up} & {work.subject for work in fired.done}
    assert len(fired.done) == 2
    with db.transaction() as other:
        rest = timers.hold(other, now=at, real=at, limit=50, kinds=firing.together(DUE_WORK))
        assert {work.subject for work in rest} == {busy, held_up}
        assert fire() == ([], False), "what another process does is not ours to be done alone"
    assert len(fire().done) == 2


async def test_ack_alone_names_no_escalation_that_ended_while_it_waited(
    db: Database, policy: Policy
) -> None:
    """It was typed without a name: what is said is that no page waits, anywhere."""
    opened = an_incident(db, policy, teams=(LEGAL,)).head.id
    told: list[Refused] = []

    def acknowledge() -> None:
        try:
            answers.acknowledge_mine(db, an_act(PRIYA))
        except Refused as refused:
            told.append(refused)

    with db.transaction() as ending:
        incident_rows.lock(ending, opened)
        thread = await blocked(db, acknowledge)
        incident_rows.change(ending, opened, {"ended_at": NOON})
    thread.join(10)
    [refused] = told
    assert isinstance(refused, NothingToAcknowledge)
    assert refused.reference is None
