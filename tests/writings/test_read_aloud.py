"""An answer names people and places as its reader typed them, quotes once, and is a sentence."""

import re

import pytest

from handlers.commands.verb import Verb
from handlers.typed.words import as_read, once_quoted
from handlers.verbs import VERBS
from tests.factories import MEI
from tests.writings.table import NO_CHANNEL, OPEN_CHANNEL, Table

ENTITIES = (
    "<@U0TOM|tom>",
    "<@U0TOM>",
    "<#C0GENERAL|general>",
    "<#C0GENERAL>",
    "<!subteam^S0LEGAL|@legal>",
    "<https://intranet.example.com/case|case>",
)
PLACES = (
    "{verb} {said}",
    "{verb} ESC-5 {said}",
    "{verb} x {said} y",
    "{said} {verb}",
    "{verb} p9 {said}",
)
_RAW = re.compile(r"(?<!<@)(?<!<#)(?:U0TOM|C0GENERAL|S0LEGAL)", re.IGNORECASE)
"""An id that Slack does not turn into a name: not that of a mention which is really one."""


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
async def test_no_refusal_shows_an_id(table: Table, verb: Verb) -> None:
    for said in ENTITIES:
        for form in PLACES:
            text = form.format(verb=verb.name, said=said)
            became = await table.say(MEI, text, OPEN_CHANNEL)
            if not became.refused:
                continue
            found = _RAW.search(re.sub(r"'value': '[^']*'", "", became.text))
            # In a title or a search it is the person's own text, and Slack gave it no name.
            own = "|" not in said and verb.name in ("open", "search")
            table.check(found is None or own, text, became)


QUOTED = (
    'status "done and over"',
    'close "this one"',
    "ack \u201cthis one\u201d",
    'search "bomb threat"',
    'assign me "please"',
    'page "xyzzy"',
    'list "xyzzy"',
    'digest "xyzzy"',
    'oncall "xyzzy"',
    'edit category "xyzzy"',
    'severity "xyzzy"',
    "remind 'soon' call",
    'xyzzy "one two"',
    'help "xyzzy"',
)
_TWICE = re.compile(r"['\u201c][\"'\u201c\u2018]\w|\w[\"'\u201d\u2019]['\u201d]")


async def test_what_is_quoted_is_quoted_once(table: Table) -> None:
    for text in QUOTED:
        became = await table.say(MEI, text, NO_CHANNEL)
        sentences = re.split(r"\[\{", became.text)[0][2:-4]
        table.check(became.refused and not _TWICE.search(sentences), text, became)


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("“<@u0tom> in” is not a time", "“@tom in” is not a time"),
        ("@U0TOM is none", "@tom is none"),
        ("<#C0X> is none", "this channel is none"),
        ("<@U0TOMMY> is another", "<@U0TOMMY> is another"),
    ],
)
def test_an_id_is_read_as_the_name_beside_it(table: Table, said: str, read: str) -> None:
    assert as_read(table.shell.wording, said, "remind <@U0TOM|tom> of <#C0X> in 2h") == read


def test_an_apostrophe_is_no_quote() -> None:
    for said in ("'can't take it' may be about your page", "'it''s", "the teams' '5' is none"):
        assert once_quoted(said) == said
    assert once_quoted('“"this one"” is none') == "“this one” is none"


SENTENCES = (
    ("remind Soonish call Tom", "“Soonish call” is not a time", frozenset[int]()),
    ("remind 17:00 PMsgt call Tom", "“PMsgt” after “17:00”", frozenset[int]()),
    ("status ESC-5 Awaitng Decision", "the nearest is “awaiting decision”", frozenset[int]()),
    ("page ESC-5 <@U0TOM|tom>, <@U0GUS|gus>", "@gus is a guest", frozenset[int]()),
    ("note ESC-5", "", frozenset[int]()),
    ("duplicate ESC-5 of ESC-6", "ESC-5 is closed as a duplicate of ESC-6.", frozenset({5, 6})),
    ("decline ESC-5 spam", "ESC-5 is now _declined_.", frozenset({5})),
    ("show ESC-999", "There is no escalation \u201cESC-999\u201d.", frozenset[int]()),
)


async def test_what_was_done_or_not_is_said_as_a_person_would(table: Table) -> None:
    for text, sentence, touched in SENTENCES:
        became = await table.say(MEI, text, NO_CHANNEL)
        table.check(sentence in became.text, text, became)
        table.check(became.touched == touched, text, became)


async def test_mentions_alone_are_no_title(table: Table) -> None:
    for text in ("open <@U0TOM|tom>", "new p0 <@U0TOM|tom> <@U0SOFIA>", "raise <#C0X|general>"):
        became = await table.say(MEI, text, NO_CHANNEL)
        table.check(became.nothing and became.form is not None, text, became)
