"""How long the database keeps finished rows."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Keep:
    """How long finished rows stay in the database.

    The record is never deleted: incidents, their timelines, pages, decisions, tasks and the digests
    that were sent.
    """

    done: timedelta = timedelta(days=30)
    """Messages that were sent or withdrawn, and due work that was done or withdrawn."""
    dead: timedelta = timedelta(days=90)
    """Messages that Slack refused. They stay longer, so that an operator can find out why."""
    requests: timedelta = timedelta(days=7)
    """Keys of inbound requests. Slack repeats a request for an hour at most."""
    drills: timedelta = timedelta(days=3)
