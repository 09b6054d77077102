"""What pages about the code name is there: a function in its file, a class under its name."""

import ast
import re
from pathlib import Path

import pytest

from tests.docs.pages import DOCS, ROOT, name, text

NAMED = re.compile(r"`(\w+)` in `([\w/]+\.py)`")
CLASS = re.compile(r"`([A-Z]\w*[a-z]\w*)`")
PAGE = DOCS / "architecture.md"
OLD_NAMES = DOCS / "adr" / "0036-one-house.md"
"""The decision that lists the names of before."""
DECISIONS = sorted({*DOCS.glob("adr/0*.md")} - {OLD_NAMES})
CODE = "\n".join(
    path.read_text(encoding="utf-8")
    for folder in ("bot", "handlers", "commandline", "playground", "slack_rules")
    for path in (ROOT / folder).rglob("*.py")
)


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


@pytest.mark.parametrize("page", [PAGE, *DECISIONS], ids=name)
def test_a_class_that_a_page_names_is_in_the_code(page: Path) -> None:
    named = CLASS.findall(text(page))
    assert [each for each in named if not re.search(rf"\b{each}\b", CODE)] == []
