"""The original of a duplicate. It has to be open, so that a person keeps working on it."""

from bot.domain.act import Act
from bot.domain.errors import BadInput, NotFound, OriginalEnded
from bot.domain.ids import parse_reference, reference
from bot.domain.incidents.lifecycle import OPEN
from bot.domain.problems.commands import ADuplicateOfItself
from bot.services.incidents.duplicates import Sees, require_seen, seen_by
from bot.store.incidents import incident_rows
from bot.store.tables import Incident
from bot.store.transaction import Transaction


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
