"""Showing a modal with the trigger of a request, and what to do when Slack will not."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.controls import Field
from bot.render.incidents import answers
from bot.render.message import Message
from handlers.answers import Modal
from handlers.errors import report
from handlers.http.failures import CALL_FAILED, TRIGGER_GONE, error_code
from handlers.shell import Shell

NOT_AS_SEEN = frozenset({"hash_conflict", "not_found", "view_not_found"})
"""Another person changed the modal, or it was closed."""

REMEMBERED = 500
"""Modals that were changed last; a change comes within seconds of the one before it."""

Tell = Callable[[Message], Awaitable[None]]


async def show(
    shell: Shell, client: AsyncWebClient, trigger_id: str, modal: Modal, tell: Tell, *, push: bool
) -> None:
    """Open a modal, or push it on the one that is open. A trigger is never tried twice."""
    call = client.views_push if push else client.views_open
    try:
        await call(trigger_id=trigger_id, view=modal.view)
    except CALL_FAILED as error:
        if error_code(error) not in TRIGGER_GONE:
            report(error, f"Showing the form {modal.view.get('callback_id')}")
        await tell(answers.form_offer(shell.wording, modal.again, modal.value))


@dataclass(slots=True)
class _Changed:
    """A modal that we have changed: the states from which we did, and the one that came of it."""

    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    before: set[str] = field(default_factory=set)
    now: str = ""


class Changes:
    """Changes of open modals, those of one modal in the order in which they were asked for.

    A modal is changed as the person saw it, or as our own last change has left it since. What
    anybody else has made of it stands: above all the answer to a form that was sent meanwhile.
    """

    def __init__(self) -> None:
        self._changed: OrderedDict[str, _Changed] = OrderedDict()

    async def make(
        self, client: AsyncWebClient, view: dict[str, Any], *, view_id: str, seen: str
    ) -> None:
        """Change what the person saw as `seen`, the modal's hash then."""
        changed = self._of(view_id)
        async with changed.turn:
            known = changed.now if seen in changed.before else seen
            try:
                answer = await client.views_update(view_id=view_id, hash=known, view=view)
            except SlackApiError as error:
                if error_code(error) not in NOT_AS_SEEN:
                    raise
                return
            became = answer.get("view")
            if isinstance(became, dict) and isinstance(became.get("hash"), str):
                changed.before |= {seen, known}
                changed.now = became["hash"]

    def _of(self, view_id: str) -> _Changed:
        changed = self._changed.setdefault(view_id, _Changed())
        self._changed.move_to_end(view_id)
        while len(self._changed) > REMEMBERED:
            self._changed.popitem(last=False)
        return changed


def prefilled(view: dict[str, Any], into: Field, text: str) -> dict[str, Any]:
    """Return the form with what was typed in the command already in a text field."""
    for block in view["blocks"]:
        if text and block.get("block_id") == into.value:
            longest = block["element"].get("max_length", 3_000)
            block["element"]["initial_value"] = text[:longest]
    return view
