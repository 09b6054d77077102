"""The buttons of a page, and the buttons that answer a page to other people."""

from bot.domain.controls import Button
from bot.domain.errors import NoAccess
from bot.domain.paging.page_messages import PageMessage
from bot.render import forms
from bot.render.paging.page_messages import channel_link
from bot.services.access import identity
from bot.services.incidents import queries
from bot.services.paging import answers
from handlers.answers import Answer, Modal, joined
from handlers.buttons.click import Click, Surface
from handlers.outcomes import said_taken


async def acknowledge(click: Click) -> Answer:
    """Acknowledge a page. The edited page shows that it is acknowledged.

    The answer says so only if the page is not edited, because Slack's message is not known yet.
    """
    taken = await click.write(answers.acknowledge, click.act, click.value)
    click.shell.acknowledged(taken)
    if taken.edited or click.surface is not Surface.MESSAGE:
        return None
    return said_taken(click, taken)


async def step_in(click: Click) -> Answer:
    """On the card: for anyone on the ladder of a waiting team, even before they are paged."""
    taken = await click.write(answers.acknowledge_mine, click.act, click.value)
    click.shell.acknowledged(*taken)
    return joined([said_taken(click, one) for one in taken])


async def step_in_for(click: Click) -> Answer:
    taken = await click.write(answers.acknowledge_run, click.act, click.value)
    click.shell.acknowledged(taken)
    return said_taken(click, taken)


async def cannot_take(click: Click) -> Answer:
    page = await _answerable(click, own=True)
    form = forms.cannot_take_form(click.wording, page.page_id, page.head)
    return Modal(form, Button.CANNOT_TAKE, click.value)


async def hand_over(click: Click) -> Answer:
    page = await _answerable(click)
    form = forms.hand_over_form(click.wording, page.page_id, page.head)
    return Modal(form, Button.HAND_OVER, click.value)


async def _answerable(click: Click, *, own: bool = False) -> PageMessage:
    await click.read(answers.require_answerable, click.act, click.value, own=own)
    return await click.read(queries.page, click.act, click.value, own=own)


async def open_channel(click: Click) -> Answer:
    page = await click.read(queries.page, click.act, click.value)
    head = page.head
    if not head.full:
        raise NoAccess(head.reference, head.id)
    await click.write(identity.enter, click.act, head.id)
    if head.channel_id is None and await click.read(queries.is_archived, click.act, head.id):
        return click.say("archived_channel", reference=head.reference)
    if head.channel_id is None:
        return click.say("no_channel", reference=head.reference)
    return click.say("channel", reference=head.reference, channel=channel_link(head))
