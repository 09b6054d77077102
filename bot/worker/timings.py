"""How long things take and may take. One place, so that tests can run a lease in a second."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Timings:
    """`lease` is longer than `http_timeout`: nobody else takes a row that is still being sent."""

    lease: timedelta = timedelta(seconds=30)
    http_timeout: timedelta = timedelta(seconds=10)
    between_lookups: timedelta = timedelta(seconds=3)
    poll: float = 0.25
    """Seconds between two looks into the outbox when nothing wakes the relay."""
    tick: float = 0.25
    in_flight: int = 128
    fewest_in_flight: int = 8
    """When calls to Slack run out of time."""
    for_pages: int = 32
    """So many of those that are in flight may be pages only."""
    slow_after: float = 2.0
    """Seconds after which a call that hangs gives its slot to another delivery."""
    most_hanging: int = 512
    first_backoff: timedelta = timedelta(seconds=1)
    longest_backoff: timedelta = timedelta(seconds=10)
    """What waited while Slack was away has it within 30 seconds when it is back."""
    token_rest: timedelta = timedelta(seconds=15)
    """How long a workspace rests when Slack refuses its token."""
    first_refusal: timedelta = timedelta(seconds=5)
    longest_refusal: timedelta = timedelta(seconds=60)
    """How long one place rests that Slack refuses, at first and at last."""
    room_wait: timedelta = timedelta(seconds=2)
    plan_digests_every: timedelta = timedelta(seconds=20)
    heal_every: timedelta = timedelta(seconds=60)
    stale: timedelta = timedelta(seconds=20)
    """A probe every 10 seconds then notices within 30 that a loop stands still."""
    longest_overdue: timedelta = timedelta(seconds=60)
    """With older work than this nobody should believe that we page: the heartbeat stops."""
    look_for_room_every: timedelta = timedelta(seconds=5)
    thorough_look: int = 6
    """Every so many looks, one stores as much as an escalation needs."""
    check_token_every: timedelta = timedelta(seconds=30)
    set_clock_every: timedelta = timedelta(seconds=15)
    sync_people_every: timedelta = timedelta(hours=1)
    ask_of_gone_every: timedelta = timedelta(minutes=1)
    retry_slack: float = 5.0
    """Seconds until Slack is asked again who we are and who is there."""

    time_in_steps: bool = False
    """Whether time that a demonstration moves forward passes in order, and does not jump."""
    stop_waits: float = 1.5
    """Seconds for which a stop of that time waits until what it brought about is sent."""
    all_stops_wait: float = 8.0
    """Seconds for which all stops wait together: where Slack is away, time goes on."""

    purge_every: timedelta = timedelta(hours=1)
    purge_rest: float = 0.05
    """Seconds between two batches of what is cleared away."""

    def backoff(self, attempts: int) -> timedelta:
        """1, 2, 4 … up to 10 s, without end while it matters."""
        return _doubled(self.first_backoff, attempts, self.longest_backoff)

    def after_refusal(self, attempts: int) -> timedelta:
        """5, 10, 20 … up to 60 s."""
        return _doubled(self.first_refusal, attempts, self.longest_refusal)


def _doubled(first: timedelta, attempts: int, longest: timedelta) -> timedelta:
    doubled: timedelta = first * 2 ** min(max(attempts - 1, 0), 10)
    return min(doubled, longest)
