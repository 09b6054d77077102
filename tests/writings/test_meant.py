"""What people type for something that no verb is called: nothing is done, and what they mean is
offered, never its opposite.
"""

import re

import pytest

from handlers.commands.verb import Asking, Behind
from handlers.unclear.meant import MEANT, meant
from handlers.unclear.misunderstood import nearest_verbs
from handlers.unclear.undoing import UNDOING_WORDS
from handlers.verbs import BY_WORD, VERBS
from tests.factories import MEI
from tests.writings.table import HERE, NAMED, NO_CHANNEL, OPEN_CHANNEL, Table

OFFERED = (
    ("nack", "handover ESC-7 <team or @person> <summary>"),
    ("NACK ESC-5", "handover ESC-5 <team or @person> <summary>"),
    ("*nack* ESC-5.", "handover ESC-5 <team or @person> <summary>"),
    ("ESC-5 nack", "handover ESC-5 <team or @person> <summary>"),
    ("can't take", "handover ESC-7 <team or @person> <summary>"),
    ("can\u2019t take ESC-5", "handover ESC-5 <team or @person> <summary>"),
    ("cant take it", "handover ESC-7 <team or @person> <summary>"),
    ("hand over ESC-5 pr drafted", "handover ESC-5 pr drafted"),
    ("hand ESC-5 to pr", "handover ESC-5 pr <summary>"),
    ("pass it on to pr drafted", "handover ESC-7 pr drafted"),
    ("false alarm", "decline ESC-7 false alarm"),
    ("false alarm ESC-5 it was a drill", "decline ESC-5 it was a drill"),
    ("not an escalation", "decline ESC-7 <reason>"),
    ("restrict", "edit ESC-7 restricted"),
    ("restrict ESC-5", "edit ESC-5 restricted"),
    ("decision", "show ESC-7"),
    ("delete ESC-5", "decline ESC-5 <reason>"),
    ("cancel", "reminders"),
    ("upgrade ESC-5 p0", "severity ESC-5 p0"),
    ("raise ESC-5 to p0 threat", "severity ESC-5 p0 threat"),
    ("raise severity to p0", "severity ESC-7 p0"),
    ("lower ESC-5 it is over", "severity ESC-5 <p0-p3> it is over"),
    ("downgrade", "severity ESC-7 <p0-p3> <reason>"),
    ("mute ESC-5", "reminders"),
    ("end", "resolve ESC-7 <what was done>"),
    ("end 5", "resolve ESC-5 <what was done>"),
    ("digest prevew", "digest preview"),
    ("digest preveiw leadership", "digest preview leadership"),
    ("on call legal", "oncall legal"),
    ("pls open p1 bomb", "open p1 bomb"),
    ("please open p1 bomb", "open p1 bomb"),
    ("hey, can you please open p1 bomb", "open p1 bomb"),
    ("please ack", "ack ESC-7"),
    ("please unack ESC-5", "page ESC-5 <team> <why>"),
    ("escalate p1 bomb threat", "open p1 bomb threat"),
    ("escalate bomb threat", "open bomb threat"),
    ("escalate", "open"),
    ("escalate ESC-5", "page ESC-5 <team or @person> <why>"),
    ("monitoring", "status ESC-7 monitoring"),
    ("ESC-5 awaiting decision from legal", "status ESC-5 awaiting-decision from legal"),
    ("p0 ESC-5 threat", "severity ESC-5 p0 threat"),
    ("legal ESC-5 need you", "page ESC-5 legal need you"),
    ("legal", "oncall legal"),
    ("clsoe", "close ESC-7"),
    ("clsoe ESC-5", "close ESC-5"),
    ("ack5", "ack ESC-5"),
    ("close-5", "close ESC-5"),
    ("noteESC-5 they called", "note ESC-5 they called"),
    ("udpate all clear", "update ESC-7 all clear"),
    ("report", "open <title>"),
    ("5", "show ESC-5"),
)
"""Typed in the channel of ESC-7, and a command that is then offered to copy."""


