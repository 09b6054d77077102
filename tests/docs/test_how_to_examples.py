"""What the how-tos' Python uses of a locked incident, a command and a click is there, so named."""

import ast
import inspect
import re
from collections.abc import Iterator

import pytest

from bot.services.locked import LockedIncident
from handlers.buttons.click import Click
from handlers.commands.verb import Ask
from tests.docs.pages import DOCS, Example, examples

OF = {"locked": LockedIncident, "ask": Ask, "click": Click}
HOW_TOS = sorted((DOCS / "how-to").glob("add-*.md"))
EXAMPLES = [each for page in HOW_TOS for each in examples(page) if each.language == "python"]


def members(kind: type) -> set[str]:
    """Methods, fields, and what `__init__` sets."""
    fields = {name for each in kind.__mro__ for name in inspect.get_annotations(each)}
    return set(dir(kind)) | fields | set(re.findall(r"self\.(\w+)", inspect.getsource(kind)))


def used(code: str) -> Iterator[tuple[str, str]]:
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            yield node.value.id, node.attr


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_an_example_uses_only_what_there_is(example: Example) -> None:
    assert [
        f"{name}.{attribute}"
        for name, attribute in used(example.code)
        if name in OF and attribute not in members(OF[name])
    ] == []


def test_what_an_example_uses_is_found() -> None:
    assert ("locked", "let_in") in {each for example in EXAMPLES for each in used(example.code)}
