"""The forms: a new one is a member of `controls.Form`, a row here and a function beside it."""

from collections.abc import Mapping

from bot.domain.controls import Field, Form
from handlers.views import incidents, opening, pages, reminders
from handlers.views.sent import Handler

FORMS: Mapping[Form, Handler] = {
    Form.OPEN: opening.open_it,
    Form.STATUS: incidents.status,
    Form.SEVERITY: incidents.severity,
    Form.RAISE: incidents.severity,
    Form.PAGE: incidents.page,
    Form.TASK: incidents.task,
    Form.DECISION: incidents.decision,
    Form.RESOLVE: incidents.resolve,
    Form.REOPEN: incidents.reopen,
    Form.CANNOT_TAKE: pages.cannot_take,
    Form.EDIT: incidents.edit,
    Form.REFUSE_ACCESS: incidents.refuse_access,
    Form.HAND_OVER: pages.hand_over,
    Form.TASK_HAND_OVER: pages.hand_over_task,
    Form.REMINDER: reminders.reminder,
}

ALOUD = frozenset(
    {Form.STATUS, Form.SEVERITY, Form.RAISE, Form.DECISION, Form.RESOLVE, Form.REOPEN}
)
"""What is sent is also said in the channel of the escalation that their subject names."""

READ_ONLY = frozenset({Form.OPENED, Form.TIMELINE, Form.SHOW, Form.MESSAGE})
"""They have no submit button: nothing is sent."""

REDRAWN = (
    Field.CATEGORY,
    Field.SEVERITY,
    Field.CRITERIA,
    Field.AFFECTED,
    Field.TEAMS,
    Field.TIER,
)
"""Fields of the opening form after which its proposal and preview change."""
