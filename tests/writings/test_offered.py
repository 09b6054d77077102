"""Whatever command a refusal offers is itself understood when it is copied."""

import ast
import html
import re
from collections.abc import Iterator, Mapping
from typing import Any

from handlers.unclear.meant import MEANT
from handlers.verbs import VERBS
from tests.factories import MEI
from tests.writings import (
    test_first_words,
    test_given_back,
    test_lookalikes,
    test_meant,
    test_nearest,
    test_not_meant,
    test_times_said,
    test_which_one,
)
from tests.writings.table import NO_CHANNEL, OPEN_CHANNEL, Became, Table
from tests.writings.ways import pairs

FILLED: Mapping[str, str] = {
    "<team or @person>": "pr",
    "<teams or @people>": "pr",
    "<@person or me>": "me",
    "<@person>": "me",
    "<team>": "pr",
    "<p0-p3>": "p0",
    "<why>": "they ask for it",
    "<reason>": "the clips are back",
    "<summary>": "the draft is done",
    "<title>": "a rumour about a match",
    "<text>": "read it by heart",
    "<what was done>": "the filter is on",
    "<when>": "tomorrow 9:00",
    "<verb>": "page",
    "<the other one>": "ESC-6",
    "@person": "@tom",
    "<words>": "a match",
    "<state>": "monitoring",
    "ESC-n": "ESC-3",
    "ESC-m": "ESC-6",
    "ESC-12": "ESC-5",
}
"""What a person writes in the places of a command that are theirs to fill."""
PEOPLE = {f"@{name}": f"<@U0{name.upper()}|{name}>" for name in ("tom", "priya", "mei", "gus")}

TYPED = (
    "remind every day 9:00 call",
    "remind daily at 9:00 call",
    "remind call every monday 9:00",
    "remind me and <@U0TOM|tom> in 2h call",
    "remind me and tom in 2h call",
    "remind us in 2h call",
    "remind <@U0TOM|tom> in 2h call",
    "remind <@U0TOM|tom> call at 17:00",
    "remind @Tom in 2h call",
    "remind Tom in 2h call",
    "decline ESC-96?",
    "close ESC-96?",
    "ack ESC-96?",
    "show ESC-96",
    "dup ESC-96 of ESC-97?",
    "decline ESC-5?",
    "reopen ESC-8?",
    "severity ESC-96 p0?",
    "task <@U0TOM|tom> draft it til 23:00",
    "task <@U0TOM|tom> draft it till 23:00",
    "task <@U0TOM|tom> draft it until 23:00",
    "task <@U0TOM|tom> draft it for 23:00",
    "task <@U0TOM|tom> draft it due 23:00",
    "task <@U0TOM|tom> draft it due at 23:00",
    "task <@U0TOM|tom> draft it, deadline 23:00",
    "task <@U0TOM|tom> draft it within 2h",
    "task me in 10m Draft the note",
    "task me on friday Draft the note",
    "task me at 23:00 Draft the note",
    "task me on tuesday at 23:00 Draft the note",
    "task me Draft the note on friday",
    "task me Draft the note in 10m",
    "task by 23:00 <@U0TOM|tom>",
    "<@U0PRIYA|priya> at 9 call the mayor",
    "<@U0PRIYA|priya> by 23:00 draft it",
    "<@U0PRIYA|priya> they want it",
    "@Priya they want it",
    "<@U0TOM|tom> and <@U0PRIYA|priya> are threatened",
    "<@U0TOM|tom>, <@U0PRIYA|priya>",
    "<@U0TOM> they want it",
    "page legal, @Priya they want it",
    "page @Priya",
    "open ESC-5",
    "open ESC-8",
    "list open p1",
    "list team",
    "edit titel foo",
    "edit ESC-5 title",
    "edit ESC-5 references",
    "edit ESC-5 category",
    "edit ESC-5 needs",
    "status duplicate",
    "status duplicate of the other one",
    "status ESC-5 declined?",
    "taks <@U0TOM|tom> draft it by 23:00",
    "5 update all good",
    "status ESC-8",
    "assign <@U0TOM|tom> and <@U0PRIYA|priya>",
    "please decline ESC-96",
    "clsoe ESC-96",
    *("asign", "udpate", "ntoe", "serach", "remnid", "declien", "handovr", "assign ESC-5?"),
    *("5 close friends are threatened", "clsoe ESC-5 they are gone", "please ack it"),
    *("ack5 please", "remidners", "<@U0PRIYA|priya>", "@priya in 2h", "open p0 or p1"),
    *("open p4", "open critcal", "open p0?", "open p0 or p1 bomb"),
    *("new ESC-5", "new ESC-8 is back", "new p9", "raise ESC-5?", "start xyzzy"),
)


