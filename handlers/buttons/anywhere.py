"""Buttons that appear anywhere: open the form, open what was typed, refresh the home tab."""

from dataclasses import replace

from bot.domain.access.rights import Deed, require
from bot.domain.controls import Button
from bot.domain.errors import AlreadyHandled
from bot.domain.incidents.severity import Severity
from bot.render import forms
from bot.render.incidents import answers
from bot.services.incidents import home, opening, queries
from handlers.answers import Answer, Instead, Modal
from handlers.buttons.click import Click
from handlers.forms.subjects import typed_in
from handlers.verbs.opening_verb import draft_of, filled_form, filled_with

LONGEST_LINK = 500


async def open_form(click: Click) -> Answer:
    require(click.act, Deed.OPEN)
    if not click.value.startswith("https://"):
        return Modal(forms.open_form(click.wording), Button.OPEN_FORM, click.value)
    # The shortcut on a message offers its form again; the value is the message's address.
    link = click.value[:LONGEST_LINK]
    filled = forms.Filled(references=link)
    return Modal(forms.open_form(click.wording, filled, link), Button.OPEN_FORM, link)


async def open_typed(click: Click) -> Answer:
    """Open the form, filled in with text that was typed as a command but is no command."""
    require(click.act, Deed.OPEN)
    filled = filled_with(click.policy, click.value)
    return Modal(forms.open_form(click.wording, filled), Button.OPEN_TYPED, click.value)


async def open_as(click: Click) -> Answer:
    """Open the escalation that the person says they meant. Pressing again opens no second one."""
    key, severity, title, needs = typed_in(click.value)
    draft = draft_of(click.policy, severity, title, needs)
    if draft is None:
        filled = filled_form(click.policy, title, severity, needs)
        return Modal(forms.open_form(click.wording, filled), Button.OPEN_AS, click.value)
    act = replace(click.act, key=f"{key}:{Button.OPEN_AS}:{click.act.user}")
    try:
        opened = await click.write(opening.open_incident, click.policy, act, draft)
    except AlreadyHandled as handled:
        return await _opened_before(click, handled, severity)
    answer = answers.opened(click.wording, opened)
    return Instead(answer.text, answer.blocks)


async def _opened_before(click: Click, handled: AlreadyHandled, wanted: Severity) -> Answer:
    """Say what another button of the same message has already opened, and its severity."""
    if not handled.outcome:
        raise handled
    found = await click.read(queries.find, click.act, handled.outcome)
    before = await click.read(queries.details, click.act, found.incident_id, None)
    opened_as = Severity(before.entries[0].data["severity"])
    head = before.card.head
    return click.say("opened_before", head=head, opened_as=opened_as, wanted=wanted)


async def refresh_home(click: Click) -> Answer:
    await click.write(home.refresh, click.act)
    return None
