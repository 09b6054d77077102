"""What looks like a reference but is not one never means the channel it is typed in."""

import pytest

from tests.factories import MEI
from tests.writings.table import HERE, NAMED, OPEN_CHANNEL, Table
from tests.writings.ways import PLAIN

LETTERS = (
    "ECS-5",
    "Esc.5",
    "ESX-5",
    "ESC=5",
    "@ESC-5",
    "E.S.C.-5",
    "escl-5",
    "es-5",
    "ESC/5",
    "E SC-5",
    "\u00c9sc-5",
    "E-5",
    "#esc 5",
    "ESC~5",
    "ESC, 5",
    "\u0415SC-5",
    "E5C-5",
    "ESCC-5",
    "SEC-5",
    "wsc-5",
    "ecs 5",
    "ESC-5",
    "escaltion 5",
    "\u0395SC-5",
)
WORDS = (
    "no 5",
    "case 5",
    "number 5",
    "ticket 5:",
    "incident 5",
    "ESC no. 5",
    "ESC nr 5",
    "escalation no 5",
    "\u21165",
    "n\u00b0 5",
    "nr. 5",
    "INC 5",
    "esc minus 5",
    "the case 5",
    "case #5",
    "case no. 5",
    "Incident-5",
    "tickt 5",
)
NUMBERS = ("5:", "5 -", "(5)", "5)", "[5]", '"5"', "\u201c5\u201d", "`5`", "@5", "5 \u2014")
LIKE_ONE = (*LETTERS, *WORDS, *NUMBERS)
VERBS = ("note {} hello", "update {} hello", "decline {} spam", "edit {} title A new one")
OTHERS = ("ack {}", "page {} pr now", "status {} monitoring x", "severity {} p0 x", "close {}")
TEXTS = (
    "covid-19 figures",
    "12 accounts are suspended",
    "3 videos",
    "5-year-old child",
    "17:00 call with the agency",
    "12:30 - they called",
    "5 - 7 accounts",
    "2026-12-01 is the date",
    "est 5 accounts",
    "see 5 videos",
    "section 5 is meant",
    "EU-5 group",
    "page 5 of the report",
    "*5* accounts",
    "e 5",
    "non-5",
    "escape 5",
    "half of 5",
    "https://case.example/5 was removed",
    "Rapid answer, 5 of them",
    "Rapid Dipper is a bird",
)


@pytest.mark.parametrize("command", VERBS)
async def test_a_lookalike_is_never_the_channels_own(table: Table, command: str) -> None:
    for number, written in enumerate(LIKE_ONE):
        for way in ("{}", PLAIN[number % len(PLAIN)]):
            text = command.format(way.format(written))
            became = await table.say(MEI, text, OPEN_CHANNEL)
            is_exact = became.touched == {NAMED} and written not in WORDS
            table.check(became.refused or is_exact, text, became)
            meant = f"/escalate {command.split()[0]} ESC-{NAMED} "
            table.check(is_exact or meant in became.text, text, became)


@pytest.mark.parametrize("command", OTHERS)
async def test_nor_for_a_verb_that_takes_names(table: Table, command: str) -> None:
    for written in LIKE_ONE:
        text = command.format(written)
        became = await table.say(MEI, text, OPEN_CHANNEL)
        table.check(became.touched <= {NAMED} and f"ESC-{HERE}`" not in became.text, text, became)


async def test_a_refused_lookalike_offers_both_readings(table: Table) -> None:
    for written in ("ECS-5", "case 5", "(5)", "5:", "E SC-5"):
        became = await table.say(MEI, f"note {written} hello", OPEN_CHANNEL)
        for command in (f"note ESC-{NAMED} hello", f"note ESC-{HERE} {written} hello"):
            table.check(f"`/escalate {command}`" in became.text, written, became)
    became = await table.say(MEI, "note ECS-999 hello", OPEN_CHANNEL)
    table.check("note ESC-999" not in became.text, "ECS-999", became)
    for written in LIKE_ONE:
        became = await table.say(MEI, f"note ESC-{HERE} {written} hello", OPEN_CHANNEL)
        table.check(became.touched == {HERE} or became.refused, written, became)


@pytest.mark.parametrize("verb", ["note", "update"])
async def test_ordinary_text_stays_text(table: Table, verb: str) -> None:
    for text in TEXTS:
        became = await table.say(MEI, f"{verb} {text}", OPEN_CHANNEL)
        told = [entry.data.get("text") for entry in became.entries]
        table.check(became.touched == {HERE} and told == [text], text, became)


async def test_a_link_or_a_channel_in_front(table: Table) -> None:
    archives = "https://acme.slack.com/archives"
    for command in ("note {} hello", "update {} hello", "decline {} spam"):
        for written in (
            f"<{archives}/C0NAMED/p1700000000>",
            "<#C0GENERAL|general>",
            "<#C0NAMED|esc-5>'s",
            "<#C0NAMED|esc-5>\u2019s",
            "<#C0GENERAL|general>'s",
        ):
            text = command.format(written)
            became = await table.say(MEI, text, OPEN_CHANNEL)
            table.check(became.refused, text, became)
            table.check("C0NAMED" not in written or "ESC-5" in became.text, text, became)
        for channel in (OPEN_CHANNEL, "C0GENERAL"):
            text = command.format(f"<{archives}/{channel}/p1700000000>")
            became = await table.say(MEI, text, OPEN_CHANNEL)
            table.check(became.touched == {HERE}, text, became)


MISPLACED = (
    "severity p2 for 5",
    "severity p2 5",
    "severity p0 ECS-5",
    "page pr 5",
    "page pr re: 5",
    "page pr @ ESC-5 now",
    "page pr now @ ESC-5",
    "page pr quickly, re ESC-5",
    "page pr case 5",
    "page pr (5)",
    "status monitoring 5",
    "handover pr for 5",
    "decline for 5",
    "decline for ECS-5 spam",
    "update on ECS-5: all clear",
    "note re case 5 hello",
)


async def test_a_reference_behind_the_names(table: Table) -> None:
    for text in MISPLACED:
        became = await table.say(MEI, text, OPEN_CHANNEL)
        table.check(became.refused and f"ESC-{NAMED}" in became.text, text, became)
    for text in (
        "page pr 5 accounts are hit",
        "page pr for 5 new accounts",
        "severity p0 5 children are in danger",
        "page pr 999",
        "decline same as ESC-5",
    ):
        became = await table.say(MEI, text, OPEN_CHANNEL)
        table.check(became.touched == {HERE}, text, became)
