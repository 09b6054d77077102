"""An act: the person, their role, the time, and the key that identifies a repeated request."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from bot.domain.ids import UserId


class Role(IntEnum):
    """How much a person may do. Each role includes the ones before it.

    Guests, external people and everyone whom the policy does not name are NOBODY.
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
    """One Slack workspace. Every row carries both ids."""

    team_id: str
    enterprise_id: str | None = None


@dataclass(frozen=True, slots=True)
class Act:
    """One action by a person, or by the bot itself.

    `key` names the inbound request: a trigger_id, an event_id, a form's view id. A second
    act with the same key in the same workspace has no effect (`AlreadyHandled`).

    `kept_out`: the person is a guest, belongs to another organisation, is deactivated, or is a
    bot. They are NOBODY whatever the policy says, and their invitations no longer count.

    `gone`: the person is kept out only because Slack said that they have left.

    `unsure`: one of the policy's user groups has never been read, so the role may be higher.
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
    """Return an act of the bot itself: a timer fired, or a delivery had an effect."""
    return Act(workspace=workspace, user=THE_BOT, role=Role.ADMIN, now=now, key=key)
