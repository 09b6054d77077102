"""docs/architecture.md names files and the functions in them: each is there."""

import ast
import re

from tests.docs.pages import ROOT, text

NAMED = re.compile(r"`(\w+)` in `([\w/]+\.py)`")
PAGE = ROOT / "docs" / "architecture.md"


def defined(path: str) -> frozenset[str]:
    """The names of the functions and classes of a module, methods included."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, kinds))


def test_each_function_that_a_flow_names_is_in_its_file() -> None:
    named = NAMED.findall(text(PAGE))
    assert [(name, path) for name, path in named if name not in defined(path)] == []
    assert len(named) >= 12
    assert "no_such_function" not in defined("bot/services/locked.py")
