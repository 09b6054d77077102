"""How long the database keeps what is over."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Keep:
    """How long what is over stays in the database. The record (incidents, their timelines, pages,
    decisions, tasks, digests that went out) is no part of this: it stays."""

    done: timedelta = timedelta(days=30)
    """Messages that were sent or withdrawn, due work that was done or withdrawn."""
    dead: timedelta = timedelta(days=90)
    """Messages that Slack refused: somebody may still look into why."""
    requests: timedelta = timedelta(days=7)
    """Keys of what came in. Slack repeats a request for an hour at most."""
    drills: timedelta = timedelta(days=3)