async def test_what_is_meant_is_offered_with_its_escalation(table: Table) -> None:
    for text, command in OFFERED:
        became = await table.say(MEI, text, OPEN_CHANNEL)
        shown = command.replace("<", "&lt;").replace(">", "&gt;")
        table.check(became.refused and f"`/escalate {shown}`" in became.text, text, became)
        for found in re.findall(r"`/escalate (.+?)`", became.text):
            table.check(not found.startswith("help") or "help" in found, found, became)


async def test_a_typo_is_never_corrected_to_a_command_that_means_something_else_elsewhere(
    table: Table,
) -> None:
    """Copied to another channel, `close` alone would close that channel's."""
    acting = [verb for verb in VERBS if verb.about_incident and verb.needs_incident]
    for verb in acting:
        typo = verb.name[0] + verb.name[2:3] + verb.name[1] + verb.name[3:]
        if typo in BY_WORD or verb.behind is Behind.REFERENCES:
            continue
        became = await table.say(MEI, typo, OPEN_CHANNEL)
        table.check(f"`/escalate {verb.name}`" not in became.text, typo, became)
    became = await table.say(MEI, "remnid in 2h call", NO_CHANNEL)
    table.check("`/escalate remind in 2h call`" in became.text, "remnid", became)
    became = await table.say(MEI, "remnid in 2h call", OPEN_CHANNEL)
    table.check(f"`/escalate remind ESC-{HERE} in 2h call`" in became.text, "remnid", became)


REPORTS = (
    "private photos of a minor were leaked",
    "stop the shooter now",
    "unresolved threats against a school",
    "legal threat from a government",
    "hello there is a bomb",
    "posts show a suicide",
    "incident at a school in Madrid",
    "report from a mother of a missing child",
    "false alarm at a school was none",
    "can you look at this bomb threat",
)


async def test_a_sentence_is_a_report_whatever_it_begins_with(table: Table) -> None:
    for text in REPORTS:
        became = await table.say(MEI, text, NO_CHANNEL)
        table.check(became.refused and "Open this" in became.text, text, became)
        table.check(f"'value': {text!r}" in became.text, text, became)


@pytest.mark.parametrize("phrase", MEANT)
def test_a_phrase_is_found_and_is_no_verb(phrase: str) -> None:
    found = meant(phrase)
    assert found is not None
    assert found.way is MEANT[phrase]
    assert phrase == "raise" or phrase not in BY_WORD
    for command in found.commands("ESC-5", ""):
        assert command.split()[0] in {verb.name for verb in VERBS}


OPPOSITES = ("un{}", "un-{}", "dis{}", "de{}", "not {}", "not-{}", "non{}", "undo {}", "cancel {}")


async def test_an_opposite_never_offers_the_deed(table: Table) -> None:
    for word, verb in BY_WORD.items():
        for form in OPPOSITES:
            text = form.format(word)
            if verb.deed is None or text in BY_WORD or not word.isalpha():
                continue
            became = await table.say(MEI, f"{text} ESC-{NAMED}", OPEN_CHANNEL)
            table.check(f"/escalate {verb.name} ESC-" not in _but_itself(became.text), text, became)


def _but_itself(text: str) -> str:
    """To undo a severity, a state, an owner or a page there is only another one of them."""
    own = ("severity", "status", "assign", "page", "task", "note", "show", "edit")
    return re.sub(rf"/escalate (?:{'|'.join(own)}) ESC", "", text)


@pytest.mark.parametrize(
    "word", ["lower", "mute", "end", "cancel", "false", "delete", "decision", "nack", "on", "this"]
)
def test_a_word_of_its_own_is_like_no_verb(word: str) -> None:
    assert word in MEANT or word in UNDOING_WORDS or nearest_verbs(word) == []


