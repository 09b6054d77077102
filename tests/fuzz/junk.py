"""Junk that can replace any value, and the places in a payload."""

from collections.abc import Iterator, Mapping
from typing import Any

Place = tuple[str | int, ...]

MISSING = object()
"""The value is removed."""


def nested(depth: int) -> Any:
    value: Any = []
    for _ in range(depth):
        value = [value]
    return value


TEXTS: Mapping[str, str] = {
    "empty": "",
    "blank": " \t\n\u200b",
    "nul": "a\x00b",
    "surrogate": "a\ud800b",
    "right to left": "\u202eabc\u2066\u200f",
    "combining": "e" + "\u0301" * 500,
    "emoji": "👩‍👩‍👧‍👦🏳️‍🌈" * 50,
    "long": "x" * 100_000,
    "long words": "a b " * 5_000,
    "html": "<script>alert(1)</script>&amp;",
    "loud": "<!channel> <!here|x> <@U0MEI> <#C0GENERAL>",
    "escaped": "&lt;!channel&gt; &amp;lt; ```x``` *b* `c`",
    "link": "<https://evil.example|Approve>",
    "sql": "'; DROP TABLE incident; --",
    "format": "%s %d {0} {{ 7*7 }} {% raw %} $HOME",
    "path": "../../etc/passwd",
    "lines": "a\r\nb\u2028c\x0b\x1bd",
}
OTHERS: Mapping[str, Any] = {
    "missing": MISSING,
    "null": None,
    "zero": 0,
    "minus one": -1,
    "huge": 10**400,
    "fraction": 1.5,
    "true": True,
    "list": [],
    "list of text": ["x"],
    "list of lists": [[{}]],
    "object": {},
    "other object": {"id": {"id": 7}, "value": [], "type": {}},
    "deep": nested(60),
}
ANYTHING: Mapping[str, Any] = {**TEXTS, **OTHERS}


def places(node: Any, path: Place = ()) -> Iterator[Place]:
    """Yield the path of every value in a payload, except the whole payload."""
    if path:
        yield path
    inside: Iterator[tuple[str | int, Any]] = iter(())
    if isinstance(node, dict):
        inside = iter(node.items())
    elif isinstance(node, list):
        inside = iter(enumerate(node))
    for key, value in inside:
        yield from places(value, (*path, key))


def put(node: Any, path: Place, value: Any) -> None:
    """Replace the value at a path. MISSING removes it."""
    for key in path[:-1]:
        node = node[key]
    if value is MISSING:
        del node[path[-1]]
    else:
        node[path[-1]] = value
