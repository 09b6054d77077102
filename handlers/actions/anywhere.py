"""Buttons that stand anywhere: open the form, refresh the home tab."""

from bot.domain.controls import Button
from bot.domain.rights import Deed, require
from bot.render import forms
from bot.services import homes
from handlers.actions.click import Click
from handlers.answer import Answer, Modal


async def open_form(click: Click) -> Answer:
    require(click.act, Deed.OPEN)
    return Modal(forms.open_form(click.desk), Button.OPEN_FORM, click.value)


async def refresh_home(click: Click) -> Answer:
    await click.write(homes.refresh, click.act)
    return None
