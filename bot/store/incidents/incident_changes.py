"""Changes to an incident's row, each named after the action."""

from datetime import datetime, timedelta
from typing import Unpack

from bot.domain.incidents.lifecycle import State
from bot.domain.incidents.results import Correction
from bot.domain.incidents.severity import Severity
from bot.store.tables import Incident
from bot.store.tables.incidents import IncidentColumns
from bot.store.tables.states import ChannelState


class IncidentChanges:
    """Gathers the changes to one incident, and applies each to the copy in memory at once."""

    def __init__(self, incident: Incident) -> None:
        self.incident = incident
        self._changed: IncidentColumns = {}

    def _change(self, **values: Unpack[IncidentColumns]) -> None:
        self._changed.update(values)
        vars(self.incident).update(values)

    def move_to(self, state: State) -> None:
        self._change(state=state)

    def mark_triaged(self, at: datetime) -> None:
        self._change(triaged_at=at)

    def mark_decided(self, at: datetime) -> None:
        self._change(decided_at=at)

    def mark_resolved(self, root_cause: str, at: datetime) -> None:
        self._change(resolved_at=at, root_cause=root_cause)

    def mark_ended(self, at: datetime) -> None:
        self._change(ended_at=at)

    def mark_duplicate_of(self, original_id: str) -> None:
        self._change(duplicate_of=original_id)

    def mark_reopened(self) -> None:
        self._change(resolved_at=None, ended_at=None, duplicate_of=None)

    def set_severity(self, severity: Severity, update_every: timedelta) -> None:
        self._change(severity=severity, update_every=int(update_every.total_seconds()))

    def name_owner(self, user: str) -> None:
        self._change(owner=user)

    def set_update_due(self, due: datetime | None) -> None:
        """Set when the next update is due; with None, no one is asked for one."""
        self._change(update_due_at=due)

    def correct(self, to: Correction) -> None:
        changed: IncidentColumns = {}
        if to.title is not None:
            changed["title"] = to.title
        if to.category is not None:
            changed["category"] = to.category
        if to.references is not None:
            changed["references"] = list(to.references)
        if to.tier is not None:
            changed["tier"] = to.tier
        if to.needs is not None:
            changed["needs"] = [need.to_json() for need in to.needs]
        self._change(**changed)

    def want_channel(self) -> None:
        """Record that the incident has no place of its own, and waits for a channel."""
        self._change(
            room=ChannelState.WANTED,
            channel_id=None,
            channel_name=None,
            channel_private=None,
            thread_ts=None,
            card_ts=None,
        )

    def move_into_channel(self, channel: str, name: str, *, private: bool | None) -> None:
        self._change(
            channel_id=channel,
            channel_name=name,
            channel_private=private,
            room=ChannelState.CHANNEL,
            thread_ts=None,
            card_ts=None,
        )

    def move_into_thread(self, channel: str | None) -> None:
        """Move the incident into a thread of a shared channel, if the policy names one."""
        self._change(room=ChannelState.THREAD, channel_id=channel)

    def lose_thread(self) -> None:
        self._change(channel_id=None, thread_ts=None, card_ts=None)

    def mark_archived(self) -> None:
        self._change(room=ChannelState.ARCHIVED)

    def mark_restored(self) -> None:
        self._change(room=ChannelState.CHANNEL)

    def place_card(self, channel: str, ts: str, *, as_thread: bool) -> None:
        self._change(card_ts=ts, thread_ts=ts if as_thread else None, channel_id=channel)

    def forget_card(self) -> None:
        self._change(card_ts=None)

    def _seal(self, head: str, entries: int, at: datetime) -> None:
        """Store the head and length of the timeline's hash chain."""
        self._change(head=head, entries=entries, updated_at=at)
