"""An acknowledgement at the very moment of the next step: no page is claimed after it."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from bot.domain.duework import DeliveryKind
from bot.domain.errors import StoreUnavailable
from bot.domain.ids import TeamKey
from bot.domain.paging import RunState
from bot.policy import Policy
from bot.services import answering, duework
from bot.store import outbox, timers
from bot.store.database import Database
from bot.store.outbox import Claimed
from tests.factories import NOON, PRIYA, an_act, an_incident, people
from tests.faults import rows
from tests.faults.conftest import Extent
from tests.faults.verdict import Verdict, fault

LEGAL = TeamKey("legal")
LATER = NOON + timedelta(minutes=15)


def pages_claimed(db: Database, number: int) -> list[Claimed]:
    """Claim whatever is due, as a relay does that is then slow to send it."""
    with db.transaction() as tx:
        # Within one round no lease runs out: what was in flight is looked up later, not posted.
        real = LATER + timedelta(minutes=number)
        claimed = outbox.claim(tx, now=LATER, real=real, limit=500)
    return [one for one in claimed if one.kind is DeliveryKind.PAGE]


@fault(17, "An acknowledgement that races the escalation", passes="no page is claimed after it")
def test_no_page_is_claimed_once_the_acknowledgement_is_stored(
    db: Database, policy: Policy, verdict: Verdict, extent: Extent
) -> None:
    people(db, policy)
    rounds = extent.of(60, 10_000)
    late = 0
    for number in range(rounds):
        late += race(db, policy, number)
        run = rows.runs(db)[-1]
        assert run.state is RunState.ACKNOWLEDGED
    verdict.add(rounds, lost=0, doubled=late)
    verdict.note(f"{rounds} interleavings")
    assert late == 0


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
        answering.acknowledge(db, an_act(PRIYA, minutes=15), page.id)
        stored_at.append(time.perf_counter())

    def step() -> None:
        together.wait(30)
        duework.fire(db, policy, work, LATER)

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
