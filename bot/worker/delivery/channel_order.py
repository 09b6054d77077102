"""In which order a channel is told things: for how long one message keeps others behind it."""

from datetime import datetime, timedelta

from bot.domain.ids import DeliveryId
from bot.store.delivery.claims import Claimed

_TRIES = 5
_TRIES_WHILE_AWAY = 120
_REMEMBERED = 1_000


class ChannelOrder:
    """What stands behind a message waits, until that has failed often enough.

    Only what fails while Slack takes other things is counted against the message. While Slack
    takes nothing at all it is not the message's fault: it keeps its turn for much longer, and
    nothing of that counts when Slack is back.
    """

    def __init__(self, lease: timedelta) -> None:
        self._lease = lease
        self._accepted_at: datetime | None = None
        """When Slack last took something from this process."""
        self._failed: dict[DeliveryId, int] = {}

    def accepted(self, claimed: Claimed, at: datetime) -> None:
        self._accepted_at = at
        self._failed.pop(claimed.id, None)

    def kept_by(self, claimed: Claimed) -> bool:
        """Whether its channel waits for it. A person's messages do not wait for one another."""
        return claimed.target is None

    def kept_after_failing(self, claimed: Claimed) -> bool:
        """The same, once a try of it has failed."""
        if not self.kept_by(claimed):
            return False
        if self._is_away(claimed):
            return claimed.attempts <= _TRIES_WHILE_AWAY
        failed = self._failed.pop(claimed.id, 0) + 1
        self._failed[claimed.id] = failed
        if len(self._failed) > _REMEMBERED:
            # The one that has failed longest ago: another replica has sent it, or nobody will.
            del self._failed[next(iter(self._failed))]
        return failed <= _TRIES

    def _is_away(self, claimed: Claimed) -> bool:
        claimed_at = claimed.lease_until - self._lease
        return self._accepted_at is None or self._accepted_at < claimed_at