def _from_elsewhere() -> Iterator[str]:
    """What the other tables have, and each verb in front of what it may or may not take."""
    for module in (
        test_first_words.IN_ITS_CHANNEL,
        test_meant.OFFERED,
        test_meant.LEFT_OVER,
        test_meant.QUESTIONS,
        test_nearest.NEAR,
        test_nearest.BEHIND,
        test_times_said.AT_THE_END,
        test_times_said.REORDERED,
        test_which_one.DUPLICATES,
        test_which_one.TWICE,
    ):
        yield from (str(row[0]) for row in module)
    for texts in (
        test_given_back.REPORTS,
        test_given_back.ELSEWHERE,
        test_given_back.NONE,
        test_given_back.NO_MENTION,
        test_meant.REPORTS,
        test_nearest.FAR,
        MEANT,
    ):
        yield from texts
    for reason in test_not_meant.ABOUT_A_PAGE:
        yield f"decline {reason}"
    for names in test_not_meant.AT_ONCE:
        yield from (f"{names} {text}" for text, _ in test_not_meant.LATER)
    forms = (*test_lookalikes.VERBS, *test_lookalikes.OTHERS)
    for like, form in pairs(test_lookalikes.LIKE_ONE, forms, every=3):
        yield form.format(like)
    for verb in VERBS:
        for words in ("", "?", "xyzzy", "me", "ESC-abc", "ESC-5?", "p9", "in 2h", "5 6", "legal"):
            for word in (verb.name, *verb.aliases[:1]):
                yield f"{word} {words}".strip()


MEANS = (
    ("remind every day 9:00 Call", "remind ESC-7 9:00 Call"),
    ("remind call every monday 9:00", "remind ESC-7 monday 9:00 call"),
    ("remind every 2h call", "remind ESC-7 in 2h call"),
    ("remind me and tom in 2h call", "remind ESC-7 in 2h call"),
    ("remind me and <@U0TOM|tom> in 2h call", "task ESC-7 @tom call by 22:00"),
    ("remind us in 2h call", "remind ESC-7 in 2h call"),
    ("remind <@U0TOM|tom> in 2h Call", "task ESC-7 @tom Call by 22:00"),
    ("remind @Tom in 3 days at 9:00 call", "task ESC-7 @tom call by 2026-11-26 09:00"),
    ("task <@U0TOM|tom> Draft it til 23:00", "task ESC-7 @tom Draft it by 23:00"),
    ("task <@U0TOM|tom> draft it for 23:00", "task ESC-7 @tom draft it by 23:00"),
    ("task <@U0TOM|tom> draft it, due at 23:00", "task ESC-7 @tom draft it by 23:00"),
    ("task <@U0TOM|tom> draft it within 2h", "task ESC-7 @tom draft it by 22:00"),
    ("task me in 10m Draft the note", "task ESC-7 me Draft the note by 20:10"),
    ("task me on friday Draft the note", "task ESC-7 me Draft the note by friday"),
    ("<@U0PRIYA|priya> at 9 call", "task ESC-7 @priya <text> by <when>"),
    ("<@U0PRIYA|priya> They want it", "page ESC-7 @priya: They want it"),
    ("@Priya they want it", "page ESC-7 @priya: they want it"),
    ("page legal, @Priya they want it", "page ESC-7 legal, @priya they want it"),
    ("page priya, legal", "page ESC-7 @priya, legal"),
    ("open ESC-8", "reopen ESC-8 <reason>"),
    ("page pr tomorrow at 9", "remind ESC-7 <when> page pr tomorrow at 9"),
    ("status monitoring or not?", "status ESC-7 monitoring"),
    ("handover pr maybe", "handover ESC-7 pr <summary>"),
    ("asign", "assign ESC-7 <@person or me>"),
    ("udpate", "update ESC-7 <text>"),
    ("decline 5: spam", "decline ESC-7: 5: spam"),
    ("clsoe ESC-5 they are gone", "note ESC-5 they are gone"),
    ("edit needs PR: may we?", "page ESC-7 pr <why>"),
    ("handover legal?", "handover ESC-7 legal <summary>"),
    ("handover lgal", "handover ESC-7 legal <summary>"),
    ("handover legal, pr", "handover ESC-7 legal <summary>"),
    ("handover to legal I am off", "handover ESC-7 legal I am off"),
    ("page lgal, pr", "page ESC-7 legal, pr"),
    ("page pr, lgal: look at it", "page ESC-7 pr, legal: look at it"),
    ("page the legal team", "page ESC-7 legal"),
    ("page the legal team: look at it", "page ESC-7 legal look at it"),
    ("page to <@U0TOM|tom> look at it", "page ESC-7 @tom look at it"),
    ("task to <@U0TOM|tom> draft it by 23:00", "task ESC-7 @tom draft it by 23:00"),
    ("sev p1 not credible?", "severity ESC-7 p1: not credible"),
    ("severity 5 p0?", "severity 5 p0"),
    ("move to monitoring", "status ESC-7 monitoring"),
    ("status to triaged they are gone", "status ESC-7 triaged they are gone"),
    ("edit titel Foo", "edit ESC-7 title Foo"),
    ("edit categry doxxing", "edit ESC-7 category doxxing"),
    ("edit restrictd", "edit ESC-7 restricted"),
    ("help taks", "help task"),
    ("help clsoe", "help close"),
    ("help opne", "help open"),
)


