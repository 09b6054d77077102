"""All intervals and limits of the loops in one place, so that tests can shorten them."""

from dataclasses import dataclass
from datetime import timedelta

from bot.services.delivery.outcomes import BETWEEN_POSTS


@dataclass(frozen=True, slots=True)
class Timings:
    """`lease` is longer than `http_timeout`, so no other worker takes a row during its call."""

    lease: timedelta = timedelta(seconds=30)
    http_timeout: timedelta = timedelta(seconds=10)
    between_lookups: timedelta = timedelta(seconds=3)
    between_posts: timedelta = BETWEEN_POSTS
    poll: float = 0.25
    """Seconds between two looks into the outbox if nothing wakes the relay."""
    tick: float = 0.25
    in_flight: int = 128
    fewest_in_flight: int = 8
    """The lower limit of `in_flight` when calls to Slack time out."""
    for_pages: int = 32
    """How many of the `in_flight` slots are for pages only."""
    slow_after: float = 2.0
    """Seconds after which a hanging call gives its slot to another delivery."""
    most_hanging: int = 512
    first_backoff: timedelta = timedelta(seconds=1)
    longest_backoff: timedelta = timedelta(seconds=10)
    """After an outage, Slack gets the waiting messages within 30 seconds."""
    token_rest: timedelta = timedelta(seconds=15)
    """How long a workspace rests after Slack refuses its token."""
    first_refusal: timedelta = timedelta(seconds=5)
    longest_refusal: timedelta = timedelta(seconds=60)
    """The first and the longest rest of a place that Slack refuses."""
    channel_wait: timedelta = timedelta(seconds=2)
    plan_digests_every: timedelta = timedelta(seconds=20)
    heal_every: timedelta = timedelta(seconds=60)
    stale: timedelta = timedelta(seconds=20)
    """A probe every 10 seconds then notices a stuck loop within 30."""
    longest_overdue: timedelta = timedelta(seconds=60)
    """If work is overdue for longer, the bot no longer pages reliably and the heartbeat stops."""
    look_for_room_every: timedelta = timedelta(seconds=5)
    thorough_look: int = 6
    """One in this many looks stores as much as an escalation needs."""
    check_token_every: timedelta = timedelta(seconds=30)
    set_clock_every: timedelta = timedelta(seconds=15)
    sync_people_every: timedelta = timedelta(hours=1)
    ask_of_gone_every: timedelta = timedelta(minutes=1)
    retry_slack: float = 5.0
    """Seconds until the bot asks Slack again for its identity and the directory."""

    time_in_steps: bool = False
    """Whether time that a demonstration moves forward passes in steps instead of one jump."""
    stop_waits: float = 1.5
    """Most seconds that one step of that time waits until its messages are sent."""
    all_stops_wait: float = 8.0
    """Most seconds that all steps wait together, so that time goes on if Slack is away."""

    purge_every: timedelta = timedelta(hours=1)
    purge_rest: float = 0.05
    """Seconds between two batches of a purge."""

    def backoff(self, attempts: int) -> timedelta:
        """1, 2, 4 … up to 10 s. There is no last attempt."""
        return _doubled(self.first_backoff, attempts, self.longest_backoff)

    def after_refusal(self, attempts: int) -> timedelta:
        """5, 10, 20 … up to 60 s."""
        return _doubled(self.first_refusal, attempts, self.longest_refusal)


def _doubled(first: timedelta, attempts: int, longest: timedelta) -> timedelta:
    doubled: timedelta = first * 2 ** min(max(attempts - 1, 0), 10)
    return min(doubled, longest)
