"""Exports all of an incident as plain data, and verifies its timeline's hash chain."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.domain.ids import reference
from bot.domain.incidents.sealed import difference
from bot.domain.incidents.timeline import GENESIS, Entry, chain
from bot.domain.paging.ladders import person_of
from bot.store.database import Database
from bot.store.decisions import decisions
from bot.store.followups import tasks_and_reminders
from bot.store.incidents import incident_rows, timeline
from bot.store.paging import pages
from bot.store.tables import Decision, Incident, Page, PagingRun, Task, TimelineEntry
from bot.store.transaction import Table, Transaction

BATCH = 200
MOST_MISSING = 100
"""The most missing numbers to list for one workspace."""
_Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Flaw:
    reference: str
    what: str


def records(db: Database, number: int | None = None) -> Iterator[dict[str, Any]]:
    """Yield incidents with their timeline, pages and decisions, the oldest first."""
    for incident in _incidents(db, number):
        with db.reading() as tx:
            record = {
                "reference": reference(incident.number),
                "incident": incident.model_dump(mode="json"),
                **{name: rows(tx, incident.id) for name, rows in PARTS.values()},
            }
        # Outside the transaction: the consumer may take its time.
        yield record


def _entry(entry: TimelineEntry) -> dict[str, Any]:
    """Return an entry with its data as sealed; people who were paged by name are added beside."""
    asked = person_of(str(entry.data.get("team") or ""))
    handed_to = person_of(str(entry.data.get("to_team") or ""))
    people = {"person": asked, "to_person": handed_to}
    return {**entry.model_dump(mode="json"), **{key: one for key, one in people.items() if one}}


def _run(run: PagingRun) -> dict[str, Any]:
    """Return a run; for a person who was paged by name, `person` replaces the team key."""
    row = run.model_dump(mode="json")
    reasons = row["reasons"] and [_reason(reason) for reason in row["reasons"]]
    return _named({**row, "reasons": reasons}, "team_key", "person")


def _reason(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a reason with teams and people apart in the parts and questions that it passes on."""
    named = _named(row, "to", "to_person")
    parts = [(key, person_of(key)) for key in named.pop("parts", ())]
    told = {
        "parts": [key for key, person in parts if person is None],
        "parts_of": [person for _, person in parts if person is not None],
        "questions": [_named(one, "asked", "person") for one in named.pop("questions", ())],
    }
    return {**named, **{key: value for key, value in told.items() if value}}


def _named(row: Mapping[str, Any], key: str, name: str) -> dict[str, Any]:
    """Move a person's key from `key` to their user id under `name`; a team's key stays."""
    person = person_of(str(row.get(key) or ""))
    return dict(row) if person is None else {**row, key: None, name: person}


def _timeline(tx: Transaction, incident_id: str) -> _Rows:
    return [_entry(entry) for entry in timeline.timeline(tx, incident_id)]


def _runs(tx: Transaction, incident_id: str) -> _Rows:
    return [_run(run) for run in pages.runs_of(tx, [incident_id])]


def _pages(tx: Transaction, incident_id: str) -> _Rows:
    return [page.model_dump(mode="json") for page in pages.pages_of_incident(tx, incident_id)]


def _tasks(tx: Transaction, incident_id: str) -> _Rows:
    found = tasks_and_reminders.tasks_of(tx, incident_id)
    return [task.model_dump(mode="json") for task in found]


def _decisions(tx: Transaction, incident_id: str) -> _Rows:
    found = decisions.decisions(tx, incident_id)
    return [decision.model_dump(mode="json") for decision in found]


PARTS: Mapping[Table, tuple[str, Callable[[Transaction, str], _Rows]]] = {
    TimelineEntry: ("timeline", _timeline),
    PagingRun: ("runs", _runs),
    Page: ("pages", _pages),
    Task: ("tasks", _tasks),
    Decision: ("decisions", _decisions),
}
"""An incident's exported tables, in the order of the record."""


def _incidents(db: Database, number: int | None) -> Iterator[Incident]:
    after = ""
    while True:
        with db.reading() as tx:
            batch = incident_rows.batch(tx, after=after, number=number, limit=BATCH)
        yield from batch
        if len(batch) < BATCH:
            return
        after = batch[-1].id


def verify(db: Database) -> tuple[int, list[Flaw]]:
    """Return how many timelines were checked, and all flaws: broken seals, escalations that differ
    from their timelines, and escalations that are missing."""
    checked, flaws = _verified(db, _flaw_or_difference)
    return checked, [*flaws, *_missing(db)]


def verify_seals(db: Database) -> tuple[int, list[Flaw]]:
    """Check the seals alone: a wrong fact does not make a copy a bad copy."""
    return _verified(db, flaw_of)


_FlawOf = Callable[[Incident, list[TimelineEntry]], str | None]


def _verified(db: Database, flaw_in: _FlawOf) -> tuple[int, list[Flaw]]:
    checked, broken = 0, []
    for incident in _incidents(db, None):
        with db.reading() as tx:
            # Read together, so that a concurrent write does not look like a flaw.
            sealed = incident_rows.get(tx, incident.id) or incident
            entries = timeline.timeline(tx, incident.id)
        checked += 1
        what = flaw_in(sealed, entries)
        if what is not None:
            broken.append(Flaw(reference(incident.number), what))
    return checked, broken


def _flaw_or_difference(incident: Incident, entries: list[TimelineEntry]) -> str | None:
    if (flaw := flaw_of(incident, entries)) is not None:
        return flaw
    first = (entries[0].at, entries[0].actor) if entries else (incident.opened_at, "")
    return difference(incident, [Entry(entry.kind, entry.data) for entry in entries], first)


def _missing(db: Database) -> list[Flaw]:
    """Return the gaps: numbers are given one after another, and no escalation is ever deleted."""
    with db.reading() as tx:
        return [
            Flaw(reference(number), "it is missing, or its number was never given")
            for workspace in incident_rows.workspaces(tx)
            for number in incident_rows.odd_numbers(tx, workspace, MOST_MISSING)
        ]


def flaw_of(incident: Incident, entries: list[TimelineEntry]) -> str | None:
    """Return what is wrong with a timeline, None when every hash holds."""
    head = GENESIS
    for position, entry in enumerate(entries, start=1):
        if entry.seq != position:
            return f"entry {position} is missing"
        head = chain(head, entry.seq, entry.at, entry.actor, Entry(entry.kind, entry.data))
        if head != entry.hash:
            return f"entry {entry.seq} was altered"
    if len(entries) != incident.entries:
        return f"it has {len(entries)} entries, and {incident.entries} were written"
    if head != incident.head:
        return "its last seal differs"
    return None
