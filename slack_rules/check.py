"""Checks a payload against the catalogue and lists everything that Slack would refuse."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal, assert_never

from slack_rules.blocks import BLOCKS, ELEMENTS, OBJECTS
from slack_rules.problem import Problem
from slack_rules.rules import (
    Boolean,
    Element,
    Integer,
    Items,
    Loose,
    Object,
    OneOf,
    Rule,
    Shape,
    String,
    TextObject,
)

Surface = Literal["message", "modal", "home"]

_TEXT_FLAGS = {"plain_text": "emoji", "mrkdwn": "verbatim"}


def check_value(rule: Rule, value: Any, pointer: str) -> Iterator[Problem]:
    """Check one value by one rule."""
    match rule:
        case TextObject():
            yield from _text_object(rule, value, pointer)
        case String():
            yield from _string(rule, value, pointer)
        case Boolean():
            if not isinstance(value, bool):
                yield Problem("wrong_type", "must provide a boolean", pointer)
        case Integer(least, most):
            yield from _integer(least, most, value, pointer)
        case OneOf(values):
            if value not in values:
                words = ", ".join(values)
                yield Problem("invalid_value", f"must be one of: {words}", pointer)
        case Items():
            yield from _items(rule, value, pointer)
        case Object(shape):
            yield from _if_object(OBJECTS[shape], value, pointer)
        case Element(types):
            yield from _element(types, value, pointer)
        case Loose():
            if not isinstance(value, Mapping):
                yield Problem("wrong_type", "must provide an object", pointer)
        case _:
            assert_never(rule)


def check_shape(
    shape: Shape, value: Mapping[str, Any], pointer: str, known: tuple[str, ...] = ()
) -> Iterator[Problem]:
    """Check an object's fields. `known`: fields that the caller checks itself."""
    for name in shape.required:
        if value.get(name) is None:
            yield Problem("missing", f"missing required field: {name}", pointer)
    present = [name for name in shape.any_of if value.get(name) is not None]
    if shape.any_of and not present:
        yield Problem("missing", f"missing required field: {' or '.join(shape.any_of)}", pointer)
    if shape.exclusive and len(present) > 1:
        yield Problem("invalid_value", f"only one of {', '.join(present)} is allowed", pointer)
    for name, item in value.items():
        if name in known or item is None:
            continue
        rule = shape.fields.get(name)
        if rule is None:
            yield Problem("unknown_field", f"invalid additional property: {name}", pointer)
        else:
            yield from check_value(rule, item, f"{pointer}/{name}")


def check_block(block: Any, surface: Surface, pointer: str) -> Iterator[Problem]:
    if not isinstance(block, Mapping):
        yield Problem("wrong_type", "must provide an object", pointer)
        return
    kind = block.get("type")
    if kind is None:
        yield Problem("missing", "missing required field: type", pointer)
        return
    shape = BLOCKS.get(kind) if isinstance(kind, str) else None
    if shape is None:
        yield Problem("unsupported_type", f"unsupported type: {kind}", pointer)
        return
    if surface not in shape.surfaces:
        yield Problem("not_on_surface", f"unsupported type: {kind}", pointer)
        return
    yield from _identity(block, "block_id", pointer)
    yield from check_shape(shape, block, pointer, known=("type", "block_id"))


def _identity(value: Mapping[str, Any], name: str, pointer: str) -> Iterator[Problem]:
    if value.get(name) is not None:
        yield from _string(String(255, 1), value[name], f"{pointer}/{name}")


def _text_object(rule: TextObject, value: Any, pointer: str) -> Iterator[Problem]:
    if not isinstance(value, Mapping):
        yield Problem("wrong_type", "must provide an object", pointer)
        return
    kind = value.get("type")
    if kind not in rule.kinds:
        if kind is None:
            yield Problem("missing", "missing required field: type", pointer)
        else:
            yield Problem("unsupported_type", f"unsupported type: {kind}", f"{pointer}/type")
        return
    if value.get("text") is None:
        yield Problem("missing", "missing required field: text", pointer)
    else:
        yield from _string(String(rule.longest, rule.shortest), value["text"], f"{pointer}/text")
    for name, item in value.items():
        if name in ("type", "text") or item is None:
            continue
        if name == _TEXT_FLAGS[kind]:
            yield from check_value(Boolean(), item, f"{pointer}/{name}")
        else:
            yield Problem("unknown_field", f"invalid additional property: {name}", pointer)


