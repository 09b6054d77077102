"""Reads a person's choices in Block Kit elements from a submitted form.

A form field is named after its block and action, as JSON (`["block","action"]`), so that any id
that Slack allows fits. This module returns the raw choices. The playground looks up the options and
builds Slack's payloads.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from playground.outcomes import Choice, FormValues
from playground.page.shown.dates import zone
from playground.state.elements import FIELDS
from playground.state.records import Json

#: The page has no editor for rich text.
_KEYS = {kind: keys for kind, keys in FIELDS.items() if kind != "rich_text_input"}
SELECTS = frozenset(kind for kind in _KEYS if kind.endswith("_select"))


@dataclass(frozen=True)
class Place:
    """An element and its block."""

    block: Json
    element: Json

    @property
    def block_id(self) -> str:
        return str(self.block.get("block_id") or "")

    @property
    def action_id(self) -> str:
        return str(self.element.get("action_id") or "")

    @property
    def field(self) -> str:
        return field_name(self.block_id, self.action_id)

    @property
    def kind(self) -> str:
        return str(self.element.get("type") or "")

    @property
    def is_multi(self) -> bool:
        return self.kind.startswith("multi_") or self.kind == "checkboxes"


def field_name(block_id: str, action_id: str) -> str:
    return json.dumps([block_id, action_id], ensure_ascii=False, separators=(",", ":"))


def read_field_name(name: str) -> tuple[str, str] | None:
    """Return a field's block and action, or None if the name is no field's."""
    try:
        ids = json.loads(name)
    except ValueError:
        return None
    match ids:
        case [str(block_id), str(action_id)]:
            return block_id, action_id
        case _:
            return None


def places(blocks: list[Json]) -> Iterator[Place]:
    """Yield every element that a person can use, in order."""
    for block in blocks:
        match block:
            case {"type": "input", "element": dict(element)}:
                yield Place(block, element)
            case {"type": "section", "accessory": dict(element)}:
                yield Place(block, element)
            case {"type": "actions", "elements": list(elements)}:
                for element in elements:
                    yield Place(block, element)
            case _:
                continue


def chosen(element: Mapping[str, Any], value: Mapping[str, Any] | None) -> list[str]:
    """Return an element's values: from the state if there is one, else the initial ones."""
    keys = _KEYS.get(str(element.get("type")))
    if keys is None:
        return []
    standing = element.get(keys[1]) if value is None else value.get(keys[0])
    if standing is None or standing == "":
        return []
    several = standing if isinstance(standing, list) else [standing]
    return [str(one["value"]) if isinstance(one, dict) else str(one) for one in several]


def read_form(
    fields: Mapping[str, list[str]], blocks: list[Json], tz: str, *, only_given: bool = False
) -> FormValues:
    """Return a submitted form as choices.

    Elements without a value (buttons, overflows) are left out. Empty elements become None or an
    empty list, unless `only_given` leaves out those that were not in the form.
    """
    values: dict[str, dict[str, Choice]] = {}
    for place in places(blocks):
        if place.kind in _KEYS and (place.field in fields or not only_given):
            given = [_tidy(one) for one in fields.get(place.field, []) if one != ""]
            values.setdefault(place.block_id, {})[place.action_id] = _choice(place, given, tz)
    return values


def pressed_value(place: Place, values: FormValues, pressed: str | None) -> Choice:
    """Return the choice in the used element. `pressed` is an overflow's option."""
    if place.kind == "overflow":
        return pressed
    return values.get(place.block_id, {}).get(place.action_id)


def _choice(place: Place, given: list[str], tz: str) -> Choice:
    if place.is_multi:
        return given
    if not given:
        return None
    if place.kind == "datetimepicker":
        return str(_seconds(given[0], tz))
    return given[0]


def _seconds(local: str, tz: str) -> int:
    """A `datetime-local` value in the person's zone → seconds since 1970."""
    try:
        return int(datetime.fromisoformat(local).replace(tzinfo=zone(tz)).timestamp())
    except ValueError:
        return 0


def _tidy(text: str) -> str:
    """Convert line ends: browsers send CRLF, and Slack has LF."""
    return text.replace("\r\n", "\n")
