"""Every modal and the home tab."""

from collections.abc import Callable, Mapping
from typing import Any

from bot.domain import errors
from bot.domain.access.access_messages import AccessRequestMessage
from bot.domain.access.visibility import Tier
from bot.domain.followups.reminder_list import ReminderLine, Reminders
from bot.domain.ids import RequestId, TeamKey
from bot.domain.incidents.results import Opened, WillPage
from bot.domain.incidents.severity import Severity
from bot.render import forms
from bot.render.incidents import answers, home
from bot.render.wording import Wording
from tests.render.case import Case, Rendered
from tests.render.other_messages import some_details
from tests.render.views import (
    HOUR,
    NOW,
    PRIYA,
    a_card,
    a_head,
    a_home,
    a_masked_head,
    a_page,
    a_task,
    a_waiting_reminder,
    teams_in_every_state,
)


def _form(form: Callable[..., dict[str, Any]]) -> Callable[[Wording, Any], Rendered]:
    return lambda wording, head: form(wording, "01SUBJECT", head)


def _reminder_form(wording: Wording, line: ReminderLine) -> Rendered:
    return forms.reminder_form(wording, line, "2026-11-22 18:10")


VIEWS: Mapping[str, Case] = {
    "form, open": Case(forms.open_form, None),
    "form, open, a line for no team": Case(
        forms.open_form, forms.Filled(needs="Leagl: may we suspend?")
    ),
    "form, open, a line for a team that a command does not page": Case(
        forms.open_form,
        forms.Filled(
            severity=Severity.P3, needs="PR: a line for the press", teams=(TeamKey("pr"),)
        ),
    ),
    "form, open, a line for a team that is not paged": Case(
        forms.open_form,
        forms.Filled(severity=Severity.P2, category="pile-on", needs="PR: a line for the press"),
    ),
    "form, open, filled": Case(
        lambda wording, filled: forms.open_form(wording, filled, "https://example.slack.com/p1"),
        forms.Filled(
            title="Pile-on against a teenage streamer",
            severity=Severity.P2,
            category="pile-on",
            surface="live",
            market="sg",
            source="media",
            references="item-4711",
            affected=("minor",),
            criteria=("minor",),
        ),
    ),
    "form, open, no team": Case(
        forms.open_form, forms.Filled(severity=Severity.P2, category="pile-on", teams=())
    ),
    "form, open, restricted by choice": Case(
        forms.open_form,
        forms.Filled(severity=Severity.P2, category="pile-on", tier=Tier.RESTRICTED),
    ),
    "form, open, references only": Case(
        forms.open_form, forms.Filled(severity=Severity.P2, category="suspected-csam")
    ),
    "form, opened": Case(forms.opened_view, Opened(a_head(), teams_in_every_state()[:2])),
    "form, opening": Case(lambda wording, _: forms.opening_view(wording), None),
    "form, status": Case(_form(forms.status_form), a_head()),
    "form, status, update needed": Case(
        lambda wording, head: forms.status_form(wording, "01SUBJECT", head, note_needed=True),
        a_head(),
    ),
    "form, edit": Case(_form(forms.edit_form), a_head()),
    "form, refuse access": Case(
        lambda wording, head: forms.refuse_form(
            wording, AccessRequestMessage(RequestId("01R"), head, PRIYA)
        ),
        a_head(),
    ),
    "form, severity": Case(_form(forms.severity_form), a_head()),
    "form, raise": Case(
        lambda wording, head: forms.raise_form(
            wording,
            "01SUBJECT",
            head,
            Severity.P0,
            "threat to life confirmed",
            (WillPage("Legal", (PRIYA,), again=True), WillPage("PR", ())),
        ),
        a_head(),
    ),
    "form, raise, pages no one": Case(
        lambda wording, head: forms.raise_form(wording, "01SUBJECT", head, Severity.P0, "", ()),
        a_head(),
    ),
    "form, page": Case(_form(forms.page_form), a_head()),
    "form, task": Case(_form(forms.task_form), a_head()),
    "form, decision": Case(_form(forms.decision_form), a_head()),
    "form, resolve": Case(_form(forms.resolve_form), a_head()),
    "form, reopen": Case(_form(forms.reopen_form), a_head()),
    "form, cannot take": Case(_form(forms.cannot_take_form), a_masked_head()),
    "form, hand over": Case(_form(forms.hand_over_form), a_head()),
    "form, task hand over": Case(_form(forms.task_hand_over_form), None),
    "form, reminder": Case(_reminder_form, a_waiting_reminder()),
    "form, reminder, masked": Case(
        _reminder_form, a_waiting_reminder(text=None, head=a_masked_head())
    ),
    "timeline": Case(forms.timeline_view, some_details()),
    "timeline, empty": Case(forms.timeline_view, some_details(entries=(), more_entries=0)),
    "timeline, masked": Case(forms.timeline_view, some_details(card=a_card(head=a_masked_head()))),
    "timeline, long": Case(forms.timeline_view, some_details(entries=some_details().entries * 30)),
    "show": Case(forms.show_view, some_details()),
    "show, masked": Case(forms.show_view, some_details(card=a_card(head=a_masked_head()))),
    "message view": Case(
        lambda wording, error: forms.message_view(wording, answers.refused(wording, error)),
        errors.NoAccess("ESC-13", "01SEALED"),
    ),
    "home": Case(home.home, a_home()),
    "home, empty": Case(
        home.home,
        a_home(pages=(), tasks=(), mine=(), open=(), total_open=0, reminders=Reminders((), 0)),
    ),
    "home, no role": Case(
        home.home,
        a_home(pages=(), tasks=(), mine=(), open=(), total_open=0, may_open=False),
    ),
    "home, overdue": Case(
        home.home,
        a_home(
            reminders=Reminders((a_waiting_reminder(),) * 20, 31),
            pages=(a_page(answer_by=NOW - HOUR),) * 30,
            tasks=(a_task(due_at=NOW - HOUR), a_task(head=a_masked_head(), text=None)) * 20,
            mine=(a_head(update_due_at=NOW - HOUR, owner=None),) * 30,
            open=(a_head(),) * 30,
            total_open=130,
        ),
    ),
}
