"""Moves an incident: state, owner, notes, updates, and its end."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.access.rights import Deed
from bot.domain.access.visibility import by_invitation
from bot.domain.act import Act
from bot.domain.errors import Already, BadInput, NothingToDo, ReasonNeeded
from bot.domain.followups.cadence import local_morning
from bot.domain.ids import UserId
from bot.domain.incidents.entries import (
    DeclinedEntry,
    DuplicateEntry,
    MessageEntry,
    NewEntry,
    NoteEntry,
    ReopenedEntry,
    ResolvedEntry,
    StateEntry,
    UpdateEntry,
)
from bot.domain.incidents.lifecycle import ENDED, OPEN, WORKING, State, check_move
from bot.domain.kinds import TimerKind
from bot.domain.problems.names import NotARootCause
from bot.domain.problems.texts import NoRootCause
from bot.domain.staleness import Change
from bot.policy import Policy
from bot.services.channels import channel
from bot.services.followups.task_schedule import restore, withdraw
from bot.services.followups.tasks import add_follow_up
from bot.services.incidents import duplicates
from bot.services.incidents.ownership import make_owner
from bot.services.locked import LockedIncident, lock_incident
from bot.services.paging.withdrawal import end_all, leave_unanswered
from bot.services.staleness import keep_true
from bot.services.stored_text import checked_text
from bot.store.database import Database
from bot.store.duework import timers
from bot.store.incidents.incident_rows import name_of
from bot.store.people import people_and_groups
from bot.store.tables.states import TaskKind


@dataclass(frozen=True, slots=True)
class Turned:
    """The result of a move, with what became of the escalation's tasks and follow-ups."""

    reference: str
    withdrawn: int = 0
    restored: int = 0
    of: str = ""
    """The reference of the original, for a duplicate."""
    unnamed: bool = False
    """Whether only people who may read the original see which one it is."""
    open_to_all: bool = False
    """Whether the original is unnamed but everyone may read the duplicate, so that a person may
    want to restrict it."""
    updated: bool = False
    """Whether the state stayed the same, so that the text is an update."""
    due_at: datetime | None = None
    """When the next update is due."""


def set_state(db: Database, act: Act, incident_id: str, to: State, note: str = "") -> Turned:
    """Move an incident to another working state; each ending has its own function."""
    note = checked_text("note", note, needed=False)
    match to:
        case State.RESOLVED:
            raise BadInput("status", NoRootCause(), "resolve")
        case State.REVIEWED:
            return close(db, act, incident_id, note)
        case State.REOPENED:
            return reopen(db, act, incident_id, note)
        case State.DECLINED:
            return decline(db, act, incident_id, note)
        case State.DUPLICATE:
            return duplicate(db, act, incident_id, note)
        case _:
            pass
    with (
        db.transaction(act) as tx,
        lock_incident(tx, act, incident_id, Deed.UPDATE, ended_too=True) as locked,
    ):
        _move(locked, to, note)
        if locked.incident.triaged_at is None and to in WORKING:
            locked.mark_triaged(act.now)
        locked.expect_update()
        return Turned(locked.reference)


def _move(locked: LockedIncident, to: State, note: str) -> None:
    _moved(locked, StateEntry(from_=locked.incident.state, to=to, note=note))


def _moved(locked: LockedIncident, told: StateEntry, *effects: NewEntry) -> None:
    """Record the move, and after it what it leads to."""
    check_move(locked.reference, told.from_, told.to)
    locked.move_to(told.to)
    locked.record(told, aloud=True)
    for effect in effects:
        locked.record(effect)
    if told.from_ in OPEN and told.to in OPEN:
        keep_true(locked, Change.MOVED)
    locked.card_changed()


