"""Keeps the directory current: people, user groups, and direct messages of those on call."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from contextlib import suppress
from functools import partial
from typing import Any, TypeVar

from bot.concurrency.threads import Threads
from bot.domain.act import Workspace
from bot.domain.errors import StoreUnavailable
from bot.policy import Policy
from bot.services.people import directory
from bot.services.people.directory import NO_SUCH_GROUP, Described
from bot.slack.answers import ids, listed, next_page, word
from bot.slack.client import SlackCalls
from bot.slack.errors import (
    DeadTarget,
    RateLimited,
    Rejected,
    SlackError,
    TokenLost,
    Unreadable,
    code_of,
)
from bot.slack.members import readable
from bot.store.database import Database
from bot.time_source import TimeSource
from bot.worker.metrics.process_metrics import ProcessMetrics
from bot.worker.people.direct_messages import DirectMessages

log = logging.getLogger(__name__)

PAGE_SIZE = 200

Answer = TypeVar("Answer")


class DirectorySync:
    """Reads the directory from Slack: all at start and hourly, and single people on demand."""

    def __init__(
        self,
        calls: SlackCalls,
        dms: DirectMessages,
        db: Database,
        policy: Policy,
        time_source: TimeSource,
        threads: Threads,
        figures: ProcessMetrics,
    ) -> None:
        self._calls = calls
        self._dms = dms
        self._db = db
        self._policy = policy
        self._time_source = time_source
        self._threads = threads
        self._unread = directory.parts(policy)
        self._figures = figures
        self._named = frozenset(policy.people.values())
        self._known_gone = frozenset[str]()
        self.none_is_left = False
        """Whether everyone in the policy counts as gone, by the last answer on each person."""

    @property
    def complete(self) -> bool:
        """Whether this process or an earlier one has read all of the directory once."""
        return not self._unread

    @property
    def roles_known(self) -> bool:
        """Whether each user group has been read once. Single people can be looked up on demand."""
        return self._unread <= {directory.EVERYONE}

    async def sync(self, workspace: Workspace) -> None:
        """Store the policy's groups and every member, and open direct messages to those on call.

        The groups come first: they take seconds, and roles come from them.
        """
        await self._look(workspace)
        await self._sync_groups(workspace, self._policy.roles.groups)
        await self._sync_members(workspace)
        await self._read(workspace, directory.EVERYONE)
        await self._open_dms(workspace)

    async def catch_up(self, workspace: Workspace) -> None:
        """Ask again about groups whose answer was unreadable."""
        await self._sync_groups(workspace, self._unread - {directory.EVERYONE})

    async def _look(self, workspace: Workspace) -> None:
        self._unread = await self._threads.read(directory.unread, self._db, self._policy, workspace)

    async def _read(self, workspace: Workspace, part: str) -> None:
        if part in self._unread:
            await self._threads.write(directory.mark_read, self._db, workspace, part)
            self._unread -= {part}

    async def _sync_groups(self, workspace: Workspace, groups: Iterable[str]) -> None:
        for group in groups:
            await self._sync_group(workspace, group)

    async def _sync_members(self, workspace: Workspace) -> None:
        cursor = ""
        while True:
            page = partial(self._calls.call, "users.list", limit=PAGE_SIZE, cursor=cursor or None)
            answer = await _patiently(page)
            told = listed(answer, "members")
            surely = self._named | await self._invited(workspace, told)
            members = [await self._surely(one, surely) for one in told]
            known = await self._remember(workspace, members)
            if known < len(members):
                left_out = len(members) - known
                log.warning("Slack describes people in an unknown way", extra={"count": left_out})
            before, cursor = cursor, next_page(answer) or ""
            if cursor in ("", before):
                return

    async def _invited(self, workspace: Workspace, told: Iterable[Any]) -> frozenset[str]:
        """People who have left, by Slack's list, and whose invitations would end."""
        left = [word(one, "id") for one in told if _has_left(one)]
        users = [user for user in left if user]
        return await self._threads.read(directory.seated, self._db, workspace, users)

    async def _surely(self, member: Any, surely: Collection[str]) -> Any:
        """Ask Slack about a person in the policy or with an invitation, if the list says they left.

        A list may be wrong about everyone. If Slack gives no answer, the person still counts.
        """
        user = word(member, "id")
        if not _has_left(member) or user not in surely:
            return member
        with suppress(DeadTarget, Rejected, TokenLost, Unreadable):
            answer = await _patiently(partial(self._calls.call, "users.info", user=user))
            if word(answer, "user", "id") == user:
                return answer["user"]
        return {**member, "deleted": False}

    async def _sync_group(self, workspace: Workspace, group: str) -> None:
        try:
            members = partial(self._calls.call, "usergroups.users.list", usergroup=group)
            users = await _members(members)
        except (DeadTarget, Rejected, TokenLost, Unreadable) as error:
            # Slack does not list its members, so the known members stay.
            log.warning(
                "A user group of the policy cannot be read",
                extra={"group": group, "code": code_of(error)},
            )
            if isinstance(error, Rejected):
                # This is a final answer: the bot may not read groups.
                await self._read(workspace, group)
            return
        write = self._threads.write
        lost = await write(directory.remember_group, self._db, workspace, group, users)
        if lost:
            directory.warn_of_empty_group(log, group, lost)
        self._unread -= {group}

    async def _open_dms(self, workspace: Workspace) -> None:
        """Open direct messages in advance, so that a page takes one call and not two."""
        await self._dms.read(workspace, self._named)
        for user in sorted(self._named):
            try:
                await _patiently(partial(self._dms.channel_with, workspace, user))
            except (DeadTarget, Rejected, TokenLost, Unreadable) as error:
                log.warning(
                    "A person of the policy cannot be reached",
                    extra={"person": user, "code": code_of(error)},
                )

    async def _remember(self, workspace: Workspace, users: Iterable[Any]) -> int:
        """Store the people whose description is readable, and return how many they are."""
        known = readable(users)
        if not known:
            return 0
        return await self._threads.write(
            directory.remember_people,
            self._db,
            self._policy,
            workspace,
            known,
            self._time_source.now(),
        )

    async def ask_of_the_gone(self, workspace: Workspace) -> None:
        """Ask Slack again about each person of the policy who counts as gone.

        It asks about one person at a time, because a list may be wrong about everyone.
        """
        gone = await self._gone(workspace)
        for user in sorted(gone):
            await self.fetch_person(workspace, user)
        still = await self._gone(workspace)
        self._figures.people_gone(len(still))
        if gone > still:
            log.warning("People count again", extra={"people": sorted(gone - still)})
        if still - self._known_gone:
            new = sorted(still - self._known_gone)
            told = {"count": len(new), "people": new, "of": len(self._named)}
            log.warning("People of the policy count as gone from Slack", extra=told)
        self._known_gone = still
        self.none_is_left = bool(self._named) and still >= self._named

    async def _gone(self, workspace: Workspace) -> frozenset[str]:
        return await self._threads.read(directory.left, self._db, workspace, self._named)

    async def fetch_person(self, workspace: Workspace, user: str) -> Described:
        """Ask Slack about a person who is missing from the directory, and store the answer."""
        try:
            answer = await self._calls.call("users.info", user=user)
            stored = await self._remember(workspace, [answer.get("user")]) > 0
        except DeadTarget:
            return Described.NOT_KNOWN
        except (SlackError, StoreUnavailable):
            return Described.NO_ANSWER
        return Described.STORED if stored else Described.NO_ANSWER


def _has_left(member: Any) -> bool:
    return isinstance(member, dict) and member.get("deleted") is True


async def _members(call: Callable[[], Awaitable[Mapping[str, Any]]]) -> list[str]:
    """Return a user group's members. A deleted group has none."""
    try:
        return ids(await _patiently(call), "users")
    except Rejected as error:
        if error.code != NO_SUCH_GROUP:
            raise
        return []


async def _patiently(call: Callable[[], Awaitable[Answer]]) -> Answer:
    """Repeat a call for as long as Slack limits it. No request waits for this."""
    while True:
        try:
            return await call()
        except RateLimited as limit:
            await asyncio.sleep(limit.after.total_seconds())