async def test_it_means_what_was_typed(table: Table) -> None:
    for text, command in MEANS:
        became = await table.say(MEI, text, OPEN_CHANNEL)
        table.check(became.refused and command in offered(became), text, became)
    became = await table.say(MEI, "open ESC-5", OPEN_CHANNEL)
    table.check(offered(became) == ["show ESC-5"], "open ESC-5", became)


async def test_none_is_about_an_escalation_that_is_not_there(table: Table) -> None:
    for text in ("decline ESC-96?", "close ESC-96?", "clsoe ESC-96", "please ack ESC-96"):
        became = await table.say(MEI, text, OPEN_CHANNEL)
        said = "There is no escalation \u201cESC-96\u201d" in became.text
        table.check(became.refused and said, text, became)
        table.check(not any("ESC-96" in one for one in offered(became)), text, became)


async def test_every_command_that_is_offered_is_understood(table: Table) -> None:
    seen: dict[tuple[str, str], str] = {}
    here_and_there = (OPEN_CHANNEL, NO_CHANNEL)
    cells = [(text, place) for text in TYPED for place in here_and_there]
    cells += pairs(dict.fromkeys(_from_elsewhere()), here_and_there, every=2)
    for text, place in dict.fromkeys(cells):
        became = await table.say(MEI, text, place)
        if became.nothing and became.form is None:
            for command in offered(became):
                seen.setdefault((command, place), text)
    for (command, place), text in seen.items():
        became = await table.say(MEI, _copied(command), place)
        table.check(not became.misread, f"{text!r} offers {command!r}", became)
    assert len(seen) > 400


def offered(became: Became) -> list[str]:
    """The commands that an answer has to copy, with the places to fill as they stand."""
    said = html.unescape(" ".join(_texts(ast.literal_eval(became.text)))) if became.text else ""
    found = re.findall(r"(?<!For example: )(?<!Usage: )`/escalate ([^`]+)`", said)
    return [one for one in dict.fromkeys(found) if "[" not in one]


def _texts(shown: Any) -> Iterator[str]:
    if isinstance(shown, dict):
        if shown.get("type") == "mrkdwn":
            yield shown["text"]
        for value in shown.values():
            yield from _texts(value)
    elif isinstance(shown, list):
        for value in shown:
            yield from _texts(value)


def _copied(command: str) -> str:
    for place, words in FILLED.items():
        command = command.replace(place, words)
    command = html.escape(command, quote=False)
    return re.sub(r"@\w+", lambda found: PEOPLE.get(found[0], found[0]), command)