def post_update(
    db: Database, act: Act, incident_id: str, text: str, to: State | None = None
) -> Turned:
    """Post an update to the channel and the timeline, and restart the time to the next one."""
    text = checked_text("note", text, of="update")
    if to in ENDED or to is State.REOPENED:
        return set_state(db, act, incident_id, to, text)
    with db.transaction(act) as tx, lock_incident(tx, act, incident_id, Deed.UPDATE) as locked:
        moves = to is not None and to is not locked.incident.state
        if to is not None and moves:
            _move(locked, to, text)
            if locked.incident.triaged_at is None and to in WORKING:
                locked.mark_triaged(act.now)
        else:
            locked.record(UpdateEntry(text=text), aloud=True)
            keep_true(locked, Change.UPDATED)
        locked.expect_update()
        locked.card_changed()
        return Turned(locked.reference, updated=not moves, due_at=locked.incident.update_due_at)


def add_note(db: Database, act: Act, incident_id: str, text: str) -> str:
    """Put a note on the timeline, also after the incident has ended."""
    text = checked_text("note", text)
    with (
        db.transaction(act) as tx,
        lock_incident(tx, act, incident_id, Deed.NOTE, ended_too=True) as locked,
    ):
        locked.record(NoteEntry(text=text))
        return locked.reference


def capture_message(db: Database, act: Act, incident_id: str, permalink: str, author: str) -> str:
    """Keep a message's permalink and author, never its text (a person pinned it with a pushpin)."""
    with (
        db.transaction(act) as tx,
        lock_incident(tx, act, incident_id, Deed.NOTE, ended_too=True) as locked,
    ):
        told = MessageEntry(permalink=permalink, author=author, pinned_by=act.user)
        locked.record(told)
        return locked.reference


def assign(db: Database, act: Act, incident_id: str, user: UserId) -> str:
    """Make a person the owner; they are invited and told."""
    with db.transaction(act) as tx, lock_incident(tx, act, incident_id, Deed.UPDATE) as locked:
        if locked.incident.owner == user:
            raise NothingToDo(locked.reference, Already.OWNED_BY, user)
        make_owner(locked, user, act.user)
        locked.card_changed()
        return locked.reference


def resolve(
    db: Database,
    policy: Policy,
    act: Act,
    incident_id: str,
    *,
    root_cause: str,
    note: str = "",
    follow_up_days: tuple[int, ...] | None = None,
    follow_up_owner: UserId | None = None,
) -> str:
    """End the acute part: paging stops, follow-ups begin (on the policy's days unless chosen)."""
    if root_cause not in policy.root_causes:
        raise BadInput("root_cause", NotARootCause(root_cause))
    note = checked_text("note", note, needed=False)
    days = policy.follow_up_days if follow_up_days is None else follow_up_days
    with (
        db.transaction(act) as tx,
        lock_incident(tx, act, incident_id, Deed.UPDATE, ended_too=True) as locked,
    ):
        told = ResolvedEntry(
            from_=locked.incident.state,
            to=State.RESOLVED,
            note=note,
            root_cause=root_cause,
            follow_ups=len(days),
        )
        _moved(locked, told)
        locked.mark_resolved(root_cause, act.now)
        owner = follow_up_owner or _owner_or(locked, act.user)
        if days:
            locked.give_to(owner)
        # An escalation reopened by an earlier release may still have old follow-ups.
        for entry in withdraw(locked, [TaskKind.FOLLOW_UP]):
            locked.record(entry)
        for day in days:
            due = local_morning(act.now, policy.default_zone, days=day)
            add_follow_up(locked, policy, owner, day, due)
        _end(locked)
        return locked.reference


def _owner_or(locked: LockedIncident, user: UserId) -> UserId:
    """Return the owner, or `user` if the owner left, became a guest or lost access. Such an owner
    gets nothing new: a follow-up would let them in again, which must be a person's decision."""
    owner = locked.incident.owner
    if owner is None or people_and_groups.gone(locked.tx, locked.act.workspace, [owner]):
        return user
    if by_invitation(locked.incident.tier) and owner not in locked.invited:
        return user
    return UserId(owner)


