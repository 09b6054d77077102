"""A refusal says what did not happen in the verb's own words, quotes as it was typed, and asks for
a report only where what was typed can be one.
"""

import re

import pytest

from bot.domain.errors import Misread
from bot.policy import Policy
from bot.render.incidents import answers
from bot.render.text.templates import Templates
from bot.render.wording import Wording
from handlers.commands.verb import Verb
from handlers.verbs import VERBS
from tests.factories import MEI
from tests.writings.table import NO_CHANNEL, OPEN_CHANNEL, Table

ONLY_READ = {"list", "show", "search", "oncall", "reminders", "help"}
NOT_DONE = (
    ("remind at 9 call", "No reminder was set."),
    ("remind call legal at 23:00", "No reminder was set."),
    ("task xyzzy", "No task was made."),
    ("todo <@U0TOM|tom> draft it", "No task was made."),
    ("page xyzzy", "No one was paged."),
    ("severity p9", "The severity was not changed."),
    ("status xyzzy", "The state was not changed."),
    ("edit titel foo", "Nothing was corrected."),
    ("assign xyzzy", "The owner was not changed."),
    ("note ESC-abc xyzzy", "No note was added."),
    ("decline ESC-5? spam", "Nothing was declined."),
    ("close they are gone", "Nothing was closed."),
    (f"open p0 {'x' * 310}", "Nothing was opened and no one was paged."),
    (f"raise p1 a rumour\nAll: {'x' * 1_001}", "Nothing was opened and no one was paged."),
    (f"edit title {'x' * 301}", "Nothing was corrected."),
    (f"edit needs {'x' * 1_001}", "Nothing was corrected."),
    ("edit needs Legl: x", "Nothing was corrected."),
    ("edit needs PR: x", "Nothing was corrected."),
    (f"edit references {'x' * 501}", "Nothing was corrected."),
)


async def test_each_refusal_says_what_did_not_happen(table: Table) -> None:
    for text, said in NOT_DONE:
        became = await table.say(MEI, text, OPEN_CHANNEL)
        table.check(became.refused and said in became.text, text, became)
        table.check("Nothing was changed" not in became.text, text, became)
        table.check("fields" not in became.text, text, became)


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
def test_every_verb_that_does_something_has_words_for_it(policy: Policy, verb: Verb) -> None:
    refusal = answers.refusal(Wording(policy, Templates()), Misread(verb=verb.name))
    general = str(refusal).endswith("Nothing was changed.")
    assert general is (verb.name in ONLY_READ)


NO_REPORTS = (
    "remind at 9 call Legal",
    "remind every day 9:00 call",
    "remind call legal tomorrow 9:00",
    "remind me to call Legal",
    "list open p1",
    "list mine p1 now",
    "edit titel foo bar",
    "cancel the reminder",
    "task by 17:00 <@U0TOM|tom>",
    "taks <@U0TOM|tom> draft it by 17:00",
    "asign <@U0TOM|tom> now please",
    "remnid at 9 call Legal",
    "cancel reminder",
    "cancel my reminders",
    "undo close",
    "5 update all good now",
    "please remind at 9 call Legal",
    "please remnid at 9 call Legal",
)
REPORTS = (
    "remind people of the bomb",
    "list of children being sold",
    "change of plan of the attacker",
    "close call at a school",
    "cancel culture mob at a school",
    "5 close friends are threatened",
    "taks force raid on a video",
    "posts show a suicide",
)


async def test_only_what_can_be_a_report_is_taken_for_one(table: Table) -> None:
    for place in (OPEN_CHANNEL, NO_CHANNEL):
        for text in NO_REPORTS:
            became = await table.say(MEI, text, place)
            table.check(became.refused and "Open this" not in became.text, text, became)
        for text in REPORTS:
            became = await table.say(MEI, text, place)
            table.check(became.refused and "'Open this'" in became.text, text, became)


CASES = (
    "remind Call TOM Later",
    "remind Tomorrow PMsgt Call",
    "remind 9:00 Every Day Call",
    "remind 25:00 CALL",
    "remind Next Blue Moon Call",
    "task <@U0TOM|tom> Draft IT By Foo",
    "task <@U0TOM|tom> Draft IT By 30 Feb",
    "list Foo",
    "status Foo",
    "edit category Foo",
    "edit Foo Bar",
    "severity Foo",
    "open P4 Bomb",
    "open P0 Or P1",
    "oncall Foo",
    "digest Foo",
    "help FooBar",
    "FooBar Baz",
    "page FooBar",
    "close They Are Gone",
    "assign @Nobody",
)


async def test_a_quote_keeps_its_capitals(table: Table) -> None:
    for text in CASES:
        became = await table.say(MEI, text, OPEN_CHANNEL)
        table.check(became.refused, text, became)
        for quoted in re.findall(r"(?:\\'|\u201c)([^'\\\u201d]{1,80})(?:\\'|\u201d)", became.text):
            if quoted not in text and quoted.lower() in text.lower():
                table.check(False, f"{text}: {quoted}", became)
