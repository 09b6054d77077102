"""What a command would do at once, or to the whole escalation, and its text does not ask for."""

import pytest

from tests.factories import MEI, PRIYA
from tests.writings.table import HERE, NAMED, OPEN_CHANNEL, Table

ABOUT_A_PAGE = (
    "page, i'm not on call",
    "can't take it, asleep",
    "can\u2019t take this",
    "cannot, on a plane",
    "- I'm on leave",
    "Tom should take this",
    "@tom should take this",
    "<@U0TOM|tom> can you",
    "<@U0TOM|tom>",
    "ask <@U0TOM|tom>",
    "legal will take it",
    "someone else please",
    "not my shift",
    "off duty",
    "sick today",
    "driving",
    "the page",
    "nope",
    "this",
)


@pytest.mark.parametrize("reason", ABOUT_A_PAGE)
async def test_declining_a_page_does_not_end_the_escalation(table: Table, reason: str) -> None:
    for who in (MEI, PRIYA):
        for command, number, sure in (
            ("decline", HERE, "decline ESC-7:"),
            ("decline ESC-5", NAMED, "decline ESC-5:"),
            ("status declined", HERE, "status ESC-7 declined:"),
        ):
            text = f"{command} {reason}"
            became = await table.say(who, text, OPEN_CHANNEL)
            table.check(became.refused, text, became)
            table.check(
                f"`/escalate handover ESC-{number} &lt;team or" in became.text, text, became
            )
            table.check(f"`/escalate {sure} " in became.text, text, became)
            table.check("Open this" not in became.text, text, became)
    became = await table.say(MEI, f"decline ESC-5: {reason}", OPEN_CHANNEL)
    table.check(became.touched == {NAMED}, reason, became)


REASONS = (
    "spam",
    "handled by the ordinary queue",
    "cannot reproduce",
    "I'm sure this is spam",
    "confirmed with @tom that it is spam",
    "the kid is safe",
    "not a threat, just lyrics",
    "this is a test",
    "same as ESC-5",
    "a fan page about cats",
    "the Facebook page is satire",
    "phishing pages, handled by security",
    "web page removed",
)


async def test_a_reason_to_decline_still_declines(table: Table) -> None:
    for reason in REASONS:
        became = await table.say(MEI, f"decline {reason}", OPEN_CHANNEL)
        table.check(became.touched == {HERE}, reason, became)


LATER = (
    ("tmrw", "remind ESC-7 tmrw {}"),
    ("9am", "remind ESC-7 9am {}"),
    ("@ 9am", "remind ESC-7 @ 9am {}"),
    ("from tomorrow", "remind ESC-7 tomorrow {}"),
    ("tomorrow at 9", "remind ESC-7 &lt;when&gt; {} tomorrow at 9"),
    ("in the morning", "remind ESC-7 tomorrow 9:00 {} in the morning"),
    ("first thing", "remind ESC-7 tomorrow 9:00 {} first thing"),
    ("first thing tmrw", "remind ESC-7 tmrw {}"),
    ("soon", "remind ESC-7 in 15m {} soon"),
    ("today at 5pm", "remind ESC-7 &lt;when&gt; {} today at 5pm"),
    ("5 min before live", "remind ESC-7 in 15m {} 5 min before live"),
    ("but not until legal signs off", "remind ESC-7 in 15m {} but not until legal signs off"),
    ("need you, but only tomorrow", "remind ESC-7 in 15m {} need you, but only tomorrow"),
    ("maybe", "show ESC-7"),
    ("or not?", "show ESC-7"),
    ("they want it, or not", "show ESC-7"),
    ("they want it if needed", "show ESC-7"),
)
AT_ONCE = ("page pr", "handover pr", "status monitoring", "severity p0", "decline", "reopen")


@pytest.mark.parametrize("names", AT_ONCE)
async def test_what_asks_for_later_does_nothing_now(table: Table, names: str) -> None:
    for text, command in LATER:
        if "?" in text and names != "page pr":
            continue
        typed = f"{names} {text}"
        became = await table.say(MEI, typed, OPEN_CHANNEL)
        table.check(became.refused, typed, became)
        unsure = names.startswith("severity") and command.startswith("show")
        shown = f"`/escalate {command.format(names)}"
        table.check(unsure or shown in became.text, typed, became)


