"""An acknowledgement at the very moment of the next step: no page is claimed after it."""

import contextlib
import threading
import time
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import delete, update
from sqlmodel import col

from bot.domain.delivery.delivery_states import DeliveryState
from bot.domain.errors import StoreUnavailable
from bot.domain.ids import TeamKey
from bot.domain.kinds import DeliveryKind
from bot.domain.paging.ladders import RunState
from bot.kinds.due_work import DUE_WORK
from bot.kinds.messages import MESSAGES
from bot.policy import Policy
from bot.services.duework import firing
from bot.services.paging import answers
from bot.store.database import Database
from bot.store.delivery import claims
from bot.store.delivery.claims import Claimed
from bot.store.delivery.outbox import UNSENT
from bot.store.duework import timers
from bot.store.tables import Delivery, Lane
from tests.databases import fresh_database, on_both
from tests.factories import NOON, PRIYA, an_act, an_incident, people
from tests.faults import rows
from tests.faults.conftest import Extent
from tests.faults.verdict import Verdict, fault
from tests.insisting import insisted

pytestmark = on_both

LEGAL = TeamKey("legal")
LATER = NOON + timedelta(minutes=15)
SHORTEST, LONGEST = 0.0004, 2.0
"""Seconds by which one of the two waits longer than the last time."""


def pages_claimed(db: Database, number: int) -> list[Claimed]:
    """Claim whatever is due, as a relay does that is then slow to send it."""
    with db.transaction() as tx:
        # Within one round no lease runs out: what was in flight is looked up later, not posted.
        real = LATER + timedelta(minutes=number)
        claimed = claims.claim(tx, kinds=MESSAGES.args, now=LATER, real=real, limit=500)
    return [one for one in claimed if one.kind is DeliveryKind.PAGE]


class Handicap:
    """Whoever came first waits longer the next time: so each comes first again and again.

    By fixed waits the slower one would always lose on a busy machine.
    """

    def __init__(self) -> None:
        self._of_acknowledging = 0.0
        self._stride = SHORTEST
        self._step_was_first: bool | None = None

    @property
    def acknowledging(self) -> float:
        return max(self._of_acknowledging, 0.0)

    @property
    def stepping(self) -> float:
        return max(-self._of_acknowledging, 0.0)

    def next_round(self, *, step_was_first: bool) -> None:
        again = step_was_first is self._step_was_first
        self._stride = min(2 * self._stride, LONGEST) if again else SHORTEST
        self._of_acknowledging += -self._stride if step_was_first else self._stride
        self._step_was_first = step_was_first


@dataclass(frozen=True, slots=True)
class Came:
    """What came of a round: how many pages were claimed too late, and whether the step was first.

    First for good, where the relay looks on all the while: it has claimed the backup's page.
    """

    late: int
    step_was_first: bool


@fault(17, "An acknowledgement that races the escalation", passes="no page is claimed after it")
def test_no_page_is_claimed_once_the_acknowledgement_is_stored(
    database_url: str, tmp_path: Path, policy: Policy, verdict: Verdict, extent: Extent
) -> None:
    """In databases of 100 rounds each: to look at a round takes as long as there are rounds."""
    databases, rounds = extent.of(1, 100), extent.of(60, 100)
    late = 0
    step_was_first, handicaps = Counter[bool](), defaultdict[bool, Handicap](Handicap)
    for _ in range(databases):
        with fresh_database(database_url.partition(":")[0], tmp_path) as db:
            people(db, policy)
            for number in range(rounds):
                looks_on = number % 2 == 0
                came = race(db, policy, number, handicaps[looks_on], looks_on=looks_on)
                assert rows.runs(db)[-1].state is RunState.ACKNOWLEDGED
                late += came.late
                step_was_first[looks_on] += came.step_was_first
                handicaps[looks_on].next_round(step_was_first=came.step_was_first)
                settle(db)
    verdict.add(databases * rounds, lost=0, doubled=late)
    claimed, withdrawn = step_was_first[True], step_was_first[False]
    verdict.note(
        f"{databases * rounds} interleavings; in {claimed} the next was asked before, "
        f"in {withdrawn} withdrawn unsent"
    )
    assert late == 0
    for times in (claimed, withdrawn):
        assert 0 < times < databases * rounds / 2, "each came first sometimes"


def settle(db: Database) -> None:
    """The next round's pages go to the same people: nothing is to stand in their lanes."""
    with db.transaction() as tx:
        waiting = update(Delivery).where(col(Delivery.state).in_(UNSENT))
        tx.execute(waiting.values(state=DeliveryState.CANCELLED))
        tx.execute(delete(Lane))


def race(db: Database, policy: Policy, number: int, handicap: Handicap, *, looks_on: bool) -> Came:
    """Acknowledge while the step fires; the relay looks on, or again when it is stored."""
    opened = an_incident(db, policy, teams=(LEGAL,))
    [page] = [one for one in rows.asked(db, opened.head.id) if one.target == PRIYA]
    with db.transaction() as tx:
        [work] = timers.claim(tx, now=LATER, real=LATER, limit=1)
    together, over = threading.Barrier(3), threading.Event()
    stored_at: list[float] = []
    looks: list[tuple[float, list[Claimed]]] = []

    def acknowledge() -> None:
        together.wait(30)
        time.sleep(handicap.acknowledging)
        deed = partial(answers.acknowledge, db, an_act(PRIYA, minutes=15), page.id)
        try:
            insisted(deed, past_deadlocks=True)
            stored_at.append(time.perf_counter())
        finally:
            over.set()

    def step() -> None:
        together.wait(30)
        time.sleep(handicap.stepping)
        insisted(partial(firing.fire, DUE_WORK, db, policy, work, LATER), past_deadlocks=True)

    def relay() -> None:
        together.wait(30)
        while looks_on and not over.wait(0.001):  # The others are to get in between.
            began = time.perf_counter()
            with contextlib.suppress(StoreUnavailable):  # A deadlock's victim looks again.
                looks.append((began, pages_claimed(db, number)))

    with ThreadPoolExecutor(3) as pool:
        for done in [pool.submit(deed) for deed in (acknowledge, step, relay)]:
            done.result(60)
    looks.append((time.perf_counter(), pages_claimed(db, number)))
    [acknowledged] = stored_at
    late = [
        one
        for began, claimed in looks
        for one in claimed
        if began > acknowledged and one.incident_id == opened.head.id
    ]
    backups = [one for one in rows.pages(db, opened.head.id) if one.target != PRIYA]
    return Came(len(late), any(one.fence for one in backups) if looks_on else bool(backups))
