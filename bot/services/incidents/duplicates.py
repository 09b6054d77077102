"""A duplicate and its original name each other, where the reader may see the other one.

The original has to be open, so that a person keeps working on it.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from bot.domain.access.visibility import Place
from bot.domain.act import Act, Workspace
from bot.domain.errors import BadInput, NoAccess, NotFound, OriginalEnded
from bot.domain.ids import parse_reference, reference
from bot.domain.incidents.entries import HasDuplicateEntry
from bot.domain.incidents.lifecycle import OPEN
from bot.domain.incidents.timeline import EntryKind
from bot.domain.incidents.views import EntryLine, Head
from bot.domain.problems.commands import ADuplicateOfItself
from bot.domain.staleness import Change
from bot.services import views
from bot.services.locked import LockedIncident
from bot.services.staleness import keep_true_of
from bot.store.access import participants
from bot.store.incidents import incident_rows
from bot.store.tables import Incident, TimelineEntry
from bot.store.transaction import Transaction

Sees = Callable[[Incident], bool]
_NAMES = {EntryKind.DUPLICATE: "of", EntryKind.HAS_DUPLICATE: "duplicate"}


def everyone_sees(incident: Incident) -> bool:
    """Tell whether an incident may be named in a place with many readers."""
    return views.head_in(incident, Place.BROADCAST).full


def seen_by(tx: Transaction, act: Act) -> Sees:
    """Return a predicate: may this person read an incident?"""

    def sees(incident: Incident) -> bool:
        return views.head_of(incident, act, invited=participants.seats(tx, incident.id)).full

    return sees


def linked(tx: Transaction, incident: Incident, shown: Head, sees: Sees) -> Head:
    """Return the head with its original and its duplicates, as far as the reader `sees` them."""
    if not shown.full:
        return shown
    of = incident_rows.get(tx, incident.duplicate_of) if incident.duplicate_of else None
    return replace(
        shown,
        duplicate_of=incident_rows.name_of(of) if of is not None and sees(of) else None,
        duplicates=tuple(
            incident_rows.name_of(one)
            for one in incident_rows.duplicates_of(tx, incident.id)
            if sees(one)
        ),
    )


def entry_lines(
    tx: Transaction, entries: Iterable[TimelineEntry], sees: Sees
) -> Iterator[EntryLine]:
    """Return entries for a reader: they name another incident only if the reader may see it."""
    for entry in entries:
        line = views.entry_line(entry)
        key = _NAMES.get(line.kind)
        other = _other(tx, entry, str(line.data.get(key) or "")) if key else None
        if key and (other is None or not sees(other)):
            line = replace(line, data={k: v for k, v in line.data.items() if k != key})
        yield line


def _other(tx: Transaction, entry: TimelineEntry, named: str) -> Incident | None:
    if not named:
        return None
    workspace = Workspace(entry.team_id, entry.enterprise_id)
    return incident_rows.by_number(tx, workspace, parse_reference(named))


def lock_original(tx: Transaction, act: Act, incident_id: str, of: str) -> Incident:
    """Lock a duplicate and its original, and return the original; `of` is its reference.

    Raises OriginalEnded if the original has ended. Both are locked in one order. So two incidents
    that are closed as duplicates of each other at the same time cannot both find the other open.
    """
    number = parse_reference(of)
    found = incident_rows.by_number(tx, act.workspace, number)
    if found is None:
        raise NotFound("incident", reference(number))
    if found.id == incident_id:
        problem = ADuplicateOfItself(reference(number))
        raise BadInput("incident", problem, "duplicate ESC-12 of ESC-7", no_report=True)
    locked = {key: incident_rows.lock(tx, key) for key in sorted([incident_id, found.id])}
    original, ending = locked[found.id], locked[incident_id]
    assert original is not None
    require_seen(tx, act, original)
    if original.state not in OPEN and ending is not None and ending.state in OPEN:
        instead = _open_one_behind(tx, seen_by(tx, act), original)
        raise OriginalEnded(
            reference=reference(ending.number),
            original=reference(number),
            state=original.state,
            instead=reference(instead.number) if instead and instead.id != incident_id else None,
        )
    return original


def _open_one_behind(tx: Transaction, sees: Sees, ended: Incident) -> Incident | None:
    """Follow duplicates to an open one, as far as the person acting may know of each."""
    behind, met = ended, {ended.id}
    while behind.state not in OPEN:
        further = incident_rows.get(tx, behind.duplicate_of) if behind.duplicate_of else None
        # Earlier releases closed escalations as duplicates of each other.
        if further is None or further.id in met or not (sees(behind) and sees(further)):
            return None
        met.add(further.id)
        behind = further
    return behind


def tell_original(tx: Transaction, act: Act, original: Incident, duplicate: Incident) -> None:
    """Record on the original's timeline that it has a duplicate, and update its card."""
    locked = LockedIncident(tx, act, original)
    aloud = everyone_sees(duplicate)
    locked.record(HasDuplicateEntry(duplicate=incident_rows.name_of(duplicate)), aloud=aloud)
    locked.card_changed()
    locked.put_down()


def require_seen(tx: Transaction, act: Act, original: Incident) -> None:
    """Raise NoAccess unless the person may read the original that they name. Beside a title, the
    reference of a restricted one would reveal what it is about."""
    if not seen_by(tx, act)(original):
        raise NoAccess(incident_rows.name_of(original), original.id)


def hidden(locked: LockedIncident) -> None:
    """Have posts about other incidents edited that name this one: fewer people may see it now."""
    cards_changed(locked)
    keep_true_of(locked, Change.TIER, *(one.id for one in _others(locked)))


def cards_changed(locked: LockedIncident) -> None:
    """Have the cards edited that name this incident."""
    locked.send(
        *(LockedIncident(locked.tx, locked.act, other).card_change() for other in _others(locked))
    )


def _others(locked: LockedIncident) -> list[Incident]:
    of = (
        incident_rows.get(locked.tx, locked.incident.duplicate_of)
        if locked.incident.duplicate_of
        else None
    )
    return [*incident_rows.duplicates_of(locked.tx, locked.id), *([of] if of is not None else [])]
