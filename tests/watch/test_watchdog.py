"""A process that is stuck ends itself; one that is slow, asleep or in trouble does not."""

import asyncio
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from bot.worker.metrics.process_metrics import ProcessMetrics
from bot.worker.upkeep.watchdog import EXIT_STATUS, Watchdog
from tests.waiting import eventually

ROOT = Path(__file__).resolve().parents[2]

STUCK_LOOP = """
import asyncio, time
from bot.log import setup
from bot.worker.metrics.process_metrics import ProcessMetrics
from bot.worker.upkeep.watchdog import Watchdog

async def stuck():
    figures = ProcessMetrics()
    Watchdog(lambda: figures.moves, looks=3, between=0.2).start()
    for _ in range(3):
        figures.ticked()
        figures.relay_turned()
        print("alive", flush=True)
        await asyncio.sleep(0.3)
    a_secret_value = "xoxb-secret"
    time.sleep(600)

setup.configure("text")
asyncio.run(stuck())
"""


def test_a_process_whose_event_loop_is_stuck_ends_and_says_where() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", STUCK_LOOP], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert ended.returncode == EXIT_STATUS, ended.stderr
    assert ended.stdout.count("alive") == 3
    assert "This process is stuck and ends itself" in ended.stderr
    assert "in stuck" in ended.stderr
    assert "xoxb" not in ended.stderr


async def test_one_stuck_loop_is_enough() -> None:
    figures, ended = ProcessMetrics(), threading.Event()
    figures.ticked()
    dog = Watchdog(lambda: figures.moves, looks=5, between=0.02, end=ended.set)
    dog.start()
    while not ended.is_set():
        figures.relay_turned()
        await asyncio.sleep(0.001)
    dog.stop()


async def is_ended(figures: ProcessMetrics, before_each_look: Callable[[], None]) -> bool:
    """Whether a watchdog that gives up after three looks ends this process within fifty."""
    ended, looks = threading.Event(), list[int]()

    def moves() -> dict[str, int]:
        before_each_look()
        looks.append(1)
        return figures.moves

    dog = Watchdog(moves, looks=3, between=0.01, end=ended.set)
    dog.start()
    await eventually(lambda: len(looks) > 50 or ended.is_set())
    dog.stop()
    return ended.is_set()


async def test_a_tick_that_fails_again_and_again_is_not_stuck() -> None:
    figures = ProcessMetrics()

    def fails() -> None:
        figures.tick_failed()
        figures.relay_failed()

    assert not await is_ended(figures, fails)


async def test_a_tick_that_has_done_so_once_and_never_again_is_stuck() -> None:
    figures = ProcessMetrics()
    figures.ticked()
    assert await is_ended(figures, figures.relay_turned)


async def test_a_loop_that_has_not_begun_gets_its_time() -> None:
    assert not await is_ended(ProcessMetrics(), lambda: None)


def test_a_process_that_was_stopped_for_long_goes_on() -> None:
    """SIGSTOP and SIGCONT, or a laptop's lid: it is the looks that count, not the time."""
    alive = STUCK_LOOP.replace("range(3)", "range(8)").replace("time.sleep(600)", "return")
    with subprocess.Popen(
        [sys.executable, "-c", alive], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "alive\n"
        process.send_signal(signal.SIGSTOP)
        # Longer than the watchdog's patience; nothing in a stopped process can be awaited.
        threading.Event().wait(1)
        process.send_signal(signal.SIGCONT)
        process.stdout.read()
    assert process.returncode == 0