def _end(locked: LockedIncident) -> None:
    """Do what every ending has in common: paging and requests for updates stop."""
    ended_before = locked.incident.ended_at is not None
    locked.mark_ended(locked.act.now)
    end_all(locked)
    if not ended_before:
        keep_true(locked, Change.ENDED)
    locked.expect_update()
    timers.cancel_for_incident(locked.tx, locked.id, [TimerKind.PAGE_STEP, TimerKind.UPDATE_DUE])


def close(db: Database, act: Act, incident_id: str, note: str = "") -> Turned:
    """Close a resolved incident after its review; the note says what the review found."""
    with (
        db.transaction(act) as tx,
        lock_incident(tx, act, incident_id, Deed.END, ended_too=True) as locked,
    ):
        # It ended when it was resolved: the digest counts it as closed in that week.
        _move(locked, State.REVIEWED, note)
        keep_true(locked, Change.MOVED)
        return Turned(locked.reference)


def decline(db: Database, act: Act, incident_id: str, reason: str) -> Turned:
    """Close an incident that is no escalation, and say why. Tasks and follow-ups are withdrawn."""
    reason = checked_text("note", reason, needed=False)
    if not reason:
        raise ReasonNeeded(State.DECLINED)
    with (
        db.transaction(act) as tx,
        lock_incident(tx, act, incident_id, Deed.END, ended_too=True) as locked,
    ):
        withdrawn = withdraw(locked, list(TaskKind))
        turned = Turned(locked.reference, len(withdrawn))
        told = DeclinedEntry(
            from_=locked.incident.state,
            to=State.DECLINED,
            note=reason,
            withdrawn=turned.withdrawn,
        )
        _moved(locked, told, *withdrawn)
        _end(locked)
        return turned


def duplicate(db: Database, act: Act, incident_id: str, of: str) -> Turned:
    """Close an incident as a duplicate of another, with the reference `of`; tasks are withdrawn.

    Raises OriginalEnded if no one works on the original any more.
    """
    with db.transaction(act) as tx:
        original = duplicates.lock_original(tx, act, incident_id, of)
        with lock_incident(tx, act, incident_id, Deed.END, ended_too=True) as locked:
            withdrawn, name = withdraw(locked, list(TaskKind)), name_of(original)
            unnamed = not duplicates.everyone_sees(original)
            turned = Turned(
                locked.reference,
                len(withdrawn),
                of=name,
                unnamed=unnamed,
                open_to_all=unnamed and duplicates.everyone_sees(locked.incident),
            )
            told = DuplicateEntry(
                from_=locked.incident.state,
                to=State.DUPLICATE,
                note="",
                of=name,
                withdrawn=len(withdrawn),
            )
            _moved(locked, told, *withdrawn)
            locked.mark_duplicate_of(original.id)
            _end(locked)
            keep_true(locked, Change.ORIGINAL)
            duplicates.tell_original(tx, act, original, locked.incident)
            return turned


def reopen(db: Database, act: Act, incident_id: str, reason: str) -> Turned:
    """Reopen an incident, with a reason; the update cadence restarts.

    The resolution's follow-ups are withdrawn, and tasks that ended with the escalation come back.
    """
    reason = checked_text("why", reason, needed=False)
    if not reason:
        raise ReasonNeeded(State.REOPENED)
    with (
        db.transaction(act) as tx,
        lock_incident(tx, act, incident_id, Deed.END, ended_too=True) as locked,
    ):
        withdrawn, restored = withdraw(locked, [TaskKind.FOLLOW_UP]), restore(locked)
        turned = Turned(locked.reference, len(withdrawn), len(restored))
        told = ReopenedEntry(
            from_=locked.incident.state,
            to=State.REOPENED,
            note="",
            reason=reason,
            withdrawn=turned.withdrawn,
            restored=turned.restored,
        )
        _moved(locked, told, *withdrawn, *restored)
        duplicates.cards_changed(locked)
        was_duplicate = locked.incident.duplicate_of is not None
        locked.mark_reopened()
        leave_unanswered(locked)
        keep_true(locked, Change.REOPENED)
        if was_duplicate:
            keep_true(locked, Change.ORIGINAL)
        locked.expect_update()
        channel.reopened(locked)
        return turned
