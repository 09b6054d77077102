"""A test process compiles each statement once, as a process of the bot does.

SQLAlchemy keeps what it has compiled with an engine and its dialect. A test has a database of its
own, so it has an engine of its own: without this, each test would compile every statement anew,
which took a quarter of the time of those that work with a database.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import ParamSpec

import pytest
from sqlalchemy.engine import Engine

from bot.store import engines

Args = ParamSpec("Args")

_first: dict[str, Engine] = {}


def keep_compiled_by(engine: Engine) -> None:
    """Give every engine of this kind that is made from now on what this one has compiled.

    It has been connected, so its dialect knows the server.
    """
    _first[engine.dialect.name] = engine


@contextmanager
def compiled_once() -> Iterator[None]:
    """Let the engines of the store share what they compile."""
    with pytest.MonkeyPatch.context() as patch:
        for make in (engines.sqlite_engine, engines.postgres_engine):
            patch.setattr(engines, make.__name__, _sharing(make))
        yield


def _sharing(make: Callable[Args, Engine]) -> Callable[Args, Engine]:
    def made(*args: Args.args, **named: Args.kwargs) -> Engine:
        engine = make(*args, **named)
        if first := _first.get(engine.dialect.name):
            # How to connect is an event of its own dialect, and its pool keeps to that.
            engine.dialect = first.dialect
            engine._compiled_cache = first._compiled_cache
        return engine

    return made
