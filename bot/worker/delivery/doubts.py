"""Asks Slack to confirm a refusal that concerns the whole workspace or a person.

Slack's error names a cause, but not how far it reaches. One channel may answer `account_inactive`,
and one wrong `user_not_found` must not cut off the person on call. So the workspace is held only if
`auth.test` refuses too, and a person has left only if `users.info` says so.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine, Hashable
from typing import Any

from bot.domain.act import Workspace
from bot.slack.client import SlackCalls
from bot.slack.errors import DeadTarget, PlaceRefused, Rejected, SlackError, TokenLost
from bot.store.delivery.claims import Claimed

log = logging.getLogger(__name__)

_HOLDS_FOR = 1.0
"""Seconds for which an answer is reused, so rows that are refused together ask once."""
_MOST_KEPT = 1_000


class Doubts:
    """Checks each refusal that may reach further than one place, once for refusals at one time."""

    def __init__(self, calls: SlackCalls) -> None:
        self._calls = calls
        self._asked: dict[Hashable, tuple[float, asyncio.Task[Any]]] = {}

    async def judged(self, claimed: Claimed, error: SlackError) -> SlackError:
        """Return the error that a delivery's refusal really amounts to."""
        match error:
            case TokenLost(code):
                confirmed = await self.token_refused()
                return PlaceRefused(code) if confirmed is None else TokenLost(confirmed)
            case DeadTarget(code) if claimed.target is None or not await self._left(claimed, code):
                return PlaceRefused(code)
            case _:
                return error

    async def token_refused(self) -> str | None:
        """Return the code with which Slack refuses the token itself; None if it does not."""
        refused: str | None = await self._once("auth.test", self._ask_of_us)
        return refused

    async def _ask_of_us(self) -> str | None:
        try:
            await self._calls.call("auth.test")
        except TokenLost as error:
            return error.code
        except SlackError:
            # No clear answer: then only the one place is refused.
            return None
        return None

    async def _left(self, claimed: Claimed, code: str) -> bool:
        user = claimed.target
        left: bool = await self._once((claimed.workspace.team_id, user), lambda: self._ask_of(user))
        if not left:
            log.warning(
                "Slack takes nothing for a person who, it says, has not left; "
                "they are asked again, and still counted in",
                extra={"person": user, "code": code},
            )
        return left

    async def _ask_of(self, user: str | None) -> bool:
        try:
            answer = await self._calls.call("users.info", user=user)
        except SlackError:
            # Even if Slack does not know the ID: that alone does not mark a person as gone.
            return False
        described = answer.get("user")
        if not isinstance(described, dict) or described.get("id") != user:
            return False
        return described.get("deleted") is True or described.get("is_bot") is True

    async def out_of_reach(self, workspace: Workspace, channel: str) -> bool:
        """Tell whether Slack no longer knows a channel or no longer shows it to the bot."""
        lost: bool = await self._once(
            (workspace.team_id, channel), lambda: self._ask_of_channel(channel)
        )
        return lost

    async def _ask_of_channel(self, channel: str) -> bool:
        try:
            await self._calls.call("conversations.info", channel=channel)
        except Rejected as error:
            return error.code == "channel_not_found"
        except SlackError:
            return False
        return False

    async def _once(self, key: Hashable, ask: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
        now = time.monotonic()
        known = self._asked.get(key)
        if known is None or (known[1].done() and now - known[0] > _HOLDS_FOR):
            if len(self._asked) >= _MOST_KEPT:
                self._asked.clear()
            known = self._asked[key] = (now, asyncio.create_task(ask()))
        return await asyncio.shield(known[1])
