"""Every modal. Each function returns a view for `views.open` or a `response_action`."""

from bot.render.forms.aside import unpacked
from bot.render.forms.inputs import field_of, since_of
from bot.render.forms.opening import (
    Filled,
    effective_severity,
    open_form,
    opened_view,
    opening_view,
    own_severity,
    proposal,
    shown,
    teams_to_page,
)
from bot.render.forms.severity import raise_form, severity_form
from bot.render.forms.showing import as_message, message_view, show_view, timeline_view
from bot.render.forms.work import (
    cannot_take_form,
    decision_form,
    edit_form,
    hand_over_form,
    page_form,
    refuse_form,
    reminder_form,
    reopen_form,
    resolve_form,
    status_form,
    task_form,
    task_hand_over_form,
)

__all__ = [
    "Filled",
    "as_message",
    "cannot_take_form",
    "decision_form",
    "edit_form",
    "effective_severity",
    "field_of",
    "hand_over_form",
    "message_view",
    "open_form",
    "opened_view",
    "opening_view",
    "own_severity",
    "page_form",
    "proposal",
    "raise_form",
    "refuse_form",
    "reminder_form",
    "reopen_form",
    "resolve_form",
    "severity_form",
    "show_view",
    "shown",
    "since_of",
    "status_form",
    "task_form",
    "task_hand_over_form",
    "teams_to_page",
    "timeline_view",
    "unpacked",
]
