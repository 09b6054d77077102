"""An acknowledgement at the very moment of the next step: no page is claimed after it."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

from sqlalchemy import delete, update
from sqlmodel import col

from bot.domain.duework import DeliveryKind, DeliveryState
from bot.domain.errors import StoreUnavailable
from bot.domain.ids import TeamKey
from bot.domain.paging import RunState
from bot.policy import Policy
from bot.services import answering, duework
from bot.store import outbox, timers
from bot.store.database import Database
from bot.store.outbox import UNSENT, Claimed
from bot.store.tables import Delivery, Lane
from tests.databases import fresh_url
from tests.factories import NOON, PRIYA, an_act, an_incident, people
from tests.faults import rows
from tests.faults.conftest import Extent
from tests.faults.verdict import Verdict, fault

LEGAL = TeamKey("legal")
LATER = NOON + timedelta(minutes=15)
TIMES = 20


def pages_claimed(db: Database, number: int) -> list[Claimed]:
    """Claim whatever is due, as a relay does that is then slow to send it."""
    with db.transaction() as tx:
        # Within one round no lease runs out: what was in flight is looked up later, not posted.
        real = LATER + timedelta(minutes=number)
        claimed = outbox.claim(tx, now=LATER, real=real, limit=500)
    return [one for one in claimed if one.kind is DeliveryKind.PAGE]


@fault(17, "An acknowledgement that races the escalation", passes="no page is claimed after it")
def test_no_page_is_claimed_once_the_acknowledgement_is_stored(
    database_url: str, tmp_path: Path, policy: Policy, verdict: Verdict, extent: Extent
) -> None:
    """In databases of 100 rounds each: to look at a round takes as long as there are rounds."""
    databases, rounds = extent.of(1, 100), extent.of(60, 100)
    late = claimed = 0
    for _ in range(databases):
        with fresh_url(database_url.partition(":")[0], tmp_path) as url, opened(url) as db:
            people(db, policy)
            for number in range(rounds):
                late += race(db, policy, number)
                assert rows.runs(db)[-1].state is RunState.ACKNOWLEDGED
                claimed += asked_before(db)
                settle(db)
    verdict.add(databases * rounds, lost=0, doubled=late)
    verdict.note(f"{databases * rounds} interleavings; in {claimed} the next was asked before")
    assert late == 0
    assert 0 < claimed < databases * rounds, "each came first sometimes"


@contextlib.contextmanager
def opened(url: str) -> Iterator[Database]:
    db = Database(url)
    try:
        yield db
    finally:
        db.close()


def asked_before(db: Database) -> bool:
    """Whether the backup's page was claimed: the step and the relay came first."""
    return any(
        page.fence for page in rows.pages(db) if page.target != PRIYA and page.state in UNSENT
    )


def settle(db: Database) -> None:
    """The next round's pages go to the same people: nothing is to stand in their lanes."""
    with db.transaction() as tx:
        waiting = update(Delivery).where(col(Delivery.state).in_(UNSENT))
        tx.execute(waiting.values(state=DeliveryState.CANCELLED))
        tx.execute(delete(Lane))


def race(db: Database, policy: Policy, number: int) -> int:
    """Acknowledge while the step fires and the relay claims; return the pages claimed too late."""
    opened = an_incident(db, policy, teams=(LEGAL,))
    [page] = [one for one in rows.asked(db, opened.head.id) if one.target == PRIYA]
    with db.transaction() as tx:
        [work] = timers.claim(tx, now=LATER, real=LATER, limit=1)
    together = threading.Barrier(3)
    stored_at: list[float] = []
    claims: list[tuple[float, list[Claimed]]] = []

    def acknowledge() -> None:
        together.wait(30)
        time.sleep((number % 7) * 0.0004)  # Each pair of moments is met sooner or later.
        insisted(lambda: answering.acknowledge(db, an_act(PRIYA, minutes=15), page.id))
        stored_at.append(time.perf_counter())

    def step() -> None:
        together.wait(30)
        insisted(lambda: duework.fire(db, policy, work, LATER))

    def relay() -> None:
        together.wait(30)
        for _ in range(6):
            began = time.perf_counter()
            try:
                claims.append((began, pages_claimed(db, number)))
            except StoreUnavailable:
                continue  # A deadlock's victim looks again.

    with ThreadPoolExecutor(3) as pool:
        for done in [pool.submit(deed) for deed in (acknowledge, step, relay)]:
            done.result(60)
    claims.append((time.perf_counter(), pages_claimed(db, number)))
    [acknowledged] = stored_at
    return sum(
        1
        for began, claimed in claims
        for one in claimed
        if began > acknowledged and one.incident_id == opened.head.id
    )


def insisted(deed: Callable[[], object]) -> None:
    """Repeat what is refused because a lock was not to be had in time: nothing of it was stored.

    A person presses again, a tick comes back to it.
    """
    for _ in range(TIMES):
        with contextlib.suppress(StoreUnavailable):
            deed()
            return
    raise AssertionError(f"refused {TIMES} times")