LEFT_OVER = (
    ("close call at school, bomb threat", "note ESC-7 close call at school, bomb threat"),
    ("close it ESC-5", "close ESC-5"),
    ("close ESC-5 they are gone", "note ESC-5 they are gone"),
    ("take the page of ESC-5", "ack ESC-5"),
    ("take down request from the police", "ack ESC-7"),
    ("ack please", "ack ESC-7"),
    ("page legal, product is broken", "page ESC-7 legal: product is broken"),
    ("severity low risk", "severity ESC-7 p3: risk"),
    ("page legal tomorrow", "page ESC-7 legal: tomorrow"),
)


async def test_a_refusal_offers_no_command_without_its_escalation(table: Table) -> None:
    acting = "|".join(verb.name for verb in VERBS if verb.asking is not Asking.TEXT)
    bare = re.compile(rf"`/escalate (?:{acting})(?! ESC-)(?: [^`]*)?`")
    for text, command in LEFT_OVER:
        became = await table.say(MEI, text, OPEN_CHANNEL)
        table.check(became.refused and f"`/escalate {command}`" in became.text, text, became)
        table.check(bare.search(became.text) is None, text, became)
    for text in ("close it ESC-5", "take the page of ESC-5"):
        became = await table.say(MEI, text, OPEN_CHANNEL)
        table.check(f"ESC-{HERE}" not in became.text, text, became)
    became = await table.say(MEI, "take down request from the police", NO_CHANNEL)
    table.check("`/escalate ack`" not in became.text, "take down", became)


QUESTIONS = (
    ("ack?", "ack ESC-7"),
    ("ack ESC-5?", "ack ESC-5"),
    ("ESC-5? close", "close ESC-5"),
    ("close ESC-5 ?", "close ESC-5"),
    ("decline ESC-5 spam?", "decline ESC-5 spam"),
    ("decline ESC-5 is this spam??", "decline ESC-5 is this spam"),
    ("decline ESC-5? spam", "decline ESC-5: spam"),
    ("reopen ESC-8 is it back\uff1f", "reopen ESC-8 is it back"),
    ("severity ESC-5 p0 threat?", "severity ESC-5 p0 threat"),
    ("severity p0? if it spreads", "severity ESC-7 p0: if it spreads"),
    ("status ESC-5 monitoring for now?", "status ESC-5 monitoring for now"),
    ("status declined? spam", "status ESC-7 declined: spam"),
    ("assign me?", "assign ESC-7 me"),
    ("task me check the logs by 17:00?", "task ESC-7 me check the logs by 17:00"),
    ("duplicate ESC-5 of ESC-6?", "duplicate ESC-5 of ESC-6"),
    ("done ESC-5?", "done ESC-5"),
    ("page legal? they may know", "page ESC-7 legal: they may know"),
    ("handover ESC-5 pr? drafted", "handover ESC-5 pr: drafted"),
    ("edit ESC-5 restricted?", "edit ESC-5 restricted"),
    ("digest?", "digest"),
)


async def test_a_question_is_answered_in_one_way_with_the_command(table: Table) -> None:
    for text, command in QUESTIONS:
        became = await table.say(MEI, text, OPEN_CHANNEL)
        table.check(became.refused and f"`/escalate {command}`" in became.text, text, became)
        table.check("may be a question" in became.text and "?`" not in became.text, text, became)


async def test_a_question_in_a_text_that_decides_nothing_is_text(table: Table) -> None:
    for text in (
        "note is it over?",
        "update all clear?",
        "page pr why was this posted?",
        "handover pr can you take this?",
        "task me is it ok? by 17:00",
        "remind in 2h is it still up?",
        "edit title Is this real?",
        'decline the agency asked "is this real?"',
    ):
        became = await table.say(MEI, text, OPEN_CHANNEL)
        table.check(became.touched == {HERE} or bool(became.reminders), text, became)


async def test_a_word_that_says_nothing_offers_nothing(table: Table) -> None:
    for text in ("ok", "please", "thanks", "yes", "hello"):
        became = await table.say(MEI, text, OPEN_CHANNEL)
        table.check(became.refused and "Did you mean" not in became.text, text, became)
