"""What stands where the verb would be: a severity, a number, another word for `open`."""

from handlers.verbs.opening_verb import OPEN
from tests.factories import MEI
from tests.writings.table import HERE, NO_CHANNEL, OPEN_CHANNEL, Table
from tests.writings.ways import severities


async def test_a_severity_in_front_is_one_and_no_reference(table: Table) -> None:
    """`sev2` is no `severity ESC-2`; in an escalation's channel it may be that one's."""
    for said in ("sev2", "SEV-2", "severity2", "priority2", "p2", "p 2", "P2:", "p\u20132"):
        for place in (OPEN_CHANNEL, NO_CHANNEL):
            became = await table.say(MEI, f"{said} bomb threat", place)
            table.check(became.refused and "ESC-2" not in became.text, said, became)
            table.check("`/escalate open p2 bomb threat`" in became.text, said, became)
            here = f"`/escalate severity ESC-{HERE} p2 bomb threat`" in became.text
            table.check(here is (place == OPEN_CHANNEL), said, became)
            table.check("Open this" in became.text, said, became)
        became = await table.say(MEI, said, NO_CHANNEL)
        table.check("`/escalate open p2 &lt;title&gt;`" in became.text, said, became)


async def test_another_word_for_open_asks_in_an_escalations_channel(table: Table) -> None:
    """`raise p0` there most likely means the severity. `open` says what it does."""
    for word in OPEN.aliases:
        for said in severities(0, "critical"):
            text = f"{word} {said}: they know his school"
            became = await table.say(MEI, text, OPEN_CHANNEL)
            table.check(became.refused, text, became)
            if f"{word} severity" in text or f"{word} priority" in text:
                continue
            about = "`/escalate severity ESC-7 p0: they know his school`"
            table.check(about in became.text, text, became)
            new = "`/escalate open p0: they know his school`"
            table.check(new in became.text, text, became)
        became = await table.say(MEI, f"{word} p1 second wave", NO_CHANNEL)
        table.check([one.title for one in became.opened] == ["second wave"], word, became)
        became = await table.say(MEI, word, OPEN_CHANNEL)
        table.check(became.form is not None, word, became)
    became = await table.say(MEI, "open p0 a second threat", OPEN_CHANNEL)
    table.check(len(became.opened) == 1, "open", became)


async def test_a_severitys_number_before_a_text_may_open_one_too(table: Table) -> None:
    for text in ("sev 1 bomb threat", "severity 1 bomb threat", "priority 1 bomb threat"):
        became = await table.say(MEI, text, NO_CHANNEL)
        table.check(became.refused and "ESC-1" not in became.text, text, became)
        table.check("`/escalate open p1: bomb threat`" in became.text, text, became)


IN_ITS_CHANNEL = (
    ("raise p0", "severity ESC-7 p0", "open p0 <title>"),
    ("ESC-5 raise p0", "severity ESC-5 p0", "open p0 <title>"),
    ("ESC-5: new p1 they know his school", "severity ESC-5 p1: they know", "open p1: they know"),
    ("start investigating the logs", "status ESC-7 investigating the logs", "open investigating"),
    ("create task me call Tom by 17:00", "task ESC-7 me call Tom by 17:00", "open task me call"),
    ("new update all is calm", "update ESC-7 all is calm", "open update all is calm"),
    ("raise high profile case", "note ESC-7 raise high", "open p2: high profile case"),
    ("new wave of threats", "note ESC-7 new wave of threats", "open wave of threats"),
)


async def test_what_may_be_about_this_escalation_opens_none(table: Table) -> None:
    for text, *commands in IN_ITS_CHANNEL:
        became = await table.say(MEI, text, OPEN_CHANNEL)
        for command in commands:
            shown = command.replace("<", "&lt;").replace(">", "&gt;")
            table.check(became.refused and f"`/escalate {shown}" in became.text, text, became)


NUMBER_FIRST = (
    ("5 update all good", "update ESC-5 all good"),
    ("5: monitoring", "status ESC-5 monitoring"),
    ("5 severity p0", "severity ESC-5 p0"),
    ("(6) p0 they are back", "severity ESC-6 p0 they are back"),
    ("5 ack", "ack ESC-5"),
    ("6, close", "close ESC-6"),
    ("5 nack", "handover ESC-5 <team or @person> <summary>"),
    ("5 page legal, pr", "page ESC-5 legal, pr"),
    ("5 clsoe", "close ESC-5"),
)


async def test_a_number_before_a_verb_is_offered_behind_it(table: Table) -> None:
    for text, command in NUMBER_FIRST:
        for place in (OPEN_CHANNEL, NO_CHANNEL):
            became = await table.say(MEI, text, place)
            shown = command.replace("<", "&lt;").replace(">", "&gt;")
            table.check(became.refused and f"`/escalate {shown}`" in became.text, text, became)
    for text in ("5 accounts post terror", "999 update all good", "12 children are in danger"):
        became = await table.say(MEI, text, OPEN_CHANNEL)
        table.check(became.refused and "Open this" in became.text, text, became)