def _string(rule: String, value: Any, pointer: str) -> Iterator[Problem]:
    if not isinstance(value, str):
        yield Problem("wrong_type", "must provide a string", pointer)
        return
    if rule.longest is not None and len(value) > rule.longest:
        yield Problem("too_long", f"must be less than {rule.longest + 1} characters", pointer)
    elif len(value) < rule.shortest:
        yield Problem("too_short", f"must be more than {rule.shortest - 1} characters", pointer)
    elif rule.pattern is not None and not re.fullmatch(rule.pattern, value):
        yield Problem("invalid_value", f"must be {rule.what}", pointer)


def _integer(least: int | None, most: int | None, value: Any, pointer: str) -> Iterator[Problem]:
    if not isinstance(value, int) or isinstance(value, bool):
        yield Problem("wrong_type", "must provide an integer", pointer)
    elif least is not None and value < least:
        yield Problem("invalid_value", f"must be at least {least}", pointer)
    elif most is not None and value > most:
        yield Problem("invalid_value", f"must be at most {most}", pointer)


def _items(rule: Items, value: Any, pointer: str) -> Iterator[Problem]:
    if not isinstance(value, list | tuple):
        yield Problem("wrong_type", "must provide an array", pointer)
        return
    if rule.most is not None and len(value) > rule.most:
        yield Problem("too_many", f"no more than {rule.most} items allowed", pointer)
    if len(value) < rule.fewest:
        yield Problem("too_few", f"no less than {rule.fewest} items allowed", pointer)
    for number, item in enumerate(value):
        yield from check_value(rule.of, item, f"{pointer}/{number}")


def _if_object(shape: Shape, value: Any, pointer: str) -> Iterator[Problem]:
    if isinstance(value, Mapping):
        yield from check_shape(shape, value, pointer)
    else:
        yield Problem("wrong_type", "must provide an object", pointer)


def _element(types: tuple[str, ...], value: Any, pointer: str) -> Iterator[Problem]:
    if not isinstance(value, Mapping):
        yield Problem("wrong_type", "must provide an object", pointer)
        return
    kind = value.get("type")
    if kind is None:
        yield Problem("missing", "missing required field: type", pointer)
    elif kind not in types or not isinstance(kind, str):
        yield Problem("unsupported_type", f"unsupported type: {kind}", pointer)
    elif kind in _TEXT_FLAGS:
        yield from _text_object(TextObject(3000, (kind,)), value, pointer)
    else:
        yield from check_shape(ELEMENTS[kind], value, pointer, known=("type",))
        yield from _coherence(value, pointer)


def _coherence(element: Mapping[str, Any], pointer: str) -> Iterator[Problem]:
    """Check that the fields of one element agree with each other."""
    offered = list(_offered(element))
    single, several = element.get("initial_option"), element.get("initial_options")
    if offered and single is not None and single not in offered:
        yield Problem("invalid_value", "initial option is not among the options", pointer)
    if offered and isinstance(several, list) and any(item not in offered for item in several):
        yield Problem("invalid_value", "initial options are not among the options", pointer)
    shortest, longest = element.get("min_length"), element.get("max_length")
    if isinstance(shortest, int) and isinstance(longest, int) and shortest > longest:
        yield Problem("invalid_value", "min_length must not exceed max_length", pointer)
    initial = element.get("initial_value")
    if isinstance(initial, str) and isinstance(longest, int) and len(initial) > longest:
        yield Problem(
            "too_long", f"must be less than {longest + 1} characters", f"{pointer}/initial_value"
        )


def _offered(element: Mapping[str, Any]) -> Iterator[Any]:
    options, groups = element.get("options"), element.get("option_groups")
    if isinstance(options, list):
        yield from options
    if isinstance(groups, list):
        for group in groups:
            if isinstance(group, Mapping) and isinstance(group.get("options"), list):
                yield from group["options"]
