"""SIGKILL within the transaction that takes a ladder's next step."""

from pathlib import Path

import pytest

from bot.domain.duework.timer_states import TimerState
from bot.domain.incidents.timeline import EntryKind
from bot.domain.kinds import TimerKind
from bot.services.incidents.export import verify
from bot.store.database import Database
from tests.databases import on_both
from tests.faults import rows
from tests.faults.conftest import Extent
from tests.faults.policies import ROOT, shipped
from tests.faults.replicas import bots
from tests.faults.verdict import Verdict, fault
from tests.waiting import eventually

pytestmark = on_both

DYING = str(ROOT / "tests" / "faults" / "dying.py")
WAIT = 3600
STATEMENTS = {"sqlite": 18, "postgresql": 12}
"""Moments at which a step can be cut off: fewer, and the test has not hit what it is for."""


@pytest.mark.timeout(600)
@fault(
    3,
    "SIGKILL inside the step transition, at every statement",
    passes="the step is taken once, by the life that gets to its commit",
)
async def test_a_step_is_taken_once_however_often_it_is_cut_off(
    database_url: str, db: Database, tmp_path: Path, extent: Extent, verdict: Verdict
) -> None:
    """The short form dies at every fourth statement; at others on PostgreSQL than on SQLite."""
    by = extent.of(4, 1)
    at = 1 if db.is_sqlite or extent.long else 3
    lives = extent.of(150, 900)
    deaths = tmp_path / "deaths"
    policy = shipped(wait=f"{WAIT}s").partition("[[digest]]")[0]
    async with bots(database_url, tmp_path, policy=policy) as stage:
        first = await stage.start()
        await stage.command("open p3 A question of wording")
        await eventually(lambda: not rows.unsent(db), within=60)
        first.process.terminate()
        await first.ended()
        await stage.advance(WAIT)
        dying = (DYING, str(deaths), str(at), str(by), "serve")
        await stage.start(command=dying, ready=False)
        await eventually(
            lambda: rows.timers(db, TimerKind.PAGE_STEP, TimerState.DONE), within=lives
        )
        await eventually(lambda: not rows.unsent(db), within=60)
        verdict.exactly_once(stage, db)
    died = deaths.read_text().splitlines()
    moments = STATEMENTS["sqlite" if db.is_sqlite else "postgresql"]
    assert len(died) >= len(range(at, moments + 1, by))
    if extent.long:
        assert died[-2:] == ["COMMIT", "after the commit"]
    assert [page.target for page in rows.asked(db)] == ["U0JOSE", "U0AGNIESZKA"]
    assert verify(db) == (1, [])
    [incident] = rows.incidents(db)
    assert rows.entries(db, incident.id, EntryKind.PAGED) == 2
    assert rows.timers(db, TimerKind.PAGE_STEP, TimerState.DUE) == 1
    verdict.note(f"{len(died)} deaths")
