"""Adds to an answer that an archived channel got no message."""

from typing import TypeVar

from bot.render.incidents import answers
from bot.render.message import Message
from bot.services.incidents import queries
from handlers.errors import attempt
from handlers.request import Request

Said = TypeVar("Said")


async def placed(request: Request, incident_id: str, answer: Said) -> Said | Message:
    """Return the answer, with a sentence that nothing was posted if the channel is archived.

    Only a message gets the sentence. The action itself is already done.
    """
    if not isinstance(answer, Message):
        return answer
    look = request.read(queries.is_archived, request.act, incident_id)
    archived = await attempt(look, "Looking for the channel of an answer")
    return answers.nowhere(request.wording, answer) if archived is True else answer
