"""Locks are taken in one order everywhere. Whoever waits for the first one holds none behind it."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from bot.domain.ids import TeamKey
from bot.domain.kinds import DeliveryKind, TimerKind
from bot.kinds.messages import MESSAGES
from bot.policy import Policy
from bot.services.delivery import outcomes as delivery_outcomes
from bot.services.delivery.results import Accepted, At
from bot.services.paging import answers
from bot.services.unanswered import long_limits
from bot.store.database import Database
from bot.store.delivery import claims, outbox
from bot.store.delivery.claims import Claimed
from bot.store.duework import timers
from bot.store.duework.timers import DueWork, NewTimer
from bot.store.fallback.unsent_pages import WaitingPages
from bot.store.incidents import incident_rows
from bot.store.sql.locking import lock_in_order
from bot.store.tables import Delivery, Incident, Lane, Timer
from tests.databases import fresh_database
from tests.factories import NOON, PRIYA, WORKSPACE, an_act, an_incident, people
from tests.locks import blocked, free
from tests.services import scene
from tests.store.lanes import a_delivery, back, end, lane, put, take

LEGAL = TeamKey("legal")
NOW = At(NOON, NOON)
FIRST, LAST = f"{WORKSPACE.team_id}/person/A", f"{WORKSPACE.team_id}/person/B"


@pytest.fixture
def db(tmp_path: Path, policy: Policy) -> Iterator[Database]:
    """PostgreSQL alone: SQLite has one writer, and no rows that could be locked."""
    with fresh_database("postgresql", tmp_path) as db:
        people(db, policy)
        yield db


def two_that_page_priya(db: Database, policy: Policy) -> tuple[str, str]:
    """By id; in the table they lie the other way round."""
    ids = sorted(an_incident(db, policy, teams=(LEGAL,)).head.id for _ in range(2))
    with db.transaction() as tx:
        tx.execute(update(Incident).where(col(Incident.id) == ids[0]).values(title="Moved"))
    return ids[0], ids[1]


def lanes_of(db: Database) -> list[str]:
    with db.reading() as tx:
        return list(tx.execute(select(col(Lane.key))).scalars())


async def test_lanes_are_woken_in_the_order_of_their_keys(db: Database) -> None:
    put(db, a_delivery("b", "person/B"), a_delivery("a", "person/A"))
    both = a_delivery("more b", "person/B"), a_delivery("more a", "person/A")
    with db.transaction() as other:
        assert free(other, Lane, FIRST) == {FIRST}
        thread = await blocked(db, partial(put, db, *both))
        assert free(other, Lane, LAST) == {LAST}
    thread.join(10)
    assert len(scene.outgoing_rows(db)) == 4


async def test_lanes_of_several_outcomes_are_held_in_the_order_of_their_keys(db: Database) -> None:
    put(db, a_delivery("b", "person/B"))
    put(db, a_delivery("a", "person/A"))
    taken = take(db)
    outcomes = [(taken[name], Accepted(f"D{name}", "1.1")) for name in ("b", "a")]
    with db.transaction() as other:
        assert free(other, Lane, FIRST) == {FIRST}
        thread = await blocked(
            db, partial(delivery_outcomes.sent_together, MESSAGES, db, outcomes, NOW)
        )
        assert free(other, Lane, LAST) == {LAST}
    thread.join(10)
    assert all(row.sent_at for row in scene.outgoing_rows(db))


async def test_rows_are_locked_in_the_order_of_their_ids(db: Database, policy: Policy) -> None:
    first, last = two_that_page_priya(db, policy)

    def both() -> None:
        with db.transaction() as tx:
            lock_in_order(tx, Incident, [last, first])

    with db.transaction() as other:
        incident_rows.lock(other, first)
        thread = await blocked(db, both)
        assert free(other, Incident, last) == {last}
    thread.join(10)


async def test_who_acknowledges_everything_locks_all_of_it_first_and_in_order(
    db: Database, policy: Policy
) -> None:
    first, last = two_that_page_priya(db, policy)
    scene.send(db, policy)
    acknowledged = partial(answers.acknowledge_mine, db, an_act(PRIYA))
    with db.transaction() as other:
        incident_rows.lock(other, first)
        thread = await blocked(db, acknowledged)
        assert free(other, Incident, last) == {last}
    thread.join(10)
    assert {run.responder for run in scene.runs(db)} == {PRIYA}


async def test_who_waits_for_the_second_of_them_has_not_touched_a_lane(
    db: Database, policy: Policy
) -> None:
    """A lane comes behind every escalation: its holder may want this escalation next."""
    _, last = two_that_page_priya(db, policy)
    scene.send(db, policy)
    acknowledged = partial(answers.acknowledge_mine, db, an_act(PRIYA))
    lanes = lanes_of(db)
    with db.transaction() as other:
        incident_rows.lock(other, last)
        thread = await blocked(db, acknowledged)
        assert free(other, Lane, *lanes) == set(lanes)
    thread.join(10)
    assert {run.responder for run in scene.runs(db)} == {PRIYA}


@pytest.mark.parametrize("held", ["pages", "channels"])
async def test_what_goes_round_a_limit_waits_for_the_escalation_before_the_lane(
    db: Database, policy: Policy, held: str
) -> None:
    first, _ = two_that_page_priya(db, policy)
    subject = scene.page_of(db, PRIYA, first) if held == "pages" else first
    one = WaitingPages(subject, first, WORKSPACE)
    waiting = long_limits.HeldUp(**{"pages": [], "channels": [], held: [one]})
    with db.transaction() as other:
        incident_rows.lock(other, first)
        thread = await blocked(db, partial(long_limits.go_round, db, policy, waiting, NOW))
        assert free(other, Lane, *lanes_of(db)) == set(lanes_of(db))
        made = select(col(Delivery.id)).where(
            col(Delivery.kind) == DeliveryKind.CHANNEL_CREATE, col(Delivery.incident_id) == first
        )
        untouched = set(other.execute(made).scalars())
        assert free(other, Delivery, *untouched) == untouched
    thread.join(10)


async def test_who_stores_an_outcome_waits_for_the_escalation_before_the_lane(
    db: Database, policy: Policy
) -> None:
    an_incident(db, policy, teams=(LEGAL,))
    with db.transaction() as tx:
        claimed = claims.claim(tx, kinds=MESSAGES.args, now=NOON, real=NOON, limit=50)
    [page] = [one for one in claimed if one.target == PRIYA]
    assert page.incident_id is not None
    with db.transaction() as other:
        incident_rows.lock(other, page.incident_id)
        sent = partial(delivery_outcomes.sent, MESSAGES, db, page, Accepted("D1", "1.1"), NOW)
        thread = await blocked(db, sent)
        assert free(other, Lane, page.lane) == {page.lane}
        outbox.enqueue(other, WORKSPACE, NOON, [a_delivery("more", f"person/{PRIYA}")])
    thread.join(10)
    [row] = [row for row in scene.outgoing_rows(db) if row.id == page.id]
    assert row.sent_at == NOON


def two_reminders(db: Database) -> list[DueWork]:
    """Claimed, by id; in the table they lie the other way round."""
    with db.transaction() as tx:
        new = [NewTimer(TimerKind.REMINDER, name, "0", NOON) for name in ("one", "two")]
        timers.plan(tx, WORKSPACE, NOON, new)
        works = timers.claim(tx, now=NOON, real=NOON, limit=2)
    works.sort(key=lambda work: work.id)
    with db.transaction() as tx:
        tx.execute(update(Timer).where(col(Timer.id) == works[0].id).values(attempts=2))
    return works


async def test_due_work_that_ends_together_is_locked_in_order_before_it_is_looked_at(
    db: Database,
) -> None:
    first, last = two_reminders(db)
    done: list[DueWork] = []

    def finish() -> None:
        with db.transaction() as tx:
            done.extend(timers.finish_all(tx, [last, first]))

    with db.transaction() as other:
        assert free(other, Timer, first.id) == {first.id}
        thread = await blocked(db, finish)
        assert free(other, Timer, last.id) == {last.id}
        timers.cancel(other, TimerKind.REMINDER, first.subject)
    thread.join(10)
    assert [work.id for work in done] == [last.id], "the other one was withdrawn meanwhile"


def renewed(db: Database, claimed: Claimed) -> None:
    with db.transaction() as tx:
        assert claims.renew(tx, claimed, until=NOON + 9 * claims.LEASE)


def ended(db: Database, claimed: Claimed) -> None:
    assert end(db, claimed)


def put_back(db: Database, claimed: Claimed) -> None:
    assert back(db, claimed)


@pytest.mark.parametrize("deed", [renewed, ended, put_back])
async def test_a_lane_is_held_before_its_delivery_is_touched(
    db: Database, deed: Callable[[Database, Claimed], None]
) -> None:
    put(db, a_delivery("a", "person/A"))
    claimed = take(db)["a"]
    with db.transaction() as other:
        assert free(other, Lane, FIRST) == {FIRST}
        thread = await blocked(db, partial(deed, db, claimed))
        assert free(other, Delivery, claimed.id) == {claimed.id}
    thread.join(10)


async def test_a_lane_is_let_go_of_only_after_a_look_at_who_holds_it_now(db: Database) -> None:
    put(db, a_delivery("a", "person/A"), a_delivery("b", "person/A"))
    claimed = take(db)["a"]
    assert end(db, claimed, free=False)
    later = NOON + claims.LEASE

    def let_go() -> None:
        with db.transaction() as tx:
            claims.let_go(tx, claimed, real=later)

    with db.transaction() as other:
        [held] = claims.claim(other, kinds=MESSAGES.args, now=later, real=later, limit=1)
        thread = await blocked(db, let_go)
    thread.join(10)
    assert held.subject == "b"
    assert lane(db, "person/A").busy_until == held.lease_until
