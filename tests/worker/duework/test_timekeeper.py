"""One time for all replicas, whatever their machines believe."""

from datetime import UTC, datetime, timedelta

import pytest

import bot.time_source
import bot.worker.timekeeper
from bot.concurrency.threads import Threads
from bot.kinds.due_work import TICKING
from bot.store.database import Database
from bot.time_source import TimeSource
from bot.worker.duework.tick import Tick
from bot.worker.timekeeper import Timekeeper
from bot.worker.timings import Timings
from tests.databases import on_both, on_postgresql
from tests.waiting import eventually
from tests.worker.conftest import Rig

HOUR = timedelta(hours=1)
A_LITTLE = timedelta(seconds=20)


class Machine:
    """A machine whose clock can be set."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.off = timedelta(0)
        for module in (bot.time_source, bot.worker.timekeeper):
            monkeypatch.setattr(module, "machine_time", lambda: datetime.now(UTC) + self.off)


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(monkeypatch)


def keeper(db: Database, clock: TimeSource, jumps: list[int] | None = None) -> Timekeeper:
    told = [] if jumps is None else jumps
    threads = Threads(one_writer=db.is_sqlite)
    return Timekeeper(db, clock, threads, Timings(), on_jump=lambda: told.append(1))


@on_postgresql
@pytest.mark.parametrize("off", [HOUR, -HOUR])
async def test_a_replica_an_hour_off_goes_by_the_database(
    db: Database, machine: Machine, off: timedelta
) -> None:
    machine.off = off
    clock = TimeSource()
    assert abs(clock.real() - datetime.now(UTC)) > HOUR - A_LITTLE
    await keeper(db, clock).set_clock()
    assert abs(clock.real() - datetime.now(UTC)) < A_LITTLE
    machine.off = -off
    assert abs(clock.real() - datetime.now(UTC)) < A_LITTLE, "it counts, and looks at no clock"


async def test_on_sqlite_the_machine_tells_the_time(db: Database, machine: Machine) -> None:
    clock = TimeSource()
    await keeper(db, clock).set_clock()
    machine.off = HOUR
    assert clock.real() - datetime.now(UTC) > HOUR - A_LITTLE


@on_both
async def test_a_clock_that_was_set_is_noticed_once(db: Database, machine: Machine) -> None:
    jumps: list[int] = []
    watching = keeper(db, TimeSource(), jumps)
    watching.look_for_jump()
    assert jumps == []
    machine.off = -HOUR
    watching.look_for_jump()
    watching.look_for_jump()
    assert jumps == [1]


async def test_a_tick_that_would_rest_an_hour_ticks_at_once(rig: Rig) -> None:
    figures = rig.figures
    tick = Tick(rig.gear(Timings(tick=3600)), list, TICKING)
    tick.start()
    await eventually(lambda: figures.moves["tick"])
    first = figures.moves["tick"]
    tick.resume()
    await eventually(lambda: figures.moves["tick"] != first)
    tick.stop()
