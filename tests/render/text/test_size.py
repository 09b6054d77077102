"""No message is larger than Slack takes, whatever stands in it; what is left out is counted."""

import re
from dataclasses import fields, is_dataclass, replace
from typing import Any

import pytest

from bot.domain.incidents.timeline import EntryKind
from bot.render.incidents import answers, card
from bot.render.message import Message
from bot.render.wording import Wording
from slack_rules import message_size
from slack_rules.limits import MESSAGE_SIZE
from tests.render.case import Rendered
from tests.render.catalogue import CASES
from tests.render.disguise import reworded
from tests.render.reading_blocks import problems
from tests.render.views import a_team, an_entry

LONG = {
    "a long sentence": "Coordinated comments under the videos of a choir, and of its members. "
    * 45,
    "only ampersands": "&" * 3_000,
}


def multiplied(value: Any, times: int) -> Any:
    """Every list of it so many times as long, and the lists within them three times."""
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return type(value)(*(multiplied(item, times) for item in value))
    if isinstance(value, tuple | list):
        # A pair stays one.
        pairs = [isinstance(item, tuple) and not hasattr(item, "_asdict") for item in value]
        items = [
            item if pair else multiplied(item, 3) for item, pair in zip(value, pairs, strict=True)
        ]
        return type(value)(items * times)
    if isinstance(value, dict):
        return {name: multiplied(item, times) for name, item in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        changed = {
            field.name: multiplied(getattr(value, field.name), times)
            for field in fields(value)
            if field.init
        }
        return replace(value, **changed)
    return value


def assert_fits(rendered: Rendered) -> None:
    assert problems(rendered) == []
    if isinstance(rendered, Message):
        assert message_size(rendered.blocks) <= MESSAGE_SIZE


@pytest.mark.parametrize("name", CASES)
def test_no_message_is_larger_than_slack_takes(wording: Wording, name: str) -> None:
    case = CASES[name]
    many = multiplied(case.view, 12)
    assert_fits(case.render(wording, many))
    for text in LONG.values():
        assert_fits(case.render(wording, reworded(many, text)))


@pytest.mark.parametrize("times", [1, 2, 5])
def test_what_is_shown_and_what_is_counted_are_all_there_is(wording: Wording, times: int) -> None:
    view = CASES["listing, many"].view
    heads = view.heads[:1] * (7 * times)
    long = reworded(replace(view, heads=heads, total=100), LONG["a long sentence"])
    blocks = answers.listing(wording, long).blocks
    shown = sum("accessory" in block for block in blocks)
    assert f"and {100 - shown} more" in blocks[-1]["elements"][0]["text"]
    assert 0 < shown <= len(heads)


@pytest.mark.parametrize("teams", [5, 30, 200])
def test_the_teams_of_a_card_are_shown_or_counted(wording: Wording, teams: int) -> None:
    view = CASES["card, more than fits"].view
    many = replace(
        view, teams=tuple(a_team(run_id=f"01RUN{n}", name="Legal" * 9) for n in range(teams))
    )
    many = replace(
        many, teams=tuple(replace(row, team=f"t{n}") for n, row in enumerate(many.teams))
    )
    [said] = [
        block["text"]["text"]
        for block in card.card(wording, many).blocks
        if block["type"] == "section" and "LegalLegal" in block.get("text", {}).get("text", "")
    ]
    _, *lines = said.split("\n")
    left = re.search(r"and (\d+) more$", lines[-1])
    shown = len(lines) - bool(left)
    assert shown + (int(left[1]) if left else 0) == teams


def test_the_newest_entries_are_shown_and_the_others_counted(wording: Wording) -> None:
    view = CASES["details"].view
    entry = an_entry(EntryKind.NOTE, {"text": "So it goes on and on. " * 20})
    long = replace(view, entries=(entry,) * 30, more_entries=12)
    blocks = answers.details(wording, long).blocks
    [latest] = [at for at, block in enumerate(blocks) if "So it goes on" in str(block)]
    shown = str(blocks[latest]).count("So it goes on and on. So it goes")
    assert str(42 - shown) in str(blocks[latest + 1])
