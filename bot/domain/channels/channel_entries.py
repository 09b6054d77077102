"""What the timeline records about an incident's channel."""

from dataclasses import dataclass

from bot.domain.incidents.entries import NewEntry
from bot.domain.incidents.timeline import EntryKind


@dataclass(frozen=True, kw_only=True)
class ChannelEntry(NewEntry):
    """`thread`: the shared channel in which a thread stands in for the incident's own. With an
    `error` and neither channel nor thread, the incident has no place. `happened`: the time of
    Slack's event, in seconds since 1970.
    """

    kind = EntryKind.CHANNEL
    channel: str | None = None
    thread: str | None = None
    error: str | None = None
    restored: bool = False
    happened: float | None = None
