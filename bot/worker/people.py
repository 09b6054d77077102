"""Keeping the directory true: people, user groups, and the direct messages of those on call."""

import asyncio
import logging
from typing import Any

from bot.clock import Clock
from bot.domain.act import Workspace
from bot.domain.errors import StoreUnavailable
from bot.policy import Policy
from bot.services import directory
from bot.slack.client import SlackCalls
from bot.slack.errors import DeadTarget, RateLimited, Rejected, SlackError
from bot.store.database import Database
from bot.threads import Threads
from bot.worker.post import Post

log = logging.getLogger(__name__)

PAGE_SIZE = 200
PATIENCE = 2.0


class People:
    """Asks Slack who is who: all at start and every hour, one at a time when somebody is new."""

    def __init__(
        self,
        calls: SlackCalls,
        post: Post,
        db: Database,
        policy: Policy,
        clock: Clock,
        threads: Threads,
    ) -> None:
        self._calls = calls
        self._post = post
        self._db = db
        self._policy = policy
        self._clock = clock
        self._threads = threads

    async def sync(self, workspace: Workspace) -> None:
        """Store every member, the groups of the policy, and open the on-calls' messages."""
        await self._sync_members(workspace)
        for group in self._policy.roles.groups:
            await self._sync_group(workspace, group)
        await self._open_dms(workspace)

    async def _sync_members(self, workspace: Workspace) -> None:
        cursor = ""
        while True:
            answer = await self._patiently("users.list", limit=PAGE_SIZE, cursor=cursor or None)
            await self._remember(workspace, answer.get("members", []))
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return

    async def _sync_group(self, workspace: Workspace, group: str) -> None:
        try:
            answer = await self._patiently("usergroups.users.list", usergroup=group)
        except Rejected as error:
            log.warning(
                "A user group of the policy cannot be read",
                extra={"group": group, "code": error.code},
            )
            return
        await self._threads.write(
            directory.remember_group, self._db, workspace, group, answer.get("users", [])
        )

    async def _open_dms(self, workspace: Workspace) -> None:
        """Pages then take one call, not two."""
        for user in sorted(set(self._policy.people.values())):
            try:
                await self._post.open_dm(workspace, user)
            except RateLimited as limit:
                await asyncio.sleep(limit.after.total_seconds())
            except (DeadTarget, Rejected) as error:
                log.warning(
                    "A person of the policy cannot be reached",
                    extra={"person": user, "code": error.code},
                )

    async def _patiently(self, method: str, **arguments: Any) -> Any:
        while True:
            try:
                return await self._calls.call(method, **arguments)
            except RateLimited as limit:
                await asyncio.sleep(limit.after.total_seconds())

    async def _remember(self, workspace: Workspace, users: list[Any]) -> None:
        await self._threads.write(
            directory.remember_people, self._db, workspace, users, self._clock.now()
        )

    async def fetch_person(self, workspace: Workspace, user: str) -> bool:
        """Ask Slack for somebody who is not in the directory; False when it does not tell.

        On the way to an ack, so it is given two seconds and no more.
        """
        try:
            async with asyncio.timeout(PATIENCE):
                answer = await self._calls.call("users.info", user=user)
            await self._remember(workspace, [answer["user"]])
        except (SlackError, StoreUnavailable, TimeoutError, KeyError):
            return False
        return True
