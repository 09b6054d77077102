"""What the timeline records about who may read an incident."""

from dataclasses import dataclass

from bot.domain.incidents.entries import NewEntry, PersonEntry
from bot.domain.incidents.timeline import EntryKind


@dataclass(frozen=True, kw_only=True)
class RequestedAccessEntry(NewEntry):
    kind = EntryKind.REQUESTED_ACCESS


@dataclass(frozen=True, kw_only=True)
class InvitedEntry(PersonEntry):
    kind = EntryKind.INVITED


@dataclass(frozen=True, kw_only=True)
class RefusedAccessEntry(PersonEntry):
    """`by_hand`: the person had been added to the channel."""

    kind = EntryKind.REFUSED_ACCESS
    reason: str
    by_hand: bool


@dataclass(frozen=True, kw_only=True)
class AddedEntry(PersonEntry):
    kind = EntryKind.ADDED
    by: str | None


@dataclass(frozen=True, kw_only=True)
class LeftEntry(PersonEntry):
    """`because`: why access ended, if the person did not leave the channel."""

    kind = EntryKind.LEFT
    because: str | None = None


@dataclass(frozen=True, kw_only=True)
class StayedEntry(PersonEntry):
    kind = EntryKind.STAYED
    error: str
