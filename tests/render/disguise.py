"""Changes views for tests: puts other words in every text field, or masks every incident."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

from bot.domain.access.visibility import Tier
from bot.domain.incidents.views import Head

# Texts that people type or that the policy names.
FREE_TEXT = frozenset(
    {"name", "why", "text", "reason", "about", "team_name", "rationale", "scope", "clause"}
    | {"policy_version", "dissent", "title", "references", "affected", "criteria", "category"}
    | {
        "surface",
        "market",
        "source",
        "root_cause",
        "precedent",
        "duplicate_of",
        "duplicates",
        "actions",
    }
    | {"usage", "summary", "example", "what", "named", "problem", "team", "to", "needed", "has"}
    | {"outcome", "nearest", "digest", "error", "note", "permalink", "unreachable_teams"}
)

# Texts that describe a case, so they are secrets of a restricted one. A team's name is the
# policy's.
SECRET = frozenset(
    {"why", "text", "reason", "rationale", "scope", "clause", "policy_version", "dissent"}
    | {"references", "affected", "criteria", "category", "surface", "market", "source"}
    | {"root_cause", "duplicate_of", "duplicates", "actions", "precedent", "channel_id", "owner"}
)


def reworded(value: Any, text: str, names: frozenset[str] = FREE_TEXT) -> Any:
    """Return the view with `text` in every field of these names, however deep."""
    if is_dataclass(value) and not isinstance(value, type):
        changed = {
            field.name: _reworded_field(field.name, getattr(value, field.name), text, names)
            for field in fields(value)
            if field.init
        }
        return replace(value, **changed)
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        named = value._asdict().items()
        return type(value)(*(_reworded_field(name, item, text, names) for name, item in named))
    if isinstance(value, tuple):
        # The lists of some views have the same item a thousand times.
        each = {id(item): item for item in value}
        anew = {place: reworded(item, text, names) for place, item in each.items()}
        return tuple(anew[id(item)] for item in value)
    if isinstance(value, Mapping):
        return {key: _reworded_field(key, item, text, names) for key, item in value.items()}
    return value


def holds_a_head(value: Any) -> bool:
    if isinstance(value, Head):
        return True
    if is_dataclass(value) and not isinstance(value, type):
        return any(holds_a_head(getattr(value, field.name)) for field in fields(value))
    return isinstance(value, tuple) and any(holds_a_head(item) for item in value)


def masked_with_secrets(value: Any, secret: str) -> Any:
    """Return the view with every incident masked, and a secret in each hidden field."""
    hidden = reworded(value, secret, SECRET)
    return with_heads(hidden, name="amber heron", full=False, tier=Tier.RESTRICTED)


def _reworded_field(name: str, value: Any, text: str, names: frozenset[str]) -> Any:
    if name == "data" and isinstance(value, Mapping):
        return {key: _any_words(item, text) for key, item in value.items()}
    if name in names and _is_plain_text(value):
        return text
    if name in names and isinstance(value, tuple):
        return tuple(
            text if _is_plain_text(item) else reworded(item, text, names) for item in value
        )
    return reworded(value, text, names)


def _is_plain_text(value: Any) -> bool:
    # An enumeration's member is a str too, but people do not type it.
    return type(value) is str


def _any_words(value: Any, text: str) -> Any:
    if isinstance(value, str):
        return text
    if isinstance(value, list):
        return [_any_words(item, text) for item in value]
    return value


def with_heads(value: Any, **changes: Any) -> Any:
    """Return the view with every incident changed, however deep."""
    if isinstance(value, Head):
        return replace(value, **changes)
    if is_dataclass(value) and not isinstance(value, type):
        changed = {
            field.name: with_heads(getattr(value, field.name), **changes)
            for field in fields(value)
            if field.init
        }
        return replace(value, **changed)
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return type(value)(*(with_heads(item, **changes) for item in value))
    if isinstance(value, tuple):
        return tuple(with_heads(item, **changes) for item in value)
    return value


ALWAYS_THERE = frozenset({"actions", "at"})
"""Fields that are never empty, because the bot refuses values that would leave them empty."""


def emptied(value: Any) -> Iterator[Any]:
    """Yield the view several times, each time with one thing less.

    It lacks a list's items, or a value of a timeline entry.
    """
    if isinstance(value, (tuple, list)) and not hasattr(value, "_asdict"):
        if value:
            yield type(value)()
        for place, item in enumerate(value[:2]):
            # A pair stays one.
            for less in () if isinstance(item, tuple) else emptied(item):
                yield type(value)([*value[:place], less, *value[place + 1 :]])
    elif isinstance(value, Mapping):
        for key in value:
            yield {name: item for name, item in value.items() if name != key}
            yield from ({**value, key: less} for less in emptied(value[key]))
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            if field.init and field.name not in ALWAYS_THERE:
                for less in emptied(getattr(value, field.name)):
                    yield replace(value, **{field.name: less})
