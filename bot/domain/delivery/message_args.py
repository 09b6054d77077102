"""The arguments of a message, beside its subject: one frozen dataclass per kind, stored as JSON.

The previous release reads and writes the same rows. A field that it requires is always written. It
ignores a field that it does not know. A field that it does not write has a default.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, TypeVar, get_type_hints

ALWAYS = {"always": True}
"""Metadata of a field that is stored even if it is None."""


@dataclass(frozen=True, slots=True)
class MessageArgs:
    """Base class, and the arguments of a kind that needs none. Each field has a default."""


NO_ARGS = MessageArgs()
Args = TypeVar("Args", bound=MessageArgs)


@dataclass(frozen=True, slots=True)
class RepeatableArgs(MessageArgs):
    """Arguments of a kind that is posted again if Slack may have it. Its text then says so."""

    may_repeat: bool | None = None


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
    """Return the arguments as plain JSON, without the fields that are None unless `ALWAYS`."""
    values = [(one, getattr(args, one.name)) for one in _fields_of(type(args))]
    return {one.name: _plain(value) for one, value in values if value is not None or one.always}


def read(kind: type[Args], found: Mapping[str, Any]) -> Args:
    """Return stored arguments, no matter which release stored them."""
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
