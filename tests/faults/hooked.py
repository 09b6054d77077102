"""A bot that something is wrong with: sets what the environment asks for, then runs the app.

    FAULT=clock:+3600         the machine's clock is an hour fast
    FAULT=tick:3              every third look for due work raises
    FAULT=wedged:/a/file      the tick never comes back once the file is there

Nothing of this exists in the product: each hook replaces one of its functions.
"""

import os
import sys
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import bot.clock
import bot.worker.timekeeper
from bot.store import timers
from commandline.main import main

_claim = timers.claim
_machine_time = bot.clock.machine_time


def _clock(seconds: str) -> None:
    def machine_time() -> datetime:
        return _machine_time() + timedelta(seconds=float(seconds))

    for module in (bot.clock, bot.worker.timekeeper):
        setattr(module, "machine_time", machine_time)  # noqa: B010 - mypy knows only its owner


def _tick(every: str) -> None:
    turns = 0

    def claim(*given: Any, **named: Any) -> Any:
        nonlocal turns
        turns += 1
        if turns % int(every) == 0:
            raise RuntimeError("a tick that fails")
        return _claim(*given, **named)

    timers.claim = claim


def _wedged(file: str) -> None:
    def claim(*given: Any, **named: Any) -> Any:
        if Path(file).exists():
            threading.Event().wait()
        return _claim(*given, **named)

    timers.claim = claim


_HOOKS: dict[str, Callable[[str], None]] = {
    "clock": _clock,
    "tick": _tick,
    "wedged": _wedged,
}

if __name__ == "__main__":
    _name, _, _value = os.environ["FAULT"].partition(":")
    _HOOKS[_name](_value)
    sys.exit(main(sys.argv[1:]))
