"""A second time or a second command in one line is asked about: it is not lost in the text."""

import re

import pytest

from tests.factories import MEI
from tests.writings.table import OPEN_CHANNEL, Table

TIMES = (
    ("task @tom draft by noon by 17:00", "draft by {}", "noon", "17:00"),
    ("task @tom mail by 22:00 or by 23:00", "mail by {}", "22:00", "23:00"),
    ("task @tom mail by 22:00 and again by 23:00", "mail by {}", "22:00", "23:00"),
    ("task @tom mail at 22:00 or by 23:00", "mail by {}", "22:00", "23:00"),
    ("remind to call in 2h and then at 11pm", "{} call", "in 2h", "at 11pm"),
    ("remind me to call in 2h or in 3h", "{} call", "in 2h", "in 3h"),
    ("remind in 2h call and at 11pm", "{} call", "at 11pm", "in 2h"),
)
ONE_TIME = (
    "task <@U0TOM|tom> draft written by Tom by 23:00",
    "task <@U0TOM|tom> mail the 22:00 summary and call by 23:00",
    "task <@U0TOM|tom> prepare the call at 23:30 by 23:00",
    "remind in 2h and a half call",
    "remind in 1 hour and 30 minutes call",
    "remind in 2h call Tom and Ann",
    "remind to call Tom or Ann in 2h",
    "remind in 2h then call legal",
    "remind in 2h ask for the 17:00 draft",
)


def offered(text: str) -> set[str]:
    return set(re.findall(r"`/escalate (.+?)`", text))


async def test_of_two_times_each_is_offered(table: Table) -> None:
    for text, form, *times in TIMES:
        typed = text.replace("@tom", "<@U0TOM|tom>")
        became = await table.say(MEI, typed, OPEN_CHANNEL)
        verb = "task ESC-7 @tom" if text.startswith("task") else "remind ESC-7"
        either = {f"{verb} {form.format(time)}" for time in times}
        table.check(became.refused and offered(became.text) == either, text, became)


async def test_one_time_is_taken(table: Table) -> None:
    for text in ONE_TIME:
        became = await table.say(MEI, text, OPEN_CHANNEL)
        table.check(len(became.tasks) + len(became.reminders) == 1, text, became)


DEEDS = (
    ("status ESC-5 triaged and page legal", "status ESC-5 triaged", "page ESC-5 legal"),
    ("status monitoring and assign <@U0TOM|tom>", "status ESC-7 monitoring", "assign ESC-7 @tom"),
    ("status triaged, page pr: a line", "status ESC-7 triaged", "page ESC-7 pr: a line"),
    ("status triaged & severity p0", "status ESC-7 triaged", "severity ESC-7 p0"),
    ("status triaged and then close", "status ESC-7 triaged", "close ESC-7"),
    ("status triaged and note they called", "status ESC-7 triaged", "note ESC-7 they called"),
    ("severity ESC-5 p0 and page legal", "severity ESC-5 p0", "page ESC-5 legal"),
    ("page ESC-5 pr and severity p0", "page ESC-5 pr", "severity ESC-5 p0"),
)


async def test_of_two_commands_each_is_offered(table: Table) -> None:
    for text, *either in DEEDS:
        became = await table.say(MEI, text, OPEN_CHANNEL)
        table.check(became.refused and offered(became.text) == set(either), text, became)


@pytest.mark.parametrize(
    "text",
    [
        "status triaged: and page legal",
        "status triaged and pages from Tom are answered",
        "status monitoring and all is calm",
        "status monitoring, update at five",
        "severity p0 and worse",
        "page pr: and assign me",
        "page pr and hurry",
    ],
)
async def test_ordinary_words_are_text(table: Table, text: str) -> None:
    became = await table.say(MEI, text, OPEN_CHANNEL)
    assert not became.refused, became
    assert became.touched
