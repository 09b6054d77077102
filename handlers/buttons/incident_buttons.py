"""The buttons of the card, of lists and of answers. Their value is the incident's id."""

from bot.domain.access.rights import Deed
from bot.domain.controls import Button
from bot.domain.errors import IncidentClosed
from bot.domain.incidents.lifecycle import State, check_move
from bot.domain.incidents.views import Head
from bot.render import forms
from bot.render.incidents import answers
from bot.services.access import requests
from bot.services.incidents import lifecycle, queries
from handlers.answers import Answer, Modal
from handlers.buttons.click import Click, Surface
from handlers.forms.subjects import about_incident, incident_in
from handlers.outcomes import said_of


async def take_ownership(click: Click) -> Answer:
    reference = await click.write(lifecycle.assign, click.act, click.value, click.act.user)
    return click.say("assigned", reference=reference, person=click.act.user)


async def update_status(click: Click) -> Answer:
    head = await _open_one(click, Deed.UPDATE)
    return Modal(forms.status_form(click.wording, head.id, head), Button.UPDATE_STATUS, head.id)


async def post_update(click: Click) -> Answer:
    head = await _open_one(click, Deed.UPDATE)
    form = forms.status_form(click.wording, head.id, head, note_needed=True)
    return Modal(form, Button.POST_UPDATE, head.id)


async def change_severity(click: Click) -> Answer:
    head = await _open_one(click, Deed.RAISE)
    form = forms.severity_form(click.wording, head.id, head)
    return Modal(form, Button.CHANGE_SEVERITY, head.id)


async def edit_details(click: Click) -> Answer:
    head = await _head(click, Deed.CORRECT)
    return Modal(forms.edit_form(click.wording, head.id, head), Button.EDIT_DETAILS, head.id)


async def page_team(click: Click) -> Answer:
    head = await _open_one(click, Deed.PAGE)
    return Modal(forms.page_form(click.wording, head.id, head), Button.PAGE_TEAM, head.id)


async def add_task(click: Click) -> Answer:
    head = await _head(click, Deed.TASK)
    return Modal(forms.task_form(click.wording, head.id, head), Button.ADD_TASK, head.id)


async def record_decision(click: Click) -> Answer:
    head = await _head(click, Deed.DECIDE)
    return Modal(forms.decision_form(click.wording, head.id, head), Button.RECORD_DECISION, head.id)


async def resolve(click: Click) -> Answer:
    head = await _head(click, Deed.UPDATE)
    check_move(head.reference, head.state, State.RESOLVED)
    return Modal(forms.resolve_form(click.wording, head.id, head), Button.RESOLVE, head.id)


async def close(click: Click) -> Answer:
    turned = await click.write(lifecycle.close, click.act, click.value)
    return said_of(click, State.REVIEWED, turned)


async def reopen(click: Click) -> Answer:
    head = await _head(click, Deed.END)
    check_move(head.reference, head.state, State.REOPENED)
    return Modal(forms.reopen_form(click.wording, head.id, head), Button.REOPEN, head.id)


async def hand_over(click: Click) -> Answer:
    """Offer a handover's form again after Slack failed to show it."""
    incident_id = incident_in(click.value) or ""
    head = await click.read(queries.head, click.act, incident_id, Deed.HAND_OVER)
    form = forms.hand_over_form(click.wording, about_incident(head.id), head)
    return Modal(form, Button.HAND_OVER, click.value)


async def timeline(click: Click) -> Answer:
    details = await click.read(queries.details, click.act, click.value, None)
    return Modal(forms.timeline_view(click.wording, details), Button.TIMELINE, click.value)


async def show(click: Click) -> Answer:
    """In a conversation the answer has buttons. Elsewhere it is only text."""
    details = await click.read(queries.details, click.act, click.value)
    if click.surface is Surface.MESSAGE:
        return answers.details(click.wording, details)
    return Modal(forms.show_view(click.wording, details), Button.SHOW, click.value)


async def request_access(click: Click) -> Answer:
    reference = await click.write(requests.request_access, click.policy, click.act, click.value)
    return click.say("access_requested", reference=reference)


async def grant_access(click: Click) -> Answer:
    answered = await click.write(requests.answer, click.act, click.value, granted=True)
    about = {"reference": answered.reference, "person": answered.person}
    if not answered.asked:
        return click.say("access_kept", **about, admitted=answered.admitted)
    return click.say("access_granted", **about)


async def refuse_access(click: Click) -> Answer:
    """Ask for an optional reason. The person who wanted access gets it with the refusal."""
    request = await click.read(requests.open_request, click.act, click.value)
    return Modal(forms.refuse_form(click.wording, request), Button.REFUSE_ACCESS, click.value)


async def remove_added(click: Click) -> Answer:
    answered = await click.write(requests.answer, click.act, click.value, granted=False)
    return click.say(
        "access_removed",
        reference=answered.reference,
        person=answered.person,
        asked=answered.asked,
    )


async def _head(click: Click, deed: Deed) -> Head:
    """Check the person's rights before the form opens, not only when it is sent."""
    return await click.read(queries.head, click.act, click.value, deed)


async def _open_one(click: Click, deed: Deed) -> Head:
    """Refuse an ended incident now, before the person types anything."""
    head = await _head(click, deed)
    if not head.is_open:
        raise IncidentClosed(head.reference, head.state)
    return head
