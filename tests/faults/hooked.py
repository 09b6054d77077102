"""A faulty bot: sets the faults that the environment names, then runs the app.

    FAULT=clock:+3600         the machine's clock is an hour fast
    FAULT=tick:3              every third look for due work raises
    FAULT=poll:20             the relay looks every 20 s if nothing wakes it
    FAULT=deaf                the bot does not hear the other replicas
    FAULT=idle                the bot sends nothing
    FAULT=wedged:/a/file      the tick never comes back once the file is there
    FAULT=full:/a/file        SQLite may take no more pages while the file is there
    FAULT=stopped:page        SIGSTOP with a page claimed and looked up, before it is posted
    FAULT=stopped:line        SIGSTOP with a page's connection open, before its request is written
    FAULT=stopped:step        SIGSTOP in the middle of a step's transaction, its incident locked

None of this exists in the product. Each hook replaces one of its functions.
"""

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Callable
from contextvars import ContextVar
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DBAPIError

import bot.time_source
import bot.worker.timekeeper
from bot.domain.kinds import DeliveryKind
from bot.services.delivery import outgoing
from bot.services.paging import runs
from bot.store import database
from bot.store.delivery import claims
from bot.store.delivery.claims import Claimed
from bot.store.delivery.wakeups import WakeUps
from bot.store.duework import timers
from bot.store.sql import engines
from bot.worker.delivery.slack_posts import SlackPosts
from bot.worker.timings import Timings
from commandline.commands import serve
from commandline.main import main

ABANDONED_MS = 2_000
"""After this time the server ends a session that is idle within a transaction."""

_NO_END = 2**32 - 2
"""SQLite's own limit, in pages."""

_claim = timers.claim
_machine_time = bot.time_source.machine_time


def _clock(seconds: str) -> None:
    def machine_time() -> datetime:
        return _machine_time() + timedelta(seconds=float(seconds))

    for module in (bot.time_source, bot.worker.timekeeper):
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


def _stopped(where: str) -> None:
    """Stop this process once, at a place that no signal from outside hits by chance."""
    if where == "page":
        _after(
            outgoing,
            "prepare_many",
            lambda given: any(one.kind is DeliveryKind.PAGE for one in given[3]),
        )
    elif where == "line":
        _before_the_write()
    else:
        engines.ABANDONED_MS = ABANDONED_MS
        _after(runs, "step_due", lambda _: True)


def _before_the_write() -> None:
    """Stop the process when a page first has its connection, before its request is written."""
    send, connect = SlackPosts.send, aiohttp.TCPConnector.connect
    page, stopped = ContextVar("page", default=False), threading.Event()

    async def sent(self: SlackPosts, claimed: Claimed, *given: Any) -> Any:
        page.set(claimed.kind is DeliveryKind.PAGE)
        return await send(self, claimed, *given)

    async def connected(self: Any, request: Any, **named: Any) -> Any:
        there = await connect(self, request, **named)
        if page.get() and request.url.name == "chat.postMessage" and not stopped.is_set():
            stopped.set()
            os.kill(os.getpid(), signal.SIGSTOP)
        return there

    setattr(SlackPosts, "send", sent)  # noqa: B010 - as above
    setattr(aiohttp.TCPConnector, "connect", connected)  # noqa: B010 - as above


def _full(file: str) -> None:
    def begin(connection: Connection) -> None:
        # A limit below the current size becomes the current size.
        most = 1 if Path(file).exists() else _NO_END
        connection.exec_driver_sql(f"PRAGMA max_page_count = {most}")

    is_outage = database._is_outage

    def named(error: DBAPIError) -> bool:
        # The app's log gives the meaning, not the driver's name of the error.
        print(getattr(error.orig, "sqlite_errorname", ""), file=sys.stderr, flush=True)
        return is_outage(error)

    setattr(database, "_is_outage", named)  # noqa: B010 - as above
    # The app's own listener, on the engine, runs later: no transaction has begun.
    event.listen(Engine, "begin", begin)


def _after(module: Any, name: str, hit: Callable[[tuple[Any, ...]], bool]) -> None:
    """Stop the process with SIGSTOP after the first call for which `hit` is true."""
    called, stopped = getattr(module, name), threading.Event()

    def call(*given: Any) -> Any:
        found = called(*given)
        if hit(given) and not stopped.is_set():
            stopped.set()
            os.kill(os.getpid(), signal.SIGSTOP)
        return found

    setattr(module, name, call)


def _poll(seconds: str) -> None:
    setattr(serve, "Timings", partial(Timings, poll=float(seconds)))  # noqa: B010 - as above


def _deaf(_: str) -> None:
    async def listen(_bell: WakeUps) -> None:
        await asyncio.Event().wait()

    setattr(WakeUps, "listen", listen)  # noqa: B010 - as above


def _idle(_: str) -> None:
    def claim(*_given: Any, **_named: Any) -> list[Any]:
        return []

    claims.claim = claim


_HOOKS: dict[str, Callable[[str], None]] = {
    "clock": _clock,
    "deaf": _deaf,
    "full": _full,
    "idle": _idle,
    "poll": _poll,
    "tick": _tick,
    "wedged": _wedged,
    "stopped": _stopped,
}

if __name__ == "__main__":
    for _hook in os.environ["FAULT"].split(","):
        _name, _, _value = _hook.partition(":")
        _HOOKS[_name](_value)
    sys.exit(main(sys.argv[1:]))
