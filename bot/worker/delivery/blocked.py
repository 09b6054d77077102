"""The rate limits and refusals in force, as of this process's last claim."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.services.delivery.message_kinds import MessageKinds
from bot.store.delivery import limits
from bot.store.delivery.claims import Claimed

_MAKING_A_CHANNEL = "conversations.create"
_LOOKING_UP = ("conversations.history", "conversations.replies")
_FINDING_A_CHANNEL = ("users.conversations", "conversations.members")
_ONE_CHANNEL = frozenset({"chat.postMessage", "chat.update", "views.publish"})


def scope_of(method: str) -> str | None:
    """Return what a 429 of this method blocks for every lane; None if only its channel."""
    return None if method in _ONE_CHANNEL else method


class Blocked:
    """The limits from all replicas, each with its end: of a workspace, a method in it or a lane."""

    def __init__(self, kinds: MessageKinds[Any]) -> None:
        self._kinds = kinds
        self._until: Mapping[str, datetime] = {}

    def know(self, until: Mapping[str, datetime]) -> None:
        """Use these limits from now on."""
        self._until = until

    def refuses(self, lane: str) -> bool:
        """Whether Slack refused this lane at the last claim."""
        return limits.refused_scope(lane) in self._until

    def wait(self, claimed: Claimed, real: datetime) -> timedelta:
        """Return how long a delivery must wait; zero or less if it need not."""
        scopes, method = [limits.WORKSPACE], self._kinds.rows[claimed.kind].limited_method
        if method is not None:
            scopes.append(method)
        if claimed.uncertain:
            scopes += _FINDING_A_CHANNEL if method == _MAKING_A_CHANNEL else _LOOKING_UP
        untils = [self._until.get(f"{claimed.workspace.team_id}:{scope}") for scope in scopes]
        return max((until - real for until in untils if until), default=timedelta(0))
