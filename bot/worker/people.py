"""Keeping the directory true: people, user groups, and the direct messages of those on call."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from typing import Any, TypeVar

from bot.clock import Clock
from bot.domain.act import Workspace
from bot.domain.errors import StoreUnavailable
from bot.policy import Policy
from bot.services import directory
from bot.slack.answers import ids, listed, next_page
from bot.slack.client import SlackCalls
from bot.slack.errors import DeadTarget, RateLimited, Rejected, SlackError, Unreadable, code_of
from bot.slack.members import readable
from bot.store.database import Database
from bot.threads import Threads
from bot.worker.post import Post

log = logging.getLogger(__name__)

PAGE_SIZE = 200

Answer = TypeVar("Answer")


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
            page = partial(self._calls.call, "users.list", limit=PAGE_SIZE, cursor=cursor or None)
            answer = await _patiently(page)
            members = listed(answer, "members")
            known = await self._remember(workspace, members)
            if known < len(members):
                left_out = len(members) - known
                log.warning("Slack describes people in no known way", extra={"count": left_out})
            before, cursor = cursor, next_page(answer) or ""
            if cursor in ("", before):
                return

    async def _sync_group(self, workspace: Workspace, group: str) -> None:
        try:
            members = partial(self._calls.call, "usergroups.users.list", usergroup=group)
            users = ids(await _patiently(members), "users")
        except (Rejected, Unreadable) as error:
            # Who was in it stays in it.
            log.warning(
                "A user group of the policy cannot be read",
                extra={"group": group, "code": code_of(error)},
            )
            return
        await self._threads.write(directory.remember_group, self._db, workspace, group, users)

    async def _open_dms(self, workspace: Workspace) -> None:
        """Pages then take one call, not two."""
        for user in sorted(set(self._policy.people.values())):
            try:
                await _patiently(partial(self._post.open_dm, workspace, user))
            except (DeadTarget, Rejected, Unreadable) as error:
                log.warning(
                    "A person of the policy cannot be reached",
                    extra={"person": user, "code": code_of(error)},
                )

    async def _remember(self, workspace: Workspace, users: Iterable[Any]) -> int:
        """Store those who are described as people are; return how many they are."""
        known = readable(users)
        if not known:
            return 0
        return await self._threads.write(
            directory.remember_people, self._db, workspace, known, self._clock.now()
        )

    async def fetch_person(self, workspace: Workspace, user: str) -> bool:
        """Ask Slack for somebody who is not in the directory; False when it does not tell."""
        try:
            answer = await self._calls.call("users.info", user=user)
            return await self._remember(workspace, [answer.get("user")]) > 0
        except (SlackError, StoreUnavailable):
            return False


async def _patiently(call: Callable[[], Awaitable[Answer]]) -> Answer:
    """Nobody waits for it: it comes again as often as Slack says so."""
    while True:
        try:
            return await call()
        except RateLimited as limit:
            await asyncio.sleep(limit.after.total_seconds())
