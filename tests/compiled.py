"""A test process compiles each statement and each template once, as a process of the bot does.

SQLAlchemy keeps compiled statements with an engine and its dialect. A test has its own database,
and so its own engine. Without this module, each test would compile every statement again. That took
a quarter of the time of the tests with a database. In the same way, each bot of a test would load
all templates, and Bolt would inspect all of its listeners.
"""

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType
from typing import Any, ParamSpec, TypeAlias

import pytest
from jinja2 import Environment, Template
from slack_bolt.util import utils
from sqlalchemy.engine import Engine

from bot.render.text import templates
from bot.store.sql import engines

Args = ParamSpec("Args")

_first: dict[str, Engine] = {}


def keep_compiled_by(engine: Engine) -> None:
    """Let every new engine of this kind use the statements that this one has compiled.

    This engine has been connected, so its dialect knows the server.
    """
    _first[engine.dialect.name] = engine


@contextmanager
def compiled_once() -> Iterator[None]:
    """Share compiled statements between the store's engines. Share templates, and what Bolt finds
    out about listeners, between bots.
    """
    with pytest.MonkeyPatch.context() as patch:
        for make in (engines.sqlite_engine, engines.postgres_engine):
            patch.setattr(engines, make.__name__, _sharing(make))
        patch.setattr(templates, "_compiled", _kept(templates._compiled))
        patch.setattr(utils, "inspect", _Inspect())
        yield


class _Inspect:
    """The module `inspect`, which looks at each piece of code once.

    Each bot makes the same functions again, with other values around them.
    """

    def __init__(self) -> None:
        self._known: dict[CodeType, inspect.FullArgSpec] = {}

    def getfullargspec(self, function: Callable[..., Any]) -> inspect.FullArgSpec:
        code: CodeType | None = getattr(function, "__code__", None)
        if code is None:
            return inspect.getfullargspec(function)
        if code not in self._known:
            self._known[code] = inspect.getfullargspec(function)
        return self._known[code]

    def __getattr__(self, name: str) -> Any:
        return getattr(inspect, name)


def _sharing(make: Callable[Args, Engine]) -> Callable[Args, Engine]:
    def made(*args: Args.args, **named: Args.kwargs) -> Engine:
        engine = make(*args, **named)
        if first := _first.get(engine.dialect.name):
            # Connecting is an event of the engine's own dialect, and its pool keeps that one.
            engine.dialect = first.dialect
            engine._compiled_cache = first._compiled_cache
        return engine

    return made


Compile: TypeAlias = Callable[[list[Path], Environment], dict[str, Template]]


def _kept(compile_all: Compile) -> Compile:
    """Share compiled templates. Those in another folder belong to one test and may change."""
    kept: dict[tuple[object, ...], dict[str, Template]] = {}

    def compiled(folders: list[Path], environment: Environment) -> dict[str, Template]:
        if any(folder.parent != templates.TEMPLATES for folder in folders):
            return compile_all(folders, environment)
        way = (*folders, environment.finalize)
        if way not in kept:
            kept[way] = compile_all(folders, environment)
        return kept[way]

    return compiled
