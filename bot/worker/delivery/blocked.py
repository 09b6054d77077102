"""What Slack wants left alone for now, as this process saw it when it claimed."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.domain.kinds import DeliveryKind
from bot.store.delivery import limits
from bot.store.delivery.claims import Claimed

# Whose limit is the workspace's: a 429 on one call of it concerns every lane.
_METHODS = {
    DeliveryKind.ROOM_CREATE: "conversations.create",
    DeliveryKind.ROOM_INVITE: "conversations.invite",
    DeliveryKind.ROOM_REMOVE: "conversations.kick",
    DeliveryKind.CARD_PIN: "pins.add",
}
_LOOKING_UP = ("conversations.history", "conversations.replies")
_FINDING_A_CHANNEL = ("users.conversations", "conversations.members")
_ONE_CHANNEL = frozenset({"chat.postMessage", "chat.update", "views.publish"})


def scope_of(method: str) -> str | None:
    """Return what a 429 of this method blocks for every lane; None where it is its channel's."""
    return None if method in _ONE_CHANNEL else method


class Blocked:
    """The limits of every replica: a workspace, a method in it, or a lane, until a moment."""

    def __init__(self) -> None:
        self._until: Mapping[str, datetime] = {}

    def know(self, until: Mapping[str, datetime]) -> None:
        """Go by these limits from now on."""
        self._until = until

    def refuses(self, lane: str) -> bool:
        """Whether Slack refused this lane, when it was last looked."""
        return limits.refused_scope(lane) in self._until

    def wait(self, claimed: Claimed, real: datetime) -> timedelta:
        """Return for how long a delivery has to wait; nothing, when it has not."""
        scopes = [limits.WORKSPACE]
        if claimed.kind in _METHODS:
            scopes.append(_METHODS[claimed.kind])
        if claimed.uncertain:
            making = claimed.kind is DeliveryKind.ROOM_CREATE
            scopes += _FINDING_A_CHANNEL if making else _LOOKING_UP
        untils = [self._until.get(f"{claimed.workspace.team_id}:{scope}") for scope in scopes]
        return max((until - real for until in untils if until), default=timedelta(0))
