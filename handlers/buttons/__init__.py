"""The buttons. A new button is a member of `controls.Button`, a row here and a function nearby."""

from collections.abc import Mapping

from bot.domain.controls import Button
from handlers.answers import Answer
from handlers.buttons import anywhere, incident_buttons, page_buttons, reminder_buttons
from handlers.buttons.click import Click, Handler
from handlers.forms.subjects import incident_in


async def _hand_over(click: Click) -> Answer:
    if incident_in(click.value) is not None:
        return await incident_buttons.hand_over(click)
    return await page_buttons.hand_over(click)


BUTTONS: Mapping[Button, Handler] = {
    Button.ACKNOWLEDGE: page_buttons.acknowledge,
    Button.CANNOT_TAKE: page_buttons.cannot_take,
    Button.HAND_OVER: _hand_over,
    Button.OPEN_CHANNEL: page_buttons.open_channel,
    Button.STEP_IN: page_buttons.step_in,
    Button.STEP_IN_FOR: page_buttons.step_in_for,
    Button.TAKE_OWNERSHIP: incident_buttons.take_ownership,
    Button.UPDATE_STATUS: incident_buttons.update_status,
    Button.CHANGE_SEVERITY: incident_buttons.change_severity,
    Button.EDIT_DETAILS: incident_buttons.edit_details,
    Button.PAGE_TEAM: incident_buttons.page_team,
    Button.ADD_TASK: incident_buttons.add_task,
    Button.RECORD_DECISION: incident_buttons.record_decision,
    Button.RESOLVE: incident_buttons.resolve,
    Button.CLOSE: incident_buttons.close,
    Button.REOPEN: incident_buttons.reopen,
    Button.TIMELINE: incident_buttons.timeline,
    Button.SHOW: incident_buttons.show,
    Button.POST_UPDATE: incident_buttons.post_update,
    Button.REQUEST_ACCESS: incident_buttons.request_access,
    Button.GRANT_ACCESS: incident_buttons.grant_access,
    Button.REFUSE_ACCESS: incident_buttons.refuse_access,
    Button.KEEP_ADDED: incident_buttons.grant_access,
    Button.REMOVE_ADDED: incident_buttons.remove_added,
    Button.UPDATE_SNOOZE: reminder_buttons.snooze_update,
    Button.UPDATE_STOP: reminder_buttons.stop_updates,
    Button.REMINDER_DONE: reminder_buttons.reminder_done,
    Button.REMINDER_SNOOZE: reminder_buttons.snooze_reminder,
    Button.REMINDER_STOP: reminder_buttons.reminder_stop,
    Button.REMINDER_CHANGE: reminder_buttons.change_reminder,
    Button.REMINDER_CANCEL: reminder_buttons.cancel_reminder,
    Button.TASK_DONE: reminder_buttons.task_done,
    Button.TASK_SNOOZE: reminder_buttons.snooze_task,
    Button.TASK_HAND_OVER: reminder_buttons.hand_over_task,
    Button.OPEN_FORM: anywhere.open_form,
    Button.OPEN_TYPED: anywhere.open_typed,
    Button.OPEN_AS: anywhere.open_as,
    Button.HOME_REFRESH: anywhere.refresh_home,
}
