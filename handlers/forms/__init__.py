"""The forms. A new form is a member of `controls.Form`, a row here and a function nearby."""

from collections.abc import Mapping

from bot.domain.controls import Field, Form
from handlers.forms import incident_forms, opening_form, page_forms, reminder_forms
from handlers.forms.sent import Handler

FORMS: Mapping[Form, Handler] = {
    Form.OPEN: opening_form.open_it,
    Form.STATUS: incident_forms.status,
    Form.SEVERITY: incident_forms.severity,
    Form.RAISE: incident_forms.severity,
    Form.PAGE: incident_forms.page,
    Form.TASK: incident_forms.task,
    Form.DECISION: incident_forms.decision,
    Form.RESOLVE: incident_forms.resolve,
    Form.REOPEN: incident_forms.reopen,
    Form.CANNOT_TAKE: page_forms.cannot_take,
    Form.EDIT: incident_forms.edit,
    Form.REFUSE_ACCESS: incident_forms.refuse_access,
    Form.HAND_OVER: page_forms.hand_over,
    Form.TASK_HAND_OVER: page_forms.hand_over_task,
    Form.REMINDER: reminder_forms.reminder,
}

ALOUD = frozenset(
    {Form.STATUS, Form.SEVERITY, Form.RAISE, Form.DECISION, Form.RESOLVE, Form.REOPEN}
)
"""Forms whose content is also posted in the channel of the escalation in their subject."""

READ_ONLY = frozenset({Form.OPENED, Form.TIMELINE, Form.SHOW, Form.MESSAGE})
"""Forms without a submit button. They send nothing."""

REDRAWN = (
    Field.CATEGORY,
    Field.SEVERITY,
    Field.CRITERIA,
    Field.AFFECTED,
    Field.TEAMS,
    Field.TIER,
)
"""Fields of the opening form. A change of one of them changes the proposal and the preview."""
