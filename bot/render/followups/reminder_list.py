"""Pending reminders: the confirmation of one, and the list of all."""

from zoneinfo import ZoneInfo

from bot.domain.controls import IN_THE_LIST, Button
from bot.domain.followups.reminder_list import ReminderLine, Reminders
from bot.render.blocks import Block, actions, button, context, divider, section
from bot.render.message import Message, message
from bot.render.text import fitting
from bot.render.wording import Wording


def reminder_set(
    wording: Wording, line: ReminderLine, zone: ZoneInfo, *, changed: bool = False
) -> Message:
    """Confirm the time, zone and text as understood, with buttons to change or cancel."""
    values = {"line": line, "due_at": line.due_at, "zone": zone.key, "changed": changed}
    said = wording.say("answers", "reminder_set", **values)
    return message(said, [section(said), choices(wording, line)])


def reminder_cancelled(wording: Wording, line: ReminderLine) -> Message:
    said = wording.say("answers", "reminder_cancelled", line=line)
    return message(said, [section(said)])


def reminders(wording: Wording, view: Reminders, cancelled: ReminderLine | None = None) -> Message:
    """List reminders with buttons to change and cancel each. Those that do not fit are counted.

    `cancelled`: a reminder from the list that was just cancelled.
    """
    blocks: list[Block] = []
    if cancelled is not None:
        blocks.append(section(wording.say("answers", "reminder_cancelled", line=cancelled)))
    if not view.lines:
        none = wording.say("answers", "reminders_none", may_set=view.may_set)
        return message(none, [*blocks, section(none)])
    heading = wording.say("answers", "reminders", total=view.total)
    listed = fitting.rows(
        [row(wording, line) for line in view.lines],
        lambda count: context(wording.say("answers", "reminders_more", count=count)),
        beyond=view.total - len(view.lines),
    )
    return message(heading, [*blocks, section(heading), listed])


def row(
    wording: Wording, line: ReminderLine, *, home: bool = False, may_act: bool = True
) -> list[Block]:
    """One reminder. A divider ends it, so it is clear which reminder a button cancels."""
    said = wording.say("answers", "reminder_row", line=line, home=home)
    pressed = choices(wording, line, "" if home else f":{IN_THE_LIST}")
    return [section(said), *([pressed] if may_act else []), divider()]


def choices(wording: Wording, line: ReminderLine, place: str = "") -> Block:
    return actions(
        [
            button(wording, Button.REMINDER_CHANGE, line.id),
            button(wording, Button.REMINDER_CANCEL, f"{line.as_set}{place}"),
        ]
    )
