"""What a message needs to know beside its subject: one frozen dataclass a kind, stored as JSON.

The release before reads the same rows: a field that it requires is always written, one that it does
not know is ignored, and one that it did not write has a default.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, TypeVar, get_type_hints

ALWAYS = {"always": True}
"""Of a field that is stored even where it is None."""


@dataclass(frozen=True, slots=True)
class MessageArgs:
    """The arguments of a kind that needs none; the others extend it. Each field has a default."""


NO_ARGS = MessageArgs()
Args = TypeVar("Args", bound=MessageArgs)


@dataclass(frozen=True, slots=True)
class PostedAt(MessageArgs):
    """Where a message stands that is looked up again: its channel, and its name in Slack."""

    at: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    hint: Any
    always: bool


_FIELDS: dict[type[Any], tuple[_Field, ...]] = {}


def _fields_of(kind: type[Any]) -> tuple[_Field, ...]:
    if kind not in _FIELDS:
        hints = get_type_hints(kind)
        _FIELDS[kind] = tuple(
            _Field(one.name, hints[one.name], bool(one.metadata.get("always")))
            for one in fields(kind)
        )
    return _FIELDS[kind]


def stored(args: MessageArgs) -> dict[str, Any]:
    """Return what is stored of these arguments: plain JSON, mostly without fields that are None."""
    values = [(one, getattr(args, one.name)) for one in _fields_of(type(args))]
    return {one.name: _plain(value) for one, value in values if value is not None or one.always}


def read(kind: type[Args], found: Mapping[str, Any]) -> Args:
    """Return stored arguments, whichever release stored them."""
    known = {
        one.name: _typed(one.hint, found[one.name]) for one in _fields_of(kind) if one.name in found
    }
    return kind(**known)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def _typed(hint: Any, value: Any) -> Any:
    if isinstance(value, list):
        return tuple(value)
    if isinstance(value, str) and hint == datetime | None:
        return datetime.fromisoformat(value)
    return value
