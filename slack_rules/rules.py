"""The kinds of rule in the catalogue. A rule says what a field of a payload may hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

PLAIN = ("plain_text",)
EITHER = ("plain_text", "mrkdwn")


@dataclass(frozen=True)
class TextObject:
    """`{"type": "plain_text" | "mrkdwn", "text": …}`"""

    longest: int
    kinds: tuple[str, ...] = PLAIN
    shortest: int = 1


@dataclass(frozen=True)
class String:
    longest: int | None = None
    shortest: int = 0
    pattern: str | None = None
    what: str = "a valid value"
    """The meaning of the pattern, in words."""


@dataclass(frozen=True)
class Boolean:
    pass


@dataclass(frozen=True)
class Integer:
    least: int | None = None
    most: int | None = None


@dataclass(frozen=True)
class OneOf:
    values: tuple[str, ...]


@dataclass(frozen=True)
class Items:
    """A list whose items all follow the same rule."""

    of: Rule
    fewest: int = 0
    most: int | None = None


@dataclass(frozen=True)
class Object:
    """An object. `shape`: the name of its shape in the catalogue's table of objects."""

    shape: str


@dataclass(frozen=True)
class Element:
    """An object whose `type` tells its shape. Only these types are allowed here."""

    types: tuple[str, ...]


@dataclass(frozen=True)
class Loose:
    """An object that passes without a check of its contents."""


Rule: TypeAlias = TextObject | String | Boolean | Integer | OneOf | Items | Object | Element | Loose


@dataclass(frozen=True)
class Shape:
    """The fields of an object. A name outside `fields` is a problem."""

    fields: Mapping[str, Rule]
    required: tuple[str, ...] = ()
    any_of: tuple[str, ...] = ()
    """At least one of these fields must be present."""
    exclusive: bool = False
    """Whether at most one field of `any_of` may be present."""
    surfaces: frozenset[str] = field(
        default_factory=lambda: frozenset({"message", "modal", "home"})
    )
