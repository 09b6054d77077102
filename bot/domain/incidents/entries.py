"""What each kind of timeline entry records.

Names and values are sealed by the chain of hashes and read by every later release, so a field is
never renamed. A field with a default is left out of an entry that has the default.
"""

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from typing import Any, ClassVar

from bot.domain.access.visibility import Tier
from bot.domain.ids import UserId
from bot.domain.incidents.lifecycle import State
from bot.domain.incidents.results import NewDecision
from bot.domain.incidents.severity import Severity
from bot.domain.incidents.timeline import Entry, EntryKind


@dataclass(frozen=True, kw_only=True)
class NewEntry:
    """An entry to append."""

    kind: ClassVar[EntryKind]

    def entry(self) -> Entry:
        return Entry(self.kind, self.data())

    def data(self) -> Mapping[str, Any]:
        """Return the JSON values. `from` is a word of Python's, so that field is `from_` here."""
        values = ((one, getattr(self, one.name)) for one in fields(self))
        return {
            one.name.removesuffix("_"): value
            for one, value in values
            if one.default is MISSING or value != one.default
        }


@dataclass(frozen=True, kw_only=True)
class PersonEntry(NewEntry):
    person: str


@dataclass(frozen=True, kw_only=True)
class OpenedEntry(NewEntry):
    """`message`: a permalink. `incident` and `workspace` tell whose timeline this is."""

    kind = EntryKind.OPENED
    title: str
    severity: Severity
    category: str
    source: str | None
    tier: Tier
    message: str | None
    incident: str
    workspace: str
    needs: Sequence[Mapping[str, Any]] | None


@dataclass(frozen=True, kw_only=True)
class StateEntry(NewEntry):
    kind = EntryKind.STATE
    from_: State
    to: State
    note: str


@dataclass(frozen=True, kw_only=True)
class DeclinedEntry(StateEntry):
    """`withdrawn`: how many tasks were."""

    withdrawn: int


@dataclass(frozen=True, kw_only=True)
class ResolvedEntry(StateEntry):
    """`follow_ups`: how many were planned."""

    kind = EntryKind.RESOLVED
    root_cause: str
    follow_ups: int


@dataclass(frozen=True, kw_only=True)
class DuplicateEntry(StateEntry):
    """`of`: the original's reference. `withdrawn`: how many tasks were."""

    kind = EntryKind.DUPLICATE
    of: str
    withdrawn: int


@dataclass(frozen=True, kw_only=True)
class ReopenedEntry(StateEntry):
    """`withdrawn`, `restored`: how many tasks were."""

    kind = EntryKind.REOPENED
    reason: str
    withdrawn: int
    restored: int


@dataclass(frozen=True, kw_only=True)
class HasDuplicateEntry(NewEntry):
    """`duplicate`: its reference."""

    kind = EntryKind.HAS_DUPLICATE
    duplicate: str


@dataclass(frozen=True, kw_only=True)
class SeverityEntry(NewEntry):
    kind = EntryKind.SEVERITY
    from_: Severity
    to: Severity
    reason: str


@dataclass(frozen=True, kw_only=True)
class OwnerEntry(NewEntry):
    kind = EntryKind.OWNER
    from_: str | None
    to: str | None


@dataclass(frozen=True, kw_only=True)
class EditedEntry(NewEntry):
    """`field`: the incident's column. Its values are kept as JSON."""

    kind = EntryKind.EDITED
    field: str
    from_: object
    to: object


@dataclass(frozen=True, kw_only=True)
class NoteEntry(NewEntry):
    kind = EntryKind.NOTE
    text: str


@dataclass(frozen=True, kw_only=True)
class UpdateEntry(NewEntry):
    kind = EntryKind.UPDATE
    text: str


@dataclass(frozen=True, kw_only=True)
class MessageEntry(NewEntry):
    """A message that a person pinned: where it is, not what it says."""

    kind = EntryKind.MESSAGE
    permalink: str
    author: str
    pinned_by: UserId


@dataclass(frozen=True, kw_only=True)
class DecisionEntry(NewEntry):
    """`decision`: its id."""

    kind = EntryKind.DECISION
    decision: str
    taken: NewDecision

    def data(self) -> Mapping[str, Any]:
        return {"decision": self.decision, **self.taken.to_json()}
