"""A test process compiles each statement and each template once, as a process of the bot does.

SQLAlchemy keeps what it has compiled with an engine and its dialect. A test has a database of its
own, so it has an engine of its own: without this, each test would compile every statement anew,
which took a quarter of the time of those that work with a database. Likewise each bot of a test
would load all templates.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ParamSpec, TypeAlias

import pytest
from jinja2 import Environment, Template
from sqlalchemy.engine import Engine

from bot.render.text import templates
from bot.store.sql import engines

Args = ParamSpec("Args")

_first: dict[str, Engine] = {}


def keep_compiled_by(engine: Engine) -> None:
    """Give every engine of this kind that is made from now on what this one has compiled.

    It has been connected, so its dialect knows the server.
    """
    _first[engine.dialect.name] = engine


@contextmanager
def compiled_once() -> Iterator[None]:
    """Let the engines of the store share what they compile, and all `Words` the bot's templates."""
    with pytest.MonkeyPatch.context() as patch:
        for make in (engines.sqlite_engine, engines.postgres_engine):
            patch.setattr(engines, make.__name__, _sharing(make))
        patch.setattr(templates, "_compiled", _kept(templates._compiled))
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


Compile: TypeAlias = Callable[[list[Path], Environment], dict[str, Template]]


def _kept(compile_all: Compile) -> Compile:
    """Those of another folder are a test's own, and may change."""
    kept: dict[tuple[object, ...], dict[str, Template]] = {}

    def compiled(folders: list[Path], environment: Environment) -> dict[str, Template]:
        if any(folder.parent != templates.TEMPLATES for folder in folders):
            return compile_all(folders, environment)
        way = (*folders, environment.finalize)
        if way not in kept:
            kept[way] = compile_all(folders, environment)
        return kept[way]

    return compiled
