"""The payload check: every row of Slack's table of sizes, at the limit and one over."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from slack_rules import (
    Problem,
    check_blocks,
    check_manifest,
    check_message,
    check_view,
    message_size,
)

Json = dict[str, Any]


def plain(length: int | str) -> Json:
    return {"type": "plain_text", "text": "x" * length if isinstance(length, int) else length}


def mrkdwn(length: int) -> Json:
    return {"type": "mrkdwn", "text": "x" * length}


def option(value: str = "v", **more: Any) -> Json:
    return {"text": plain("o"), "value": value, **more}


def options(count: int) -> list[Json]:
    return [option(f"v{number}") for number in range(count)]


def button(**more: Any) -> Json:
    return {"type": "button", "text": plain("go"), **more}


def actions(*elements: Json) -> list[Json]:
    return [{"type": "actions", "elements": list(elements)}]


def confirm(**more: Any) -> Json:
    sure = {"title": plain("t"), "text": plain("t"), "confirm": plain("y"), "deny": plain("n")}
    return button(confirm={**sure, **more})


def select(**more: Any) -> Json:
    return {"type": "static_select", "options": options(1), **more}


def text_input(**more: Any) -> Json:
    return {"type": "plain_text_input", **more}


def form(element: Json | None = None, **more: Any) -> list[Json]:
    return [{"type": "input", "label": plain("l"), "element": element or text_input(), **more}]


def modal(**more: Any) -> Json:
    return {"type": "modal", "title": plain("t"), "submit": plain("s"), "blocks": [], **more}


def section(**more: Any) -> list[Json]:
    return [{"type": "section", **more}]


def image(**more: Any) -> Json:
    return {"type": "image", "image_url": "https://x.example/i.png", "alt_text": "a", **more}


def table(rows: int, cells: int) -> Json:
    return {"type": "table", "rows": [[{"type": "raw_text", "text": "c"}] * cells] * rows}


#: name → (a payload of a given size, the largest size that Slack takes)
BLOCK_SIZES: dict[str, tuple[Any, int]] = {
    "section text": (lambda n: section(text=mrkdwn(n)), 3000),
    "section fields": (lambda n: section(fields=[mrkdwn(1)] * n), 10),
    "section field": (lambda n: section(fields=[plain(n)]), 2000),
    "header": (lambda n: [{"type": "header", "text": plain(n)}], 150),
    "context text": (lambda n: [{"type": "context", "elements": [mrkdwn(n)]}], 3000),
    "context elements": (lambda n: [{"type": "context", "elements": [mrkdwn(1)] * n}], 10),
    "block_id": (lambda n: [{"type": "divider", "block_id": "b" * n}], 255),
    "action_id": (lambda n: actions(button(action_id="a" * n)), 255),
    "button text": (lambda n: actions(button(text=plain(n))), 75),
    "button value": (lambda n: actions(button(value="v" * n)), 2000),
    "button url": (lambda n: actions(button(url="https:" + "x" * (n - 6))), 3000),
    "button label": (lambda n: actions(button(accessibility_label="v" * n)), 75),
    "option text": (lambda n: actions(select(options=[option() | {"text": plain(n)}])), 75),
    "option value": (lambda n: actions(select(options=[option("v" * n)])), 150),
    "option description": (
        lambda n: actions(select(options=[option(description=plain(n))])),
        75,
    ),
    "select options": (lambda n: actions(select(options=options(n))), 100),
    "select groups": (
        lambda n: actions(
            {
                "type": "static_select",
                "option_groups": [{"label": plain("g"), "options": options(1)}] * n,
            }
        ),
        100,
    ),
    "option group label": (
        lambda n: actions(
            {
                "type": "static_select",
                "option_groups": [{"label": plain(n), "options": options(1)}],
            }
        ),
        75,
    ),
    "checkboxes": (lambda n: actions({"type": "checkboxes", "options": options(n)}), 10),
    "radio buttons": (lambda n: actions({"type": "radio_buttons", "options": options(n)}), 10),
    "overflow": (lambda n: actions({"type": "overflow", "options": options(n)}), 5),
    "placeholder": (lambda n: actions(select(placeholder=plain(n))), 150),
    "confirm title": (lambda n: actions(confirm(title=plain(n))), 100),
    "confirm text": (lambda n: actions(confirm(text=mrkdwn(n))), 300),
    "confirm yes": (lambda n: actions(confirm(confirm=plain(n))), 30),
    "confirm no": (lambda n: actions(confirm(deny=plain(n))), 30),
    "actions elements": (lambda n: actions(*[button()] * n), 25),
    "image alt_text": (lambda n: [image(alt_text="a" * n)], 2000),
    "image title": (lambda n: [image(title=plain(n))], 2000),
    "image url": (lambda n: [image(image_url="https:" + "x" * (n - 6))], 3000),
    "table rows": (lambda n: [table(n, 1)], 100),
    "table cells": (lambda n: [table(1, n)], 20),
    "tables": (lambda n: [table(1, 1)] * n, 1),
    "blocks of a message": (lambda n: [{"type": "divider"}] * n, 50),
}

VIEW_SIZES: dict[str, tuple[Any, int]] = {
    "title": (lambda n: modal(title=plain(n)), 24),
    "submit": (lambda n: modal(submit=plain(n)), 24),
    "close": (lambda n: modal(close=plain(n)), 24),
    "private_metadata": (lambda n: modal(private_metadata="p" * n), 3000),
    "callback_id": (lambda n: modal(callback_id="c" * n), 255),
    "external_id": (lambda n: modal(external_id="e" * n), 255),
    "blocks": (lambda n: modal(blocks=[{"type": "divider"}] * n), 100),
    "input label": (lambda n: modal(blocks=form(label=plain(n))), 2000),
    "input hint": (lambda n: modal(blocks=form(hint=plain(n))), 2000),
    "max_length": (lambda n: modal(blocks=form(text_input(max_length=n))), 3000),
    "initial_value": (lambda n: modal(blocks=form(text_input(initial_value="i" * n))), 3000),
}


@pytest.mark.parametrize("name", BLOCK_SIZES)
def test_a_block_may_be_as_large_as_the_limit_and_no_larger(name: str) -> None:
    make, limit = BLOCK_SIZES[name]
    assert check_blocks(make(limit), "message") == []
    problems = check_blocks(make(limit + 1), "message")
    assert problems
    assert {problem.code for problem in problems} <= {"too_long", "too_many"}


@pytest.mark.parametrize("name", VIEW_SIZES)
def test_a_view_may_be_as_large_as_the_limit_and_no_larger(name: str) -> None:
    make, limit = VIEW_SIZES[name]
    assert check_view(make(limit)) == []
    problems = check_view(make(limit + 1))
    assert problems
    assert {p.code for p in problems} <= {"too_long", "too_many", "invalid_value"}


def test_a_view_is_no_larger_than_250_kilobytes() -> None:
    big = modal(blocks=section(text=plain(2900)) * 80)
    assert check_view(big) == []
    assert [p.code for p in check_view(modal(blocks=section(text=plain(2900)) * 90))] == [
        "too_large"
    ]


#: What the builders let through and Slack refuses, with the pointer at which it says so.
REFUSED_BLOCKS: dict[str, tuple[Any, str, str]] = {
    "no type": ([{}], "missing", "/blocks/0"),
    "unknown block": ([{"type": "carousel"}], "unsupported_type", "/blocks/0"),
    "not an object": (["divider"], "wrong_type", "/blocks/0"),
    "section without text": (section(), "missing", "/blocks/0"),
    "empty text": (section(text=plain(0)), "too_short", "/blocks/0/text/text"),
    "text as a string": (section(text="hi"), "wrong_type", "/blocks/0/text"),
    "number as text": (section(text={"type": "mrkdwn", "text": 3}), "wrong_type", "/blocks/0/text"),
    "mrkdwn header": ([{"type": "header", "text": mrkdwn(1)}], "unsupported_type", "/blocks/0"),
    "emoji in mrkdwn": (section(text=mrkdwn(1) | {"emoji": True}), "unknown_field", "/blocks/0"),
    "unknown field": (section(text=plain("a"), colour="red"), "unknown_field", "/blocks/0"),
    "unknown style": (actions(button(style="default")), "invalid_value", "/blocks/0/elements/0"),
    "not a url": (actions(button(url="x")), "invalid_value", "/blocks/0/elements/0/url"),
    "input element in actions": (
        actions(text_input()),
        "unsupported_type",
        "/blocks/0/elements/0",
    ),
    "button in context": (
        [{"type": "context", "elements": [button()]}],
        "unsupported_type",
        "/blocks/0/elements/0",
    ),
    "no elements": (actions(), "too_few", "/blocks/0/elements"),
    "no options": (actions(select(options=[])), "too_few", "/blocks/0/elements/0/options"),
    "options and groups": (
        actions(select(option_groups=[{"label": plain("g"), "options": options(1)}])),
        "invalid_value",
        "/blocks/0/elements/0",
    ),
    "initial option not offered": (
        actions(select(initial_option=option("other"))),
        "invalid_value",
        "/blocks/0/elements/0",
    ),
    "option without value": (
        actions(select(options=[{"text": plain("o")}])),
        "missing",
        "/blocks/0/elements/0/options/0",
    ),
    "mrkdwn option of a select": (
        actions(select(options=[option() | {"text": mrkdwn(1)}])),
        "unsupported_type",
        "/blocks/0/elements/0/options/0/text/type",
    ),
    "bad date": (
        actions({"type": "datepicker", "initial_date": "2026-13-01"}),
        "invalid_value",
        "/blocks/0/elements/0/initial_date",
    ),
    "bad time": (
        actions({"type": "timepicker", "initial_time": "25:00"}),
        "invalid_value",
        "/blocks/0/elements/0/initial_time",
    ),
    "confirm without text": (
        actions(button(confirm={"title": plain("t"), "confirm": plain("y"), "deny": plain("n")})),
        "missing",
        "/blocks/0/elements/0/confirm",
    ),
    "image without alt_text": (
        [{"type": "image", "image_url": "https://x.example/i.png"}],
        "missing",
        "/blocks/0",
    ),
    "block_id twice": (
        [{"type": "divider", "block_id": "a"}, {"type": "divider", "block_id": "a"}],
        "duplicate",
        "/blocks/1",
    ),
    "action_id twice": (
        actions(button(action_id="a"), button(action_id="a")),
        "duplicate",
        "/blocks/0",
    ),
}


@pytest.mark.parametrize("name", REFUSED_BLOCKS)
def test_blocks_that_slack_refuses_are_named_at_their_place(name: str) -> None:
    blocks, code, pointer = REFUSED_BLOCKS[name]
    problems = check_blocks(blocks, "message")
    assert code in {problem.code for problem in problems}
    assert any(problem.pointer.startswith(pointer) for problem in problems)


REFUSED_VIEWS: dict[str, Any] = {
    "no title": {"type": "modal", "blocks": []},
    "input without submit": {"type": "modal", "title": plain("t"), "blocks": form()},
    "title of mrkdwn": modal(title=mrkdwn(3)),
    "table in a modal": modal(blocks=[table(1, 1)]),
    "home with a submit": {"type": "home", "blocks": [], "submit": plain("s")},
    "unknown type": {"type": "dialog", "blocks": []},
    "button as an input": modal(blocks=form(button())),
    "min over max": modal(blocks=form(text_input(min_length=9, max_length=3))),
    "number input without its flag": modal(blocks=form({"type": "number_input"})),
    "two that focus": modal(
        blocks=form(text_input(focus_on_load=True)) + form(text_input(focus_on_load=True))
    ),
    "unknown field": modal(colour="red"),
    "not an object": [],
}


@pytest.mark.parametrize("name", REFUSED_VIEWS)
def test_views_that_slack_refuses_are_refused(name: str) -> None:
    assert check_view(REFUSED_VIEWS[name])


def test_every_kind_of_input_is_accepted_in_a_modal() -> None:
    kinds: list[Json] = [
        text_input(multiline=True, min_length=0),
        {"type": "email_text_input"},
        {"type": "url_text_input"},
        {"type": "number_input", "is_decimal_allowed": False, "min_value": "1"},
        {"type": "datepicker", "initial_date": "2026-03-01"},
        {"type": "timepicker", "initial_time": "09:30"},
        {"type": "datetimepicker", "initial_date_time": 1_800_000_000},
        {"type": "users_select"},
        {"type": "multi_users_select", "max_selected_items": 3},
        {"type": "conversations_select", "response_url_enabled": True},
        {"type": "multi_channels_select"},
        {"type": "radio_buttons", "options": [option() | {"text": mrkdwn(3)}]},
        {"type": "checkboxes", "options": options(2), "initial_options": [option("v1")]},
        {"type": "multi_static_select", "options": options(2)},
        {"type": "rich_text_input"},
    ]
    assert check_view(modal(blocks=[block for kind in kinds for block in form(kind)])) == []


def app_manifest(**command: Any) -> Json:
    return {
        "display_information": {"name": "n", "description": "d"},
        "features": {"slash_commands": [{"command": "/e", **command}], "shortcuts": []},
    }


MANIFEST_SIZES: dict[str, tuple[Any, int]] = {
    "name": (lambda n: {"display_information": {"name": "n" * n}}, 35),
    "description": (lambda n: {"display_information": {"name": "n", "description": "d" * n}}, 140),
    "command": (lambda n: app_manifest(command="/" + "c" * (n - 1)), 32),
    "command description": (lambda n: app_manifest(description="d" * n), 2000),
    "usage hint": (lambda n: app_manifest(usage_hint="u" * n), 1000),
    "commands": (
        lambda n: app_manifest() | {"features": {"slash_commands": [{"command": "/e"}] * n}},
        50,
    ),
    "shortcuts": (lambda n: app_manifest() | {"features": {"shortcuts": [{}] * n}}, 10),
}


@pytest.mark.parametrize("name", MANIFEST_SIZES)
def test_a_manifest_may_be_as_large_as_the_limit_and_no_larger(name: str) -> None:
    make, limit = MANIFEST_SIZES[name]
    assert check_manifest(make(limit)) == []
    assert {p.code for p in check_manifest(make(limit + 1))} <= {"too_long", "too_many"}
    assert check_manifest(make(limit + 1))


def test_limits_count_code_points_not_bytes_or_utf16() -> None:
    assert check_blocks(section(text={"type": "mrkdwn", "text": "🔔" * 3000}), "message") == []
    assert check_blocks(section(text={"type": "mrkdwn", "text": "🔔" * 3001}), "message")


def test_problems_read_as_slack_writes_them() -> None:
    def words(problems: list[Problem]) -> list[str]:
        return [str(problem) for problem in problems]

    assert words(check_message({"blocks": section(text=mrkdwn(3001))})) == [
        "[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]"
    ]
    assert words(check_message({"blocks": [{"type": "divider"}] * 51})) == [
        "[ERROR] no more than 50 items allowed [json-pointer:/blocks]"
    ]
    assert words(check_message({"blocks": [{"type": "nope"}]})) == [
        "[ERROR] unsupported type: nope [json-pointer:/blocks/0]"
    ]
    assert words(check_view({"type": "home"})) == [
        "[ERROR] missing required field: blocks [json-pointer:/view]"
    ]


def test_a_message_has_a_size_in_all() -> None:
    """By its texts, and a hundred characters for each block."""
    whole = [block for _ in range(3) for block in section(text=mrkdwn(3000))]
    assert check_message({"blocks": whole}) == []
    assert message_size(whole) == 9_300
    fits = [*whole, *section(text=mrkdwn(200))]
    assert check_message({"blocks": fits}) == []
    [problem] = check_message({"blocks": [*fits, {"type": "divider"}]})
    assert (problem.code, problem.pointer) == ("blocks_too_long", "/blocks")
    labelled = section(text=mrkdwn(3000), accessory=button(text=plain(75)))
    assert message_size(labelled) == 3_175


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ({"text": ""}, "no_text"),
        ({}, "no_text"),
        ({"text": "x", "colour": "red"}, "unknown_field"),
        ({"text": 3}, "wrong_type"),
        ({"text": "x", "metadata": {"event_type": "t"}}, "missing"),
        ({"text": "x", "blocks": "[]"}, "wrong_type"),
    ],
)
def test_messages_that_slack_refuses(payload: Json, code: str) -> None:
    assert code in {problem.code for problem in check_message(payload)}


def test_a_whole_message_passes_and_is_left_as_it_was() -> None:
    message = {
        "text": "fallback",
        "blocks": section(text=mrkdwn(10), accessory=button(style="danger", action_id="a"))
        + actions(confirm(style="primary"))
        + [table(2, 2), image(), {"type": "context", "elements": [mrkdwn(2), image()]}],
        "metadata": {"event_type": "t", "event_payload": {"id": "1"}},
        "unfurl_links": False,
        "unfurl_media": False,
    }
    before = copy.deepcopy(message)
    assert check_message(message) == []
    assert message == before
