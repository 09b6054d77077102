"""A refusal loses nothing: the text stands in it to be copied, and a report has *Open this*."""

import re

import pytest

from handlers.commands.verb import Verb
from handlers.verbs import VERBS
from tests.factories import MEI
from tests.writings.table import HERE, NO_CHANNEL, OPEN_CHANNEL, Table

TEXT = "twelve accounts of one school are suspended and the agency calls at noon"
"""Long enough that nobody wants to type it again."""
FORMS = ("{} ESC-999 {}", "{} ESC-abc {}", "{} {}", "ESC-999 {} {}", "{}? {}", "{} {}?")


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
async def test_what_a_refused_command_said_stands_in_the_answer(table: Table, verb: Verb) -> None:
    """Whatever refuses it: no such escalation, none here, a question, a reference that is none."""
    for word in (verb.name, *verb.aliases):
        for form in FORMS:
            text = form.format(word, TEXT)
            became = await table.say(MEI, text, NO_CHANNEL)
            if became.opened or became.form or became.reminders or "No escalation" in became.text:
                continue
            if "What `/escalate` can do" in became.text:
                continue
            table.check(became.refused and TEXT in became.text, text, became)


TOO_LONG = "x y " * 900
LONG = (
    f"open p1 {TOO_LONG}",
    f"open {TOO_LONG}",
    f"update ESC-5 {TOO_LONG}",
    f"note {TOO_LONG}",
    f"decline {TOO_LONG}",
    f"reopen ESC-8 {TOO_LONG}",
    f"page pr {TOO_LONG}",
    f"handover pr {TOO_LONG}",
    f"severity p0 {TOO_LONG}",
    f"status monitoring {TOO_LONG}",
    f"task me {TOO_LONG} by 17:00",
    f"remind in 2h {TOO_LONG}",
    f"edit title {TOO_LONG}",
    f"search {TOO_LONG}",
    f"udpate {TOO_LONG}",
    f"open p4 {TOO_LONG}",
    f"urgent there is a bomb {TOO_LONG}",
    f"status someday {TOO_LONG}",
)


async def test_a_text_that_is_too_long_is_given_back_whole(table: Table) -> None:
    for text in LONG:
        became = await table.say(MEI, text, OPEN_CHANNEL)
        shown = became.text.replace("', 'emoji': False}}, {'type': 'section', 'text': ", "")
        shown = shown.replace("{'type': 'plain_text', 'text': '", "")
        table.check(became.refused, text[:40], became)
        table.check(f"/escalate {text.strip()}" in shown, text[:40], became)


async def test_lines_are_given_back_as_lines(table: Table) -> None:
    became = await table.say(MEI, "update one\ntwo *three* `four` five six seven", NO_CHANNEL)
    table.check(r"update one\ntwo *three* `four` five six seven'" in became.text, "lines", became)


async def test_what_stands_in_a_command_to_copy_is_not_said_again(table: Table) -> None:
    for text in (f"close {TEXT}", f"udpate {TEXT}", f"decline {TEXT}?"):
        became = await table.say(MEI, text, OPEN_CHANNEL)
        table.check("What you typed" not in became.text and TEXT in became.text, text, became)


async def test_nor_is_what_stands_there_with_other_marks(table: Table) -> None:
    texts = (
        "page legal, product is broken since this morning",
        "page pr or legal about the statement for the press",
    )
    for text in texts:
        became = await table.say(MEI, text, OPEN_CHANNEL)
        table.check(became.refused and "What you typed" not in became.text, text, became)


REPORTS = (
    "close call at school, bomb threat",
    "page is down since 5pm, users see a beheading",
    "take down request from the police",
    "call from the police about a bomb",
    "view of a beheading",
    "state of emergency in Lyon",
    "move this to legal",
    "task force raid video",
    "owner of account is threatened",
    "list of children being sold",
    "done deal with a terrorist",
    "change of plan of the attacker",
    "assign someone to this bomb threat",
    "duplicate accounts threaten children",
    "severity of threats is rising",
    "remind people of the bomb",
    "digest of terror",
    "help someone is about to die",
    "oncall person is not answering a suicide",
    "incidents at a school",
)
ELSEWHERE = (
    "note from a teen who wants to die",
    "update the platform shows a suicide",
    "fix the filter it shows terror",
    "reject this terror video",
    "page legal we are being sued",
)
NONE = (
    "page legal tomorrow at noon",
    "severity p0 if it spreads",
    "close ESC-5 they are gone",
    "ESC-5 close they are gone",
    "note ESC-abc they are gone",
    "assign @tom and @sofia",
    "show ESC-999 with all of it",
    "status monitoring or declined",
    "ack please",
)


async def test_a_report_that_begins_like_a_command_can_be_opened(table: Table) -> None:
    for place, reports in ((OPEN_CHANNEL, REPORTS), (NO_CHANNEL, REPORTS + ELSEWHERE)):
        for text in reports:
            became = await table.say(MEI, text, place)
            offered = "'Open this'" in became.text and f"'value': {text!r}" in became.text
            table.check(became.refused and offered, text, became)
    for text in NONE:
        became = await table.say(MEI, text, OPEN_CHANNEL)
        table.check(became.touched <= {HERE} and "Open this" not in became.text, text, became)


NO_MENTION = ("page foo now", "page everyone", "handover bob drafted", "page is down", "page all")


async def test_a_word_is_no_mention_of_a_person_who_is_not_there(table: Table) -> None:
    for text in NO_MENTION:
        became = await table.say(MEI, text, OPEN_CHANNEL)
        table.check(became.refused and "`@" not in became.text, text, became)


async def test_an_example_is_a_whole_command(table: Table) -> None:
    """Each verb with nothing, nonsense, half of what it takes, and where no escalation is."""
    seen = 0
    for verb in VERBS:
        for words in ("", "xyzzy", "me", "me xyzzy", "ESC-abc", "p9", "in 2h", "me x by 17:00"):
            text = f"{verb.name} {words}".strip()
            became = await table.say(MEI, text, NO_CHANNEL)
            for example in re.findall(r"For example: `(.*?)`", became.text):
                seen += 1
                whole = example.startswith(f"/escalate {verb.name}")
                table.check(whole, text, became)
    assert seen > len(VERBS)
