"""The buttons of reminders. Their value is the reminder's id.

A snooze menu's value has the length and the id. The value of *Cancel* has the id, and before it how
often the reminder has been changed.
"""

from datetime import datetime

from bot.domain.controls import Button
from bot.domain.followups.cadence import snoozed_until
from bot.render import forms
from bot.render.followups import reminder_list as render
from bot.services.followups import reminders, tasks, update_timing
from bot.services.incidents import queries
from bot.store.tables.states import ReminderState
from handlers.answers import Answer, Instead, Modal
from handlers.buttons.click import Click
from handlers.forms.subjects import reminder_in, snooze_in


async def snooze_update(click: Click) -> Answer:
    until, incident_id = await _until(click)
    await click.write(update_timing.snooze_update, click.act, incident_id, until - click.act.now)
    return click.say("snoozed", until=until)


async def stop_updates(click: Click) -> Answer:
    await click.write(update_timing.stop_updates, click.act, click.value)
    return click.say("stopped")


async def reminder_done(click: Click) -> Answer:
    await click.write(tasks.end_reminder, click.act, click.value, ReminderState.DONE)
    return click.say("reminder_done")


async def reminder_stop(click: Click) -> Answer:
    await click.write(tasks.end_reminder, click.act, click.value, ReminderState.STOPPED)
    return click.say("stopped")


async def snooze_reminder(click: Click) -> Answer:
    until, reminder_id = await _until(click)
    await click.write(tasks.snooze_reminder, click.act, reminder_id, until)
    return click.say("snoozed", until=until)


async def cancel_reminder(click: Click) -> Answer:
    """Cancel a reminder. The answer, or the list without it, replaces the message."""
    reminder_id, times, listed = reminder_in(click.value)
    line = await click.write(reminders.cancel, click.act, reminder_id, times)
    if listed:
        left = await click.read(reminders.reminders, click.act)
        answer = render.reminders(click.wording, left, line)
    else:
        answer = render.reminder_cancelled(click.wording, line)
    return Instead(answer.text, answer.blocks)


async def change_reminder(click: Click) -> Answer:
    line = await click.read(reminders.reminder, click.act, click.value)
    due = line.due_at.astimezone(await click.zone())
    form = forms.reminder_form(click.wording, line, f"{due:%Y-%m-%d %H:%M}")
    return Modal(form, Button.REMINDER_CHANGE, click.value)


async def task_done(click: Click) -> Answer:
    task = await click.write(tasks.finish_task, click.act, click.value)
    return click.say("task_done", task=task)


async def snooze_task(click: Click) -> Answer:
    until, task_id = await _until(click)
    await click.write(tasks.snooze_task, click.act, task_id, until)
    return click.say("snoozed", until=until)


async def hand_over_task(click: Click) -> Answer:
    task = await click.read(queries.task, click.act, click.value)
    form = forms.task_hand_over_form(click.wording, task.id, task.head)
    return Modal(form, Button.TASK_HAND_OVER, click.value)


async def _until(click: Click) -> tuple[datetime, str]:
    """Read the length and the id. Tomorrow is 09:00 in the person's own time zone."""
    snooze, subject = snooze_in(click.value)
    zone = await click.zone()
    return snoozed_until(snooze, click.act.now, zone), subject
