"""The structure that docs/architecture.md promises: small folders, unique names, no circles."""

import ast
from collections import Counter
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter

import grimp
import pytest

from tests.docs.pages import ROOT

TOPS = ("bot", "handlers", "commandline", "playground", "slack_rules", "bench")
MOST = 12
"""Modules in one folder: more than a reader takes in at a glance."""


@cache
def _modules() -> tuple[str, ...]:
    return tuple(
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for top in TOPS
        for path in sorted((ROOT / top).rglob("*.py"))
        if path.name != "__init__.py"
    )


def _floors() -> Iterator[tuple[str, list[str]]]:
    """The layers of the bot and the other packages, each with its modules."""
    layers = sorted(
        path.name for path in (ROOT / "bot").iterdir() if (path / "__init__.py").exists()
    )
    for floor in [*(f"bot.{layer}" for layer in layers), *TOPS[1:]]:
        yield floor, [module for module in _modules() if module.startswith(f"{floor}.")]


def test_no_folder_is_a_drawer() -> None:
    counted = Counter(module.rpartition(".")[0] for module in _modules())
    assert {folder: count for folder, count in counted.items() if count > MOST} == {}
    assert counted["bot.services.paging"] > 1


@pytest.mark.parametrize("modules", [pytest.param(each, id=floor) for floor, each in _floors()])
def test_a_modules_name_is_unique_on_its_floor(modules: list[str]) -> None:
    counted = Counter(module.rpartition(".")[2] for module in modules)
    assert {name: count for name, count in counted.items() if count > 1} == {}


def test_a_class_has_a_name_of_its_own() -> None:
    """But a protocol is called as what keeps it."""
    counted = Counter(
        node.name
        for path in (ROOT / "bot").rglob("*.py")
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef) and "Protocol" not in map(ast.unparse, node.bases)
    )
    assert [name for name, count in counted.items() if count > 1 and not name.startswith("_")] == []


def test_no_modules_import_each_other_in_a_circle() -> None:
    graph = grimp.build_graph(*TOPS)
    imports = {name: graph.find_modules_directly_imported_by(name) for name in graph.modules}
    assert len(imports) > len(_modules())
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        pytest.fail(f"These import each other: {error.args[1]}")
