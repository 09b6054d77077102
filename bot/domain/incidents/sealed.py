"""Compares an escalation's row with the facts that its timeline entries seal.

An entry seals a change of a fact as `from` and `to`. The entry's kind tells which fact changed. An
`edited` entry names the fact in `field`.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Protocol

from bot.domain.ids import first_id
from bot.domain.incidents.lifecycle import State
from bot.domain.incidents.timeline import Entry, EntryKind

FACTS = ("title", "category", "tier", "severity", "state", "owner")
_ONE_FACT = {
    EntryKind.STATE: "state",
    EntryKind.RESOLVED: "state",
    EntryKind.REOPENED: "state",
    EntryKind.DUPLICATE: "state",
    EntryKind.SEVERITY: "severity",
    EntryKind.OWNER: "owner",
}
_TIME_DIGITS = 10
"""The leading characters of an id that tell when it was made."""


class SealedFacts(Protocol):
    """An escalation's current row."""

    id: str
    team_id: str
    opened_by: str
    opened_at: datetime


def sealed(entries: Iterable[Entry]) -> dict[str, Any]:
    """Return each fact as the last entry about it leaves it. Facts with no entry are left out."""
    facts: dict[str, Any] = {}
    for entry in entries:
        if entry.kind is EntryKind.OPENED:
            facts = {name: entry.data[name] for name in FACTS if name in entry.data}
            facts |= {"state": State.NEW, "owner": None}
        elif (name := _changed_by(entry)) is not None:
            facts[name] = entry.data.get("to")
    return facts


def _changed_by(entry: Entry) -> str | None:
    """Return the fact that an entry changes; None if it changes none."""
    if entry.kind is not EntryKind.EDITED:
        return _ONE_FACT.get(entry.kind)
    name: str = entry.data.get("field", "")
    return name if name in FACTS else None


def difference(
    stands: SealedFacts, entries: Sequence[Entry], first: tuple[datetime, str]
) -> str | None:
    """Return the first difference between a row and its timeline; None if they agree.

    `first`: the time and the actor of the first entry.
    """
    if not entries or entries[0].kind is not EntryKind.OPENED:
        return "its first entry is not its opening"
    told = entries[0].data
    # Before 0.3.0 the first entry did not name the escalation. The time in the escalation's id and
    # the person who opened it identify it instead.
    own = (told.get("incident", stands.id), told.get("workspace", stands.team_id))
    foreign = own != (stands.id, stands.team_id)
    at, actor = first
    made = first_id(at)[:_TIME_DIGITS] == stands.id[:_TIME_DIGITS]
    if foreign or not made or (stands.opened_at, stands.opened_by) != (at, actor):
        return "its timeline is another escalation's"
    for name, value in sealed(entries).items():
        if getattr(stands, name) != value:
            return f"its {name} differs from its timeline"
    return None
