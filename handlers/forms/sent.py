"""A sent form: the person, its subject and its content."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from bot.render import forms
from bot.render.message import Message
from bot.render.wording import Wording
from handlers.forms.fields import Fields
from handlers.request import Request


@dataclass(frozen=True, slots=True)
class Sent(Request):
    """`subject` is the view's private_metadata: an id, which may be forged."""

    subject: str
    fields: Fields


Became: TypeAlias = Message | dict[str, Any]
"""What the modal shows next: an answer to read, or a view."""


def view_of(wording: Wording, became: Became) -> dict[str, Any]:
    return forms.message_view(wording, became) if isinstance(became, Message) else became


Handler: TypeAlias = Callable[[Sent], Awaitable[Became]]
