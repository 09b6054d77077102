"""*Open this* and commands are offered to people who may do it, and where it may be a report."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from bot.domain.act import Role
from tests.factories import MEI
from tests.writings.table import NO_CHANNEL, OPEN_CHANNEL, Table

EVE = "U0EVE"
"""Neither in a team nor named in the policy."""


@pytest.fixture
def viewers(table: Table) -> Iterator[Table]:
    """Everyone may read, as a policy may say."""
    shell = table.shell
    policy = replace(shell.policy, roles=replace(shell.policy.roles, everyone=Role.VIEWER))
    table.shell = replace(shell, policy=policy)
    yield table
    table.shell = shell


DEAD_ENDS = (
    "urgent there is a bomb",
    "opne there is a bomb",
    "escalate p1 bomb threat",
    "please open p1 bomb",
    "sev2 bomb threat",
    "help someone is about to die",
    "p0 bomb",
)


async def test_who_may_not_open_hears_who_may(viewers: Table) -> None:
    for text in DEAD_ENDS:
        became = await viewers.say(EVE, text, NO_CHANNEL)
        viewers.check(became.refused, text, became)
        viewers.check("open an escalation you need the role *member*" in became.text, text, became)
        viewers.check("open_typed" not in became.text, text, became)
        viewers.check("`/escalate open" not in became.text, text, became)


async def test_who_may_not_open_gets_no_button_under_a_refusal(viewers: Table) -> None:
    for text in ("page is down since 5pm", "view of a beheading", "close call at a school"):
        became = await viewers.say(EVE, text, NO_CHANNEL)
        viewers.check(became.refused and "Open this" not in became.text, text, became)
    for text in ("digset preview of it", "shwo ESC-5"):
        became = await viewers.say(EVE, text, NO_CHANNEL)
        viewers.check("Did you mean" in became.text, text, became)
        viewers.check("Open this" not in became.text, text, became)


NO_REPORTS = (
    "edit category ESC-4 Spam",
    "edit category of ESC-4 to Spam",
    "edit ESC-4 category Spam things",
    "edit category xyzzy of it",
    "digest leadership ESC-5 please",
    "page leagl they want it",
    "handover leagl it is drafted",
    "list team leagl",
    "task priya draft it by 17:00",
    "duplicate 5 of 5",
    "status investgating the logs",
    "page xyzzy for ESC-5",
    "remind legal about ESC-5",
)


async def test_refused_arguments_are_no_report(table: Table) -> None:
    for text in NO_REPORTS:
        for place in (OPEN_CHANNEL, NO_CHANNEL):
            became = await table.say(MEI, text, place)
            table.check(became.refused and "Open this" not in became.text, text, became)
