"""An escalation that was typed in the wrong place is in the command or the example to copy."""

import re

from tests.factories import MEI
from tests.writings.table import NO_CHANNEL, OPEN_CHANNEL, Table

TYPED = (
    ("update all good ESC-5", "update ESC-5 all good"),
    ("note seen it, ESC-5.", "note ESC-5 seen it"),
    ("note seen it for #5", "note ESC-5 seen it"),
    ("update 5 all good", "update ESC-5 all good"),
    ("note 5 all ok", "note ESC-5 all ok"),
    ("decline spam ESC-5", "decline ESC-5 spam"),
    ("page legal may we ESC-5", "page ESC-5 legal may we"),
    ("status monitoring all good (ESC-5)", "status ESC-5 monitoring all good"),
    ("resolve they were suspended ESC-5", "resolve ESC-5 they were suspended"),
)
"""Outside an escalation's channel."""
EXAMPLES = (
    *("update 5", "update ESC-5", "own 5", "assign ESC-5", "task ESC-5 <@U0TOM|tom> draft"),
    *("task 5 <@U0TOM|tom> draft", "severity ESC-5 hihg", "edit 5 foo", "note 5"),
)


def commands(text: str) -> list[str]:
    return re.findall(r"`/escalate (.+?)`", text)


async def test_it_is_offered_in_its_place(table: Table) -> None:
    for text, command in TYPED:
        became = await table.say(MEI, text, NO_CHANNEL)
        table.check(became.refused and commands(became.text)[:1] == [command], text, became)
        table.check("Open this" not in became.text, text, became)


async def test_what_names_none_or_two_is_asked_which(table: Table) -> None:
    for text in (
        "note all ok",
        "note 5 accounts gone",
        "note same as ESC-5 maybe",
        "note twins: ESC-5 and ESC-6",
        "update 96 all good",
    ):
        became = await table.say(MEI, text, NO_CHANNEL)
        table.check(became.refused and not commands(became.text), text, became)


async def test_an_example_is_about_the_escalation_that_was_typed(table: Table) -> None:
    for text in EXAMPLES:
        for channel in (NO_CHANNEL, OPEN_CHANNEL):
            became = await table.say(MEI, text, channel)
            example = commands(became.text)[0]
            table.check(became.refused and example.split()[1] == "ESC-5", text, became)
