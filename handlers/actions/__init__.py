"""The buttons: a new one is a member of `controls.Button`, a row here and a function beside it."""

from collections.abc import Mapping

from bot.domain.controls import Button
from handlers.actions import anywhere, incidents, pages, reminders
from handlers.actions.click import Click, Handler
from handlers.answer import Answer
from handlers.subjects import incident_in


async def _hand_over(click: Click) -> Answer:
    if incident_in(click.value) is not None:
        return await incidents.hand_over(click)
    return await pages.hand_over(click)


BUTTONS: Mapping[Button, Handler] = {
    Button.ACKNOWLEDGE: pages.acknowledge,
    Button.CANNOT_TAKE: pages.cannot_take,
    Button.HAND_OVER: _hand_over,
    Button.OPEN_CHANNEL: pages.open_channel,
    Button.STEP_IN: pages.step_in,
    Button.STEP_IN_FOR: pages.step_in_for,
    Button.TAKE_OWNERSHIP: incidents.take_ownership,
    Button.UPDATE_STATUS: incidents.update_status,
    Button.CHANGE_SEVERITY: incidents.change_severity,
    Button.EDIT_DETAILS: incidents.edit_details,
    Button.PAGE_TEAM: incidents.page_team,
    Button.ADD_TASK: incidents.add_task,
    Button.RECORD_DECISION: incidents.record_decision,
    Button.RESOLVE: incidents.resolve,
    Button.CLOSE: incidents.close,
    Button.REOPEN: incidents.reopen,
    Button.TIMELINE: incidents.timeline,
    Button.SHOW: incidents.show,
    Button.POST_UPDATE: incidents.post_update,
    Button.REQUEST_ACCESS: incidents.request_access,
    Button.GRANT_ACCESS: incidents.grant_access,
    Button.REFUSE_ACCESS: incidents.refuse_access,
    Button.KEEP_ADDED: incidents.grant_access,
    Button.REMOVE_ADDED: incidents.remove_added,
    Button.UPDATE_SNOOZE: reminders.snooze_update,
    Button.UPDATE_STOP: reminders.stop_updates,
    Button.REMINDER_DONE: reminders.reminder_done,
    Button.REMINDER_SNOOZE: reminders.snooze_reminder,
    Button.REMINDER_STOP: reminders.reminder_stop,
    Button.REMINDER_CHANGE: reminders.change_reminder,
    Button.REMINDER_CANCEL: reminders.cancel_reminder,
    Button.TASK_DONE: reminders.task_done,
    Button.TASK_SNOOZE: reminders.snooze_task,
    Button.TASK_HAND_OVER: reminders.hand_over_task,
    Button.OPEN_FORM: anywhere.open_form,
    Button.OPEN_TYPED: anywhere.open_typed,
    Button.OPEN_AS: anywhere.open_as,
    Button.HOME_REFRESH: anywhere.refresh_home,
}
