"""Keeps a channel's messages in order, and limits how long one holds up the next."""

from datetime import datetime, timedelta

from bot.domain.ids import DeliveryId
from bot.store.delivery.claims import Claimed

_TRIES = 5
_TRIES_WHILE_AWAY = 120
_REMEMBERED = 1_000


class ChannelOrder:
    """Later messages wait for a message until it has failed often enough.

    A failure counts only if Slack refused this message, or accepted something else in the meantime.
    While Slack does not answer, or refuses everything, the message is not at fault. It keeps its
    turn for much longer, and these failures do not count when Slack is back.
    """

    def __init__(self, lease: timedelta) -> None:
        self._lease = lease
        self._accepted_at: datetime | None = None
        """When Slack last accepted something from this process."""
        self._failed: dict[DeliveryId, int] = {}

    def accepted(self, claimed: Claimed, at: datetime) -> None:
        self._accepted_at = at
        self._failed.pop(claimed.id, None)

    def kept_by(self, claimed: Claimed) -> bool:
        """Whether its channel waits for it. Messages to a person do not wait for one another."""
        return claimed.target is None

    def kept_after_failing(self, claimed: Claimed, *, at_fault: bool = False) -> bool:
        """Whether its channel still waits for it after a failed try.

        `at_fault`: Slack answered, and does not refuse everything.
        """
        if not self.kept_by(claimed):
            return False
        if not at_fault and self._is_away(claimed):
            return claimed.attempts <= _TRIES_WHILE_AWAY
        failed = self._failed.pop(claimed.id, 0) + 1
        self._failed[claimed.id] = failed
        if len(self._failed) > _REMEMBERED:
            # Forget the oldest failure: another replica has sent that message, or none will.
            del self._failed[next(iter(self._failed))]
        return failed <= _TRIES

    def _is_away(self, claimed: Claimed) -> bool:
        claimed_at = claimed.lease_until - self._lease
        return self._accepted_at is None or self._accepted_at < claimed_at
