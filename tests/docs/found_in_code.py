"""Names that are only text in the code: settings, routes, metrics, recorded data."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from prometheus_client import CollectorRegistry

from bot.domain.delivery.lanes import LaneNames
from bot.domain.incidents.timeline import EntryKind
from bot.worker.metrics.database_metrics import DatabaseMetrics
from bot.worker.metrics.process_metrics import ProcessMetrics
from tests.docs.pages import ROOT

_VARIABLE = re.compile(r"[A-Z][A-Z_]{3,}")
# Arguments of `record` and `_move` that are not data.
_NOT_DATA = frozenset({"aloud", "kind"})


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
    """Return the names of the arguments with which the services record this kind."""
    return frozenset(name for named, name in _recorded() if named == kind.name)


@cache
def _recorded() -> frozenset[tuple[str, str]]:
    """Return the member and an argument's name, for calls that name a member of EntryKind."""
    return frozenset(
        (member, word.arg)
        for path in sorted((ROOT / "bot" / "services").rglob("*.py"))
        for node in ast.walk(_tree(path.relative_to(ROOT).as_posix()))
        if isinstance(node, ast.Call)
        for member in _members_in(node)
        for word in node.keywords
        if word.arg and word.arg not in _NOT_DATA
    )


def _members_in(call: ast.Call) -> list[str]:
    given = [*call.args, *(word.value for word in call.keywords)]
    return [
        value.attr
        for value in given
        if isinstance(value, ast.Attribute)
        and isinstance(value.value, ast.Name)
        and value.value.id == "EntryKind"
    ]


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
