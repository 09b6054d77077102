"""`open` and a reference: that escalation may be meant, or a new one. No one is paged by it."""

import re

import pytest

from bot.domain.incidents.severity import UNLESS_SAID
from tests.factories import MEI
from tests.writings.table import NO_CHANNEL, OPEN_CHANNEL, Table

AGAIN = (
    ("open ESC-8 again", "<reason>"),
    ("open ESC-8 please", "<reason>"),
    ("open ESC-8 again the clips are back", "the clips are back"),
    ("open again ESC-8", "<reason>"),
    ("open ESC-8: the clips are back", "the clips are back"),
    ("open p0 ESC-8 the clips are back", "the clips are back"),
    ("open *ESC-8*, the clips are back", "the clips are back"),
    ("open about #8 the clips are back", "the clips are back"),
    ("new ESC-8 the clips are back", "the clips are back"),
    ("open ESC-8 the clips are back\nLegal: may we?", "the clips are back"),
)
"""ESC-8 is resolved."""


def offered(text: str) -> list[str]:
    return re.findall(r"`/escalate (.+?)`", text.replace("&lt;", "<").replace("&gt;", ">"))


@pytest.mark.parametrize("channel", [NO_CHANNEL, OPEN_CHANNEL])
async def test_an_ended_one_is_offered_to_be_reopened(table: Table, channel: str) -> None:
    for text, reason in AGAIN:
        became = await table.say(MEI, text, channel)
        table.check(became.refused, text, became)
        got = offered(became.text)
        table.check(got[:2] == ["show ESC-8", f"reopen ESC-8 {reason}"], text, became)
        table.check("Open this" in became.text, text, became)


async def test_of_an_open_one_the_news_is_offered_as_an_update(table: Table) -> None:
    became = await table.say(MEI, "open ESC-5 the clips are back", NO_CHANNEL)
    got = offered(became.text)
    assert became.refused
    assert list(dict.fromkeys(got)) == ["show ESC-5", "update ESC-5 the clips are back"]
    became = await table.say(MEI, "open ESC-5", NO_CHANNEL)
    assert became.refused
    assert "Open this" not in became.text


async def test_reopen_in_two_words_is_no_report_alone(table: Table) -> None:
    became = await table.say(MEI, "re open ESC-8 it is back", NO_CHANNEL)
    assert became.refused
    assert offered(became.text)[0] == "reopen ESC-8 it is back"


async def test_a_reference_further_on_is_part_of_the_title(table: Table) -> None:
    for text in ("open clips as in ESC-8 are back", "open p1 8 accounts post threats"):
        became = await table.say(MEI, text, NO_CHANNEL)
        table.check(len(became.opened) == 1, text, became)


@pytest.mark.parametrize(
    ("text", "severity", "needs"),
    [
        ("open\nLegal: may we", "P2", "Legal: may we"),
        ("open p1\nLegal: may we sue", "P1", "Legal: may we sue"),
        ("open\n- Legal: may we\nPR: a line", "P2", "- Legal: may we\nPR: a line"),
        ("open\np1\nLegal: may we", "P1", "Legal: may we"),
        ("open p1\nLegal:\nmay we sue", "P1", "Legal:\nmay we sue"),
        ("open\nLgeal: may we", "P2", "Lgeal: may we"),
    ],
)
async def test_a_line_for_a_team_is_no_title(
    table: Table, text: str, severity: str, needs: str
) -> None:
    became = await table.say(MEI, text, NO_CHANNEL)
    assert became.nothing
    assert became.form is not None
    blocks = {block.get("block_id"): block.get("element", {}) for block in became.form["blocks"]}
    values = {name: element.get("initial_value") for name, element in blocks.items()}
    assert needs in values.values(), values
    assert values["title"] is None
    chosen = [one["initial_option"]["value"] for one in blocks.values() if "initial_option" in one]
    assert (severity in chosen) is (severity != UNLESS_SAID)


async def test_a_title_may_stand_below_the_verb(table: Table) -> None:
    for text in ("open\nBomb threat", "open\np1\nBomb threat", "open Legal: a threat to sue"):
        became = await table.say(MEI, text, NO_CHANNEL)
        table.check(len(became.opened) == 1, text, became)
        table.check("threat" in became.opened[0].title, text, became)
