"""Names that are only text in the code: settings, routes, metrics, recorded data."""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cache
from importlib import import_module

from prometheus_client import CollectorRegistry

from bot.domain.delivery.lanes import LaneNames
from bot.domain.incidents.entries import DecisionEntry, NewEntry
from bot.domain.incidents.results import NewDecision
from bot.domain.incidents.timeline import EntryKind
from bot.worker.metrics.database_metrics import DatabaseMetrics
from bot.worker.metrics.process_metrics import ProcessMetrics
from tests.docs.pages import ROOT

_VARIABLE = re.compile(r"[A-Z][A-Z_]{3,}")


@dataclass(frozen=True)
class Metric:
    name: str
    type: str
    labels: tuple[str, ...]


@cache
def _tree(path: str) -> ast.Module:
    return ast.parse((ROOT / path).read_text(encoding="utf-8"))


def _texts(node: ast.AST) -> Iterator[str]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
            yield inner.value


def settings() -> list[str]:
    """Return every text in the settings module that looks like an environment variable."""
    return sorted(
        {
            said
            for said in _texts(_tree("bot/configuration/settings.py"))
            if _VARIABLE.fullmatch(said)
        }
    )


def routes() -> list[str]:
    """Return every `Route(path, …, methods=[…])` of the bot, as `GET /healthz`."""
    found = []
    for node in ast.walk(_tree("commandline/server/web.py")):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Route":
            path = next(_texts(node.args[0]))
            methods = [said for word in node.keywords for said in _texts(word.value)]
            found += [f"{method} {path}" for method in methods]
    assert found
    return found


def readiness_problems() -> list[str]:
    """Return every sentence of `/readyz`, up to its first value."""
    found = []
    for node in ast.walk(_tree("bot/worker/upkeep/readiness.py")):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "append":
            said = next(_texts(node.args[0]), "")
            found += [said] if " " in said else []
    assert found
    return found


def metrics() -> list[Metric]:
    """Return every metric of a running bot, by its name in a scrape."""
    registry = ProcessMetrics().registry
    DatabaseMetrics(registry, LaneNames())
    labels = labels_by_metric(registry)
    return [
        Metric(
            f"{metric.name}_total" if metric.type == "counter" else metric.name,
            metric.type,
            labels.get(metric.name, ()),
        )
        for metric in registry.collect()
    ]


def labels_by_metric(registry: CollectorRegistry) -> dict[str, tuple[str, ...]]:
    """Return the names of the labels of our own metrics."""
    collectors = list(registry._collector_to_names)
    return {
        metric.name: tuple(getattr(collector, "_labelnames", ()))
        for collector in collectors
        for metric in collector.collect()
    }


def recorded_data(kind: EntryKind) -> frozenset[str]:
    """Return the names that an entry of this kind can record."""
    of = entry_types().get(kind)
    if of is None:
        return frozenset()
    recorded = NewDecision if of is DecisionEntry else of
    own = {"decision"} if of is DecisionEntry else set()
    return frozenset({one.name.removesuffix("_") for one in fields(recorded)} | own)


@cache
def entry_types() -> Mapping[EntryKind, type[NewEntry]]:
    """Return the types of timeline entries. No two are for one kind."""
    for file in (ROOT / "bot" / "domain").rglob("*entries.py"):
        import_module(".".join(file.relative_to(ROOT).with_suffix("").parts))
    found = [each for each in _subclasses(NewEntry) if "kind" in vars(each)]
    types = {each.kind: each for each in found}
    assert len(types) == len(found)
    return types


def _subclasses(of: type[NewEntry]) -> Iterator[type[NewEntry]]:
    for each in of.__subclasses__():
        if each.__module__.startswith("bot."):
            yield each
            yield from _subclasses(each)


def text_of(node: ast.AST) -> str:
    """A string; of one with values in it, what is written around them."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(
                str(part.value) if isinstance(part, ast.Constant) else "…" for part in parts
            )
        case _:
            return ""
