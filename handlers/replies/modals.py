"""Shows a modal with a request's trigger, and handles Slack's refusals."""

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
"""Someone else changed the modal, or the person closed it."""

REMEMBERED = 500
"""How many recently changed modals are remembered. A change follows the last within seconds."""

Tell = Callable[[Message], Awaitable[None]]


async def show(
    shell: Shell, client: AsyncWebClient, trigger_id: str, modal: Modal, tell: Tell, *, push: bool
) -> None:
    """Open a modal, or push it onto the open one. A trigger is never used twice."""
    call = client.views_push if push else client.views_open
    try:
        await call(trigger_id=trigger_id, view=modal.view)
    except CALL_FAILED as error:
        if error_code(error) not in TRIGGER_GONE:
            report(error, f"Showing the form {modal.view.get('callback_id')}")
        await tell(answers.form_offer(shell.wording, modal.again, modal.value))


@dataclass(slots=True)
class _Changed:
    """A modal that we have changed: the hashes from which we changed it, and its latest hash."""

    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    before: set[str] = field(default_factory=set)
    now: str = ""


class Changes:
    """Changes open modals, and each modal's changes in the order of the requests.

    A modal is changed from the state that the person saw, or from our own last change to that
    state. Any other change stays. Above all, the answer to a form that was sent meanwhile stays.
    """

    def __init__(self) -> None:
        self._changed: OrderedDict[str, _Changed] = OrderedDict()

    async def make(
        self, client: AsyncWebClient, view: dict[str, Any], *, view_id: str, seen: str
    ) -> None:
        """Change the modal. `seen` is its hash when the person saw it."""
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
    """Return the form with the command's text in a text field."""
    for block in view["blocks"]:
        if text and block.get("block_id") == into.value:
            longest = block["element"].get("max_length", 3_000)
            block["element"]["initial_value"] = text[:longest]
    return view
