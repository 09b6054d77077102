"""The kinds of rule that the catalogue is written in: what a field of a payload may hold."""

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
    """What the pattern asks for, in words."""


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
    """A list, each item by the same rule."""

    of: Rule
    fewest: int = 0
    most: int | None = None


@dataclass(frozen=True)
class Object:
    """An object whose shape has a name in the catalogue's table of objects."""

    shape: str


@dataclass(frozen=True)
class Element:
    """An object that tells its shape by its `type`; only these types fit here."""

    types: tuple[str, ...]


@dataclass(frozen=True)
class Loose:
    """An object that is accepted without a look inside."""


Rule: TypeAlias = TextObject | String | Boolean | Integer | OneOf | Items | Object | Element | Loose


@dataclass(frozen=True)
class Shape:
    """The fields of an object; a name outside `fields` is refused."""

    fields: Mapping[str, Rule]
    required: tuple[str, ...] = ()
    any_of: tuple[str, ...] = ()
    """At least one of these must be there."""
    exclusive: bool = False
    """… and no more than one."""
    surfaces: frozenset[str] = field(
        default_factory=lambda: frozenset({"message", "modal", "home"})
    )
