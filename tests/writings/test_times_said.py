"""A time where people put it: at the end of a reminder, in brackets, before a `please`."""

from datetime import UTC, datetime, timedelta

from tests.factories import MEI, NOON
from tests.writings.table import HERE, NO_CHANNEL, OPEN_CHANNEL, Table

IN_20_MINUTES = NOON + timedelta(minutes=20)
TOMORROW_9 = datetime(2026, 11, 24, 1, tzinfo=UTC)
"""In Singapore, as the policy has it."""
TODAY_23 = datetime(2026, 11, 23, 15, tzinfo=UTC)

AT_THE_END = (
    ("remind me to call legal in 20 minutes", "call legal", IN_20_MINUTES),
    ("remind me: call legal in 20 minutes", "call legal", IN_20_MINUTES),
    ("remind me call legal in 20 minutes!", "call legal", IN_20_MINUTES),
    ("remind to call legal (in 20 minutes)", "call legal", IN_20_MINUTES),
    ("remind me to call legal tomorrow at 9:00 please", "call legal", TOMORROW_9),
    ("remind me to ask about the 5pm slot tomorrow 9:00", "ask about the 5pm slot", TOMORROW_9),
    ("remind me in 20 minutes to call legal", "call legal", IN_20_MINUTES),
    ("remind <@U0MEI|mei> in 20 minutes to call legal", "call legal", IN_20_MINUTES),
)


async def test_what_is_said_as_in_slacks_own_command_is_understood(table: Table) -> None:
    for text, said, at in AT_THE_END:
        for place, touched in ((NO_CHANNEL, set()), (OPEN_CHANNEL, {HERE})):
            became = await table.say(MEI, text, place)
            table.check(
                [(row.text, row.due_at) for row in became.reminders] == [(said, at)], text, became
            )
            table.check(became.touched == touched, text, became)
    became = await table.say(MEI, "ESC-5 remind me to call in 20 minutes", OPEN_CHANNEL)
    table.check(became.touched == {5}, "ESC-5 remind me", became)


REORDERED = (
    ("remind call legal tomorrow 9:00", "remind ESC-7 tomorrow 9:00 call legal"),
    ("remind legal by friday", "remind ESC-7 by friday legal"),
    ("remind me to call at 17:00 about it", "remind ESC-7 at 17:00 call about it"),
    ("remind ESC-5 call legal tomorrow 9:00", "remind ESC-5 tomorrow 9:00 call legal"),
    ("remind <@U0TOM|tom> to call in 2h", "task ESC-7 @tom call by 22:00"),
    ("remind <@U0TOM|tom> in 2h to call", "task ESC-7 @tom call by 22:00"),
    ("remind <@U0TOM|tom> to call", "task ESC-7 @tom call by &lt;when&gt;"),
    ("task <@U0TOM|tom> by 23:00 draft it", "task ESC-7 @tom draft it by 23:00"),
    ("task <@U0TOM|tom> draft it by 23:00 for PR", "task ESC-7 @tom draft it for PR by 23:00"),
    ("task <@U0TOM|tom> draft it at 23:00", "task ESC-7 @tom draft it by 23:00"),
    ("task <@U0TOM|tom> draft it before 23:00", "task ESC-7 @tom draft it by 23:00"),
    ("task ESC-5 me draft it in 2h please", "task ESC-5 me draft it by 22:00"),
)


async def test_another_order_is_answered_with_the_command(table: Table) -> None:
    for text, command in REORDERED:
        became = await table.say(MEI, text, OPEN_CHANNEL)
        table.check(became.refused and f"`/escalate {command}`" in became.text, text, became)
        if "&lt;" in command:
            continue
        copied = command.replace("@tom", "<@U0TOM|tom>")
        became = await table.say(MEI, copied, OPEN_CHANNEL)
        table.check(bool(became.tasks or became.reminders), copied, became)


async def test_a_reminder_without_a_time_says_so(table: Table) -> None:
    for text in ("remind me", "remind me to call legal", "remind me to check at 5"):
        became = await table.say(MEI, text, OPEN_CHANNEL)
        table.check(became.refused and "'to c" not in became.text, text, became)


AROUND = (
    "{} by 23:00.",
    "{} (by 23:00)",
    "{} (by 23:00).",
    "{} [by 23:00]",
    "{}, by 23:00!",
    "{} - by (23:00)",
    "{} by *23:00*",
    "{} by 23:00 please",
    "{} by 23:00, thanks!",
    "{} by 23:00 today, no later",
    "{} by 23:00 today, no later than that.",
    "{} by 23:00 at the latest",
    "{} by 23:00 sharp",
    "{} (by 23:00 latest), pls",
    "{} by 23:00 or sooner",
)


async def test_a_time_in_front_that_is_wrong_is_not_passed_over(table: Table) -> None:
    """The reminder would be set for the other one."""
    for text in (
        "17:00 - 18:00 call",
        "25:00 call at 9:00",
        "in 3 moons call in 2h",
        "at 9 call in 2h",
    ):
        became = await table.say(MEI, f"remind {text}", OPEN_CHANNEL)
        table.check(became.refused and "time goes first" not in became.text, text, became)
        became = await table.say(MEI, f"remind me {text}", OPEN_CHANNEL)
        table.check(became.refused, text, became)


async def test_what_stands_around_a_time_changes_nothing(table: Table) -> None:
    for form in AROUND:
        text = f"task me {form.format('read it by heart')}"
        became = await table.say(MEI, text, OPEN_CHANNEL)
        given = [(row.text, row.due_at) for row in became.tasks]
        table.check(given == [("read it by heart", TODAY_23)], text, became)
    for text in ("by 23:00 or 23:30", "by 23:00 no", "by 23:00 if possible", "no later please"):
        became = await table.say(MEI, f"task me draft it {text}", OPEN_CHANNEL)
        table.check(became.refused, text, became)
