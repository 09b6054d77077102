"""A small language for the shape of JSON, and checks of JSON from outside."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

DEEPEST = 64
"""Levels of lists and objects. Slack's own requests go to about fifteen."""
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Text:
    """A text. If there is a pattern, the text matches it."""

    pattern: re.Pattern[str] | None = None


@dataclass(frozen=True, slots=True)
class Maybe:
    """A value that may be missing, null or empty."""

    of: "Shape"


@dataclass(frozen=True, slots=True)
class Each:
    """A list. Every member has the shape."""

    of: "Shape"
    fewest: int = 0


@dataclass(frozen=True, slots=True)
class Every:
    """An object with any keys. Every value has the shape."""

    of: "Shape"


Fields: TypeAlias = Mapping[str, "Shape"]
Shape: TypeAlias = Text | Maybe | Each | Every | Fields


def misfit(shape: Shape, value: Any, where: str) -> str | None:
    """Return the first place where a value departs from its shape.

    The answer uses words of the shape only, never of the value.
    """
    match shape:
        case Text(pattern=pattern):
            fits = isinstance(value, str) and (pattern is None or bool(pattern.fullmatch(value)))
            return None if fits else where
        case Maybe(of=inside):
            return None if value is None or value == "" else misfit(inside, value, where)
        case Each(of=inside, fewest=fewest):
            if not isinstance(value, list) or len(value) < fewest:
                return where
            return _first(misfit(inside, one, f"{where}[]") for one in value)
        case Every(of=inside):
            if not isinstance(value, dict):
                return where
            return _first(misfit(inside, one, f"{where}.*") for one in value.values())
        case _:
            if not isinstance(value, dict):
                return where
            return _first(
                misfit(inside, value.get(name), f"{where}.{name}".removeprefix("."))
                for name, inside in shape.items()
            )


def _first(found: Iterator[str | None]) -> str | None:
    return next((where for where in found if where is not None), None)


def too_deep(value: Any) -> bool:
    """Whether the value has too many levels. Uses no recursion and stops at the limit."""
    depth, level = 0, [value]
    while level and depth <= DEEPEST:
        depth += 1
        level = [inside for one in level for inside in _inside(one)]
    return depth > DEEPEST


def _inside(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [one for one in value.values() if isinstance(one, dict | list)]
    return [one for one in value if isinstance(one, dict | list)]


def _texts_in(value: Any) -> list[str]:
    texts, left = list[str](), [value]
    while left:
        match left.pop():
            case str(text):
                texts.append(text)
            case dict(inside):
                left += inside.keys()
                left += inside.values()
            case list(inside):
                left += inside
    return texts


def unstorable(value: Any) -> bool:
    """Whether any text contains a character that no database accepts."""
    return _UNSTORABLE.search("".join(_texts_in(value))) is not None


def storable(value: Any) -> Any:
    """Replace NUL and halves of characters, which no database accepts."""
    match value:
        case str():
            return _UNSTORABLE.sub("\ufffd", value)
        case dict():
            return {storable(key): storable(inside) for key, inside in value.items()}
        case list():
            return [storable(inside) for inside in value]
        case _:
            return value
