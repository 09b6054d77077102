"""A snapshot hides nothing: whatever changes in a payload changes what is stored of it."""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from bot.render.wording import Wording
from tests.render.case import payload
from tests.render.catalogue import CASES
from tests.render.readable import readable

HOSTILE = (
    *("", " ", "x", "x ", " x", "x y", "true", "null", "1", "1.0", "1e5", "'x'", '"x"', "x'", 'x"'),
    *("x\ny", "x \ny", "x\n\ny", "x\\ny", "x ↵ y", "x↵y", "x\n| y", "x\n- | y", "x\u2068y", "xy"),
    *('"x" value=y', "x' value=y", "'x' value=y", "[x]", "x]", "x, y", "{}", "[]", "| x", "- x"),
    *("x\n  button", "x\nsection | y", "divider", "mrkdwn", "plain_text", "x:", "x=y", "\\", "\r"),
)
"""Strings that read like the lines around them, and some that cannot be seen."""


def differing(value: Any, strings: tuple[str, ...]) -> Iterator[Any]:
    """What differs from this value in one place, at any depth; any string becomes these."""
    if isinstance(value, dict):
        for key, inner in value.items():
            rest = {other: kept for other, kept in value.items() if other != key}
            yield rest
            yield from ({**rest, key: other} for other in differing(inner, strings))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            before, after = value[:place], value[place + 1 :]
            yield from ([*before, *after], [*before, inner, inner, *after])
            yield from ([*before, other, *after] for other in differing(inner, strings))
    elif isinstance(value, str):
        yield f"{value}."
        yield from strings
    else:
        yield not value
    if strings:
        yield from (None, True, 1, str(value), json.dumps(value))
        yield from ([value], [value, "x"], {"x": value}, {"type": "x", "text": value}, {})


def assert_all_read_differently(payloads: Iterable[Any]) -> None:
    known: dict[str, str] = {}
    for each in payloads:
        if not isinstance(each, dict):
            continue
        exactly = json.dumps(each, sort_keys=True)
        assert known.setdefault(readable(each), exactly) == exactly


def test_what_differs_anywhere_reads_differently(wording: Wording) -> None:
    """Every message and view, less the blocks that an earlier one has as well."""
    seen: set[str] = set()
    for case in CASES.values():
        whole = payload(case(wording))
        for block in whole.pop("blocks"):
            if json.dumps(block) not in seen:
                seen.add(json.dumps(block))
                assert_all_read_differently(
                    {"text": "", "blocks": [each]} for each in differing(block, ())
                )
        assert_all_read_differently(differing({**whole, "blocks": []}, ()))


def test_no_text_is_taken_for_structure(wording: Wording) -> None:
    """Every kind of block, message and view once, with strings that look like what is around."""
    kinds: dict[str, Any] = {}
    for case in CASES.values():
        whole = shortened(payload(case(wording)))
        kinds.setdefault(str(sorted(whole)), {**whole, "blocks": whole["blocks"][:1]})
        for block in whole["blocks"]:
            keys = re.sub(r': ".*?"|false|true|\d+', "", json.dumps(block, sort_keys=True))
            kinds.setdefault(keys, {"text": "", "blocks": [block]})
    for each in kinds.values():
        assert_all_read_differently(differing(each, HOSTILE))


def shortened(value: Any) -> Any:
    """At most two of each list, and of each text its first word."""
    if isinstance(value, dict):
        return {key: shortened(kept) for key, kept in value.items()}
    if isinstance(value, list):
        return [shortened(kept) for kept in value[:2]]
    return value.split()[0] if isinstance(value, str) and value else value


@pytest.mark.parametrize(
    ("block", "reads"),
    [
        (
            {"type": "section", "text": {"type": "mrkdwn", "text": "a\nb", "verbatim": True}},
            "section | a\n        | b",
        ),
        (
            {"type": "section", "text": {"type": "mrkdwn", "text": "a b", "verbatim": False}},
            "section\n  text: mrkdwn text='a b' verbatim=false",
        ),
        (
            {"type": "header", "text": {"type": "plain_text", "text": 'a "b"', "emoji": True}},
            'header "a \\"b\\""',
        ),
        (
            {
                "type": "context",
                "elements": [{"type": "mrkdwn", "text": "a\u2068 ", "verbatim": True}],
            },
            "context | a\\u2068\\x20",
        ),
    ],
)
def test_a_block_reads_as_one_line_where_it_can(block: dict[str, Any], reads: str) -> None:
    assert readable({"text": "x", "blocks": [block]}) == f"text | x\n{reads}"