async def test_a_time_in_a_reason_is_part_of_it(table: Table) -> None:
    for why in (
        "bomb threat at 5pm",
        "hearing tomorrow at 9",
        "today please",
        "at 5 schools there is a threat",
        "2h of video leaked",
        "1.5 million users exposed",
        "yesterday a video leaked",
        "next to the school",
        "overnight threats",
        "3 days to answer the court",
        "by noon, please",
        "before 17:00",
        "within 2 hours",
        "no later than 5pm",
    ):
        became = await table.say(MEI, f"page pr {why}", OPEN_CHANNEL)
        table.check([run.why for run in became.runs] == [why], why, became)
    for names in AT_ONCE[:3]:
        became = await table.say(MEI, f"{names}: tomorrow", OPEN_CHANNEL)
        table.check(became.touched == {HERE}, names, became)


async def test_a_page_that_is_called_off_is_not_sent(table: Table) -> None:
    for text in ("call pr off", "page pr: never mind", "page pr never mind", "page pr, cancel!"):
        became = await table.say(MEI, text, OPEN_CHANNEL)
        sent = ":" in text
        table.check(became.refused is not sent, text, became)
        table.check(
            sent or "`/escalate update ESC-7 pr no longer needed" in became.text, text, became
        )


SECOND = (
    ("severity ESC-5 p0, 6 p2 calm", "severity ESC-5 p0", "severity ESC-6 p2 calm"),
    ("severity ESC-5 p0 and ESC-6", "severity ESC-5 p0", "severity ESC-6 p0"),
    ("decline ESC-5, 6 spam", "decline ESC-5 spam", "decline ESC-6 spam"),
    ("decline ESC-5 6 spam", "decline ESC-5 spam", "decline ESC-6 spam"),
    ("reopen ESC-8, 9 it is back", "reopen ESC-8 it is back", "reopen ESC-9 it is back"),
    ("status ESC-5 monitoring, ESC-6 too", "status ESC-5 monitoring", "status ESC-6 monitoring"),
    ("status ESC-5 monitoring, 6 triaged", "status ESC-5 monitoring", "status ESC-6 triaged"),
    ("update ESC-5 / 6 x", "update ESC-5 x", "update ESC-6 x"),
    ("note ESC-5 and 6 x", "note ESC-5 x", "note ESC-6 x"),
    ("update 5, 6: all good", "update ESC-5 all good", "update ESC-6 all good"),
    ("update 5 and 6 all good", "update ESC-6 all good", "update ESC-7 5 and 6 all good"),
    ("page ESC-5 pr, 6 too", "page ESC-5 pr", "page ESC-6 pr"),
    ("handover ESC-5 pr, 6 too", "handover ESC-5 pr", "handover ESC-6 pr"),
)


async def test_a_second_escalation_is_not_part_of_the_text(table: Table) -> None:
    for text, *commands in SECOND:
        became = await table.say(MEI, text, OPEN_CHANNEL)
        table.check(became.refused, text, became)
        for command in commands:
            table.check(f"`/escalate {command}`" in became.text, f"{text}: {command}", became)
    for text in (
        "update ESC-5, 6 accounts are gone",
        "update ESC-5: 6 is next",
        "decline ESC-5: 6, the older one",
        "note ESC-5, 99 x",
        "status ESC-5 monitoring, 6 videos are left",
        "severity ESC-5 p0: 6 and more",
    ):
        became = await table.say(MEI, text, OPEN_CHANNEL)
        table.check(became.touched == {NAMED}, text, became)
    for text in ("update 5, 6 and 7 accounts are gone", "update ESC-7 5, 6: all good"):
        became = await table.say(MEI, text, OPEN_CHANNEL)
        table.check(became.touched == {HERE}, text, became)


async def test_small_words_beside_a_name_or_a_time(table: Table) -> None:
    for text in ("stand by", "signed by", "read it by heart"):
        became = await table.say(MEI, f"task me {text} by tomorrow 17:00", OPEN_CHANNEL)
        table.check([task.text for task in became.tasks] == [text], text, became)
    for text, number in (("assign to me", HERE), ("assign ESC-5 to <@U0TOM|tom>", NAMED)):
        became = await table.say(MEI, text, OPEN_CHANNEL)
        table.check(became.touched == {number}, text, became)
    became = await table.say(MEI, "assign to <@U0TOM|tom> please", OPEN_CHANNEL)
    table.check("`/escalate assign ESC-7 @tom`" in became.text, "assign to", became)
