"""Where the text of a change begins: a colon says so, and what follows it decides nothing."""

from bot.domain.incidents.severity import Severity
from tests.factories import MEI
from tests.writings.table import HERE, OPEN_CHANNEL, Table

DONE = (
    ("severity p0: p1 was wrong", "p1 was wrong"),
    ("severity p0: if legal agrees", "if legal agrees"),
    ("severity p0 p0 it spreads", "p0 it spreads"),
    ("severity p0 high profile case", "high profile case"),
    ("status monitoring: tomorrow it is over", "tomorrow it is over"),
    ("status declined: tom has it", "tom has it"),
)
ASKED = (
    ("severity p0 p1", ("severity ESC-7 P0", "severity ESC-7 P1")),
    ("severity ESC-5 p0 or p1 it spreads", ("severity ESC-5 P0 it spreads",)),
    (
        "severity p0 if legal agrees",
        (
            "remind ESC-7 in 15m severity p0 if legal agrees",
            "severity ESC-7 p0: if legal agrees",
        ),
    ),
    ("severity p0 not yet", ("severity ESC-7 p0: not yet",)),
    ("severity high profile case", ("severity ESC-7 p1: profile case", "open p1: profile case")),
    ("status monitoring tomorrow", ("status ESC-7 monitoring: tomorrow",)),
    ("status declined tom has it", ("status ESC-7 declined: tom has it",)),
)
OPENED = (
    ("open p0: p1 was wrong", "p1 was wrong"),
    ("open p0 p0 it spreads", "it spreads"),
    ("open p0 high profile case", "high profile case"),
)


async def test_a_text_is_kept_whole(table: Table) -> None:
    for text, kept in DONE:
        became = await table.say(MEI, text, OPEN_CHANNEL)
        kept_texts = [entry.data.get("reason", entry.data.get("note")) for entry in became.entries]
        table.check(became.touched == {HERE} and kept_texts[:1] == [kept], text, became)


async def test_without_a_colon_it_is_asked_what_is_meant(table: Table) -> None:
    for text, commands in ASKED:
        became = await table.say(MEI, text, OPEN_CHANNEL)
        for command in commands:
            table.check(became.refused and f"`/escalate {command}`" in became.text, text, became)


async def test_a_named_escalation_is_not_opened_again(table: Table) -> None:
    became = await table.say(MEI, "severity ESC-5 high profile case", OPEN_CHANNEL)
    table.check("`/escalate severity ESC-5 p1: profile case`" in became.text, "named", became)
    table.check("/escalate open" not in became.text, "named", became)


async def test_a_title_begins_behind_the_first_severity(table: Table) -> None:
    for text, title in OPENED:
        became = await table.say(MEI, text, OPEN_CHANNEL)
        opened = [(one.title, one.severity) for one in became.opened]
        table.check(opened == [(title, Severity.P0)], text, became)
    became = await table.say(MEI, "open p0 p1 both", OPEN_CHANNEL)
    table.check(became.refused and "Open as P1" in became.text, "open p0 p1 both", became)
