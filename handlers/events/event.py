"""One event as its handler gets it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.act import Act, Workspace, by_the_bot
from bot.domain.errors import Stranger, Undescribed
from handlers.shell import Shell
from handlers.who import identified, workspace_of


@dataclass(frozen=True, slots=True)
class Event:
    """`id` identifies the event, so that a second delivery of it is recognised."""

    shell: Shell
    context: AsyncBoltContext
    client: AsyncWebClient
    data: Mapping[str, Any]
    id: str | None

    @property
    def workspace(self) -> Workspace:
        return workspace_of(self.context)

    @property
    def happened(self) -> float | None:
        """Return the time of the event by Slack's clock, in seconds; None if Slack does not say."""
        try:
            return float(self.data.get("event_ts") or "")
        except (TypeError, ValueError):
            return None

    def by_the_bot(self) -> Act:
        return by_the_bot(self.workspace, self.shell.now(), self.id)

    async def by(self, user: str) -> Act | None:
        """Return the act of the person who caused the event; None if Slack knows no such person.

        Raises Stranger if Slack does not answer. It sends the event again.
        """
        try:
            return await identified(self.shell, self.workspace, user, self.shell.now(), self.id)
        except Undescribed:
            raise Stranger from None


Handler: TypeAlias = Callable[[Event], Awaitable[None]]
