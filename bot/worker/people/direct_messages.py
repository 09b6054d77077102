"""The direct-message channels of a workspace's people, each opened once."""

from collections.abc import Collection

from bot.concurrency.threads import Threads
from bot.domain.act import Workspace
from bot.services.people import directory
from bot.slack.answers import needed
from bot.slack.client import SlackCalls
from bot.store.database import Database


class DirectMessages:
    """Remembers the channels here and in the directory, and opens those that are not known."""

    def __init__(self, calls: SlackCalls, db: Database, threads: Threads) -> None:
        self._calls = calls
        self._db = db
        self._threads = threads
        self._known: dict[tuple[str, str], str] = {}

    async def read(self, workspace: Workspace, users: Collection[str]) -> None:
        """Read in one query which of these people have an open channel."""
        for user, channel in (await self._stored(workspace, users)).items():
            if channel:
                self._known.setdefault((workspace.team_id, user), channel)

    async def channel_with(self, workspace: Workspace, user: str) -> str:
        """Return the channel, opened if it is not known."""
        key = (workspace.team_id, user)
        if key not in self._known:
            stored = await self._stored(workspace, [user])
            self._known[key] = stored[user] or await self.opened(workspace, user)
        return self._known[key]

    async def opened(self, workspace: Workspace, user: str) -> str:
        """Open the channel, even if it is known."""
        answer = await self._calls.call("conversations.open", users=user)
        channel = needed(answer, "channel", "id")
        await self._threads.write(directory.remember_dm, self._db, workspace, user, channel)
        self._known[workspace.team_id, user] = channel
        return channel

    async def _stored(self, workspace: Workspace, users: Collection[str]) -> dict[str, str | None]:
        return await self._threads.read(directory.dm_channels, self._db, workspace, users)
