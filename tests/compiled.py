"""A test process compiles each statement and each template once, as a process of the bot does.

SQLAlchemy keeps compiled statements with an engine and its dialect. A test has its own database,
and so its own engine. Without this module, each test would compile every statement again. That took
a quarter of the time of the tests with a database. In the same way, each bot of a test would load
all templates.
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
    """Let every new engine of this kind use the statements that this one has compiled.

    This engine has been connected, so its dialect knows the server.
    """
    _first[engine.dialect.name] = engine


@contextmanager
def compiled_once() -> Iterator[None]:
    """Share compiled statements between the store's engines, and templates between bots."""
    with pytest.MonkeyPatch.context() as patch:
        for make in (engines.sqlite_engine, engines.postgres_engine):
            patch.setattr(engines, make.__name__, _sharing(make))
        patch.setattr(templates, "_compiled", _kept(templates._compiled))
        yield


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
