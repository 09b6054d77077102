"""What a timeline says of its escalation: the facts that its entries seal.

An entry seals a change of a fact as `from` and `to`. Which fact that is, its kind says; an
`edited` one names it itself, as `field`.
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
"""Of an id: when it was made."""


class SealedFacts(Protocol):
    """An escalation as its row has it now."""

    id: str
    team_id: str
    opened_by: str
    opened_at: datetime


def sealed(entries: Iterable[Entry]) -> dict[str, Any]:
    """Return the facts as the entries leave them; what none of them tells is left out."""
    facts: dict[str, Any] = {}
    for entry in entries:
        if entry.kind is EntryKind.OPENED:
            facts = {name: entry.data[name] for name in FACTS if name in entry.data}
            facts |= {"state": State.NEW, "owner": None}
        elif (name := _changed_by(entry)) is not None:
            facts[name] = entry.data.get("to")
    return facts


def _changed_by(entry: Entry) -> str | None:
    """Return the fact that an entry changes."""
    if entry.kind is not EntryKind.EDITED:
        return _ONE_FACT.get(entry.kind)
    name: str = entry.data.get("field", "")
    return name if name in FACTS else None


def difference(
    stands: SealedFacts, entries: Sequence[Entry], first: tuple[datetime, str]
) -> str | None:
    """Return the first thing in which a row is not what its timeline seals; None: it is that.

    `first`: when the first entry was written, and who wrote it.
    """
    if not entries or entries[0].kind is not EntryKind.OPENED:
        return "its first entry is not its opening"
    told = entries[0].data
    # Before 0.3.0 it did not name the escalation: the moment in its id and its opener must do.
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
