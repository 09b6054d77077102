"""Who does something, when, and what makes it the same deed when it arrives twice."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from bot.domain.ids import UserId


class Role(IntEnum):
    """What a person may do, each including the ones before it.

    NOBODY is for guests, external people and everyone the policy does not name.
    """

    NOBODY = 0
    VIEWER = 1
    MEMBER = 2
    RESPONDER = 3
    MANAGER = 4
    ADMIN = 5

    @property
    def word(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Workspace:
    """One Slack workspace; every row carries both ids."""

    team_id: str
    enterprise_id: str | None = None


@dataclass(frozen=True, slots=True)
class Act:
    """One person's (or the bot's own) deed.

    `key` names the inbound request: a trigger_id, an event_id, a form's view id. A second
    act with the same key in the same workspace has no effect (`AlreadyHandled`).

    `kept_out`: a guest, somebody of another organisation, deactivated, or a bot. They are NOBODY
    whatever the policy says, and no invitation of theirs counts any more.

    `gone`: kept out only because Slack said that they have left.

    `unsure`: a user group of the policy has never been read, so the role may be a higher one.
    """

    workspace: Workspace
    user: UserId
    role: Role
    now: datetime
    key: str | None = None
    kept_out: bool = False
    gone: bool = False
    unsure: bool = False

    @property
    def by_the_bot(self) -> bool:
        return self.user == THE_BOT


THE_BOT = UserId("bot")


def by_the_bot(workspace: Workspace, now: datetime, key: str | None = None) -> Act:
    """An act of the bot itself: a timer fired, a delivery had an effect."""
    return Act(workspace=workspace, user=THE_BOT, role=Role.ADMIN, now=now, key=key)
