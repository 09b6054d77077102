"""Buttons that stand anywhere: open the form, refresh the home tab."""

from bot.domain.controls import Button
from bot.domain.rights import Deed, require
from bot.render import forms
from bot.services import homes
from handlers.actions.click import Click
from handlers.answer import Answer, Modal

LONGEST_LINK = 500


async def open_form(click: Click) -> Answer:
    require(click.act, Deed.OPEN)
    if not click.value.startswith("https://"):
        return Modal(forms.open_form(click.desk), Button.OPEN_FORM, click.value)
    # The form of a message's shortcut, asked for again: the value is the message's address.
    link = click.value[:LONGEST_LINK]
    filled = forms.Filled(references=link)
    return Modal(forms.open_form(click.desk, filled, link), Button.OPEN_FORM, link)


async def refresh_home(click: Click) -> Answer:
    await click.write(homes.refresh, click.act)
    return None
