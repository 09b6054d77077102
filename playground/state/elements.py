"""Interactive elements: finds them by id, encodes choices as Slack does, and makes the checks of
Slack's client before a form goes out."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Mapping
from typing import Any

from playground.outcomes import Choice, Filled
from playground.state.records import Json
from slack_rules import interactive_elements

StateValues = dict[str, dict[str, Json]]

#: Element type → (the key of its value in the state, the key of its initial value).
FIELDS = {
    "plain_text_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "checkboxes": ("selected_options", "initial_options"),
    "users_select": ("selected_user", "initial_user"),
    "multi_users_select": ("selected_users", "initial_users"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "channels_select": ("selected_channel", "initial_channel"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
}

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_URL = re.compile(r"https?://\S+")


class NoSuchOption(ValueError):
    """The choice was not offered. Only a forged request makes one."""


def with_ids(blocks: list[Json], fresh: Callable[[], str]) -> list[Json]:
    """Return a copy in which every block and interactive element has an id."""
    return [_block_with_ids(block, fresh) for block in blocks]


def _block_with_ids(block: Json, fresh: Callable[[], str]) -> Json:
    named = {**block}
    if not named.get("block_id"):
        named["block_id"] = fresh()
    acting = interactive_elements(block)
    for place in ("accessory", "element"):
        if named.get(place) in acting:
            named[place] = _element_with_id(named[place], fresh)
    if named.get("type") == "actions":
        named["elements"] = [_element_with_id(each, fresh) for each in named["elements"]]
    return named


def _element_with_id(element: Json, fresh: Callable[[], str]) -> Json:
    return element if element.get("action_id") else {**element, "action_id": fresh()}


def find(blocks: list[Json], block_id: str | None, action_id: str) -> tuple[Json, Json] | None:
    """Find a block and its element by ids. Without `block_id`, any block matches."""
    for block in blocks:
        if block_id is not None and block.get("block_id") != block_id:
            continue
        for element in interactive_elements(block):
            if element.get("action_id") == action_id:
                return block, dict(element)
    return None


def action(block: Json, element: Json, choice: Choice, now: str) -> Json:
    """One entry of a `block_actions` payload."""
    about: Json = {
        "type": element["type"],
        "action_id": element["action_id"],
        "block_id": block["block_id"],
        "action_ts": now,
    }
    if element["type"] == "button":
        kept = {
            name: element[name] for name in ("text", "value", "style", "url") if name in element
        }
        return about | kept
    if element["type"] == "overflow":
        return about | {"selected_option": _option(element, _single(choice))}
    return about | state_value(element, choice)


def state_value(element: Json, choice: Choice) -> Json:
    """The element's entry in `state.values` once the person has chosen."""
    kind = element["type"]
    field, _ = FIELDS[kind]
    match field:
        case "selected_option":
            chosen = _single(choice)
            value: Any = None if chosen is None else _option(element, chosen)
        case "selected_options":
            value = [_option(element, each) for each in _several(choice)]
        case "selected_users" | "selected_conversations" | "selected_channels":
            value = _several(choice)
        case "selected_date_time":
            chosen = _single(choice)
            value = None if chosen is None else int(chosen)
        case "rich_text_value":
            value = _rich_text(_single(choice))
        case _:
            value = _single(choice)
    return {"type": kind, field: value}


def initial_state(blocks: list[Json]) -> StateValues:
    """`state.values` of an untouched form."""
    state: StateValues = {}
    for block in blocks:
        for element in interactive_elements(block):
            if element.get("type") in FIELDS:
                entry = state.setdefault(block["block_id"], {})
                entry[element["action_id"]] = _untouched(dict(element))
    return state


def filled_in(blocks: list[Json], state: StateValues, given: Filled | None) -> StateValues:
    """Return `state` with the person's entries. Ids that the form does not have are ignored."""
    filled = copy.deepcopy(state)
    for block_id, choices in (given or {}).items():
        for action_id, choice in choices.items():
            found = find(blocks, block_id, action_id)
            if found is not None and found[1]["type"] in FIELDS:
                filled.setdefault(block_id, {})[action_id] = state_value(found[1], choice)
    return filled


def carried_over(blocks: list[Json], old: StateValues) -> StateValues:
    """The state of an updated view. Inputs with unchanged ids and type keep their entries."""
    state = initial_state(blocks)
    for block_id, entries in state.items():
        for action_id, entry in entries.items():
            before = old.get(block_id, {}).get(action_id)
            if before is not None and before["type"] == entry["type"]:
                entries[action_id] = before
    return state


def form_errors(blocks: list[Json], state: StateValues) -> dict[str, str]:
    """Return the client's errors, by block_id. With any, it does not send the form."""
    errors: dict[str, str] = {}
    for block in blocks:
        if block.get("type") != "input":
            continue
        element = block["element"]
        entry = state.get(block["block_id"], {}).get(element["action_id"], {})
        value = entry.get(FIELDS[element["type"]][0])
        if value in (None, "", []):
            if not block.get("optional"):
                errors[block["block_id"]] = "Please complete this required field."
            continue
        wrong = _wrong(element, value)
        if wrong:
            errors[block["block_id"]] = wrong
    return errors


def _wrong(element: Mapping[str, Any], value: Any) -> str | None:
    match element["type"]:
        case "plain_text_input":
            return _wrong_length(element, value)
        case "email_text_input" if not _EMAIL.fullmatch(value):
            return "Please enter a valid email address."
        case "url_text_input" if not _URL.fullmatch(value):
            return "Please enter a valid URL, beginning with http:// or https://."
        case "number_input":
            return _wrong_number(element, value)
        case _:
            most = element.get("max_selected_items")
            if most and isinstance(value, list) and len(value) > most:
                return f"Please select at most {most}."
            return None


def _wrong_length(element: Mapping[str, Any], value: str) -> str | None:
    shortest, longest = element.get("min_length"), element.get("max_length", 3000)
    if shortest is not None and len(value) < shortest:
        return f"Please enter at least {shortest} characters."
    if len(value) > longest:
        return f"Please enter at most {longest} characters."
    return None


def _wrong_number(element: Mapping[str, Any], value: str) -> str | None:
    pattern = r"-?\d+(\.\d+)?" if element.get("is_decimal_allowed") else r"-?\d+"
    if not re.fullmatch(pattern, value):
        return "Please enter a number."
    least, most = element.get("min_value"), element.get("max_value")
    if least is not None and float(value) < float(least):
        return f"Please enter a number of at least {least}."
    if most is not None and float(value) > float(most):
        return f"Please enter a number of at most {most}."
    return None


def _untouched(element: Json) -> Json:
    kind = element["type"]
    field, initial = FIELDS[kind]
    empty: Any = [] if field.endswith("s") and field != "value" else None
    return {"type": kind, field: element.get(initial, empty)}


def _option(element: Json, value: str | None) -> Json:
    offered = list(element.get("options") or [])
    for group in element.get("option_groups") or []:
        offered += group["options"]
    for option in offered:
        if option.get("value") == value:
            return {name: option[name] for name in ("text", "value") if name in option}
    if element["type"].endswith("external_select") and value is not None:
        return {"text": {"type": "plain_text", "text": value}, "value": value}
    raise NoSuchOption(f"{value!r} is not among the options of {element['action_id']}")


def _single(choice: Choice) -> str | None:
    if isinstance(choice, list):
        return choice[0] if choice else None
    return choice or None


def _several(choice: Choice) -> list[str]:
    if choice is None:
        return []
    return [choice] if isinstance(choice, str) else list(choice)


def _rich_text(text: str | None) -> Json | None:
    if text is None:
        return None
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "elements": [section]}
