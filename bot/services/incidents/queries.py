"""Answers what people ask to see. Every title passes through `views.head_of` or `head_in`."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.access.rights import Deed, require
from bot.domain.act import Act
from bot.domain.errors import BadInput, NoAccess, NotFound, NotYours
from bot.domain.ids import parse_reference, reference
from bot.domain.incidents.timeline import EntryKind
from bot.domain.incidents.views import Card, Details, Head, TaskLine
from bot.domain.paging.ladders import UNANSWERED
from bot.domain.paging.page_messages import PageMessage
from bot.domain.problems.names import WhichEscalation
from bot.services import views
from bot.services.access import owned_ids
from bot.services.access.belonging import belongs_to, deeds_in, require_in
from bot.services.handover.held_parts import require_own_page, require_part
from bot.services.incidents import duplicates
from bot.services.incidents.duplicates import Sees, everyone_sees
from bot.services.incidents.team_rows import team_rows
from bot.services.paging.page_views import Around, page_message
from bot.store.access import participants
from bot.store.database import Database
from bot.store.decisions import decisions
from bot.store.followups import tasks_and_reminders
from bot.store.incidents import incident_rows, timeline
from bot.store.paging import pages
from bot.store.tables import Incident, TimelineEntry
from bot.store.tables.states import ChannelState
from bot.store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class FoundIncident:
    incident_id: str
    reference: str


def find(
    db: Database,
    act: Act,
    named: str | None,
    channel: str | None = None,
    thread_ts: str | None = None,
) -> FoundIncident:
    """Find the incident that a person names, or the one whose channel they are in."""
    with db.reading() as tx:
        if named:
            number = parse_reference(named)
            incident = incident_rows.by_number(tx, act.workspace, number)
            if incident is None:
                raise NotFound("incident", reference(number))
        else:
            incident = (
                incident_rows.by_channel(tx, act.workspace, channel, thread_ts) if channel else None
            )
            if incident is None:
                raise BadInput("incident", WhichEscalation(reference(12)))
        return FoundIncident(incident.id, reference(incident.number))


def is_archived(db: Database, act: Act, incident_id: str) -> bool:
    """Tell whether an incident's channel is archived, so that nothing can be posted there."""
    with db.reading() as tx:
        incident = incident_rows.get(tx, incident_id)
    if incident is None or incident.team_id != act.workspace.team_id:
        return False
    return incident.room is ChannelState.ARCHIVED


def head(db: Database, act: Act, incident_id: str, deed: Deed = Deed.READ) -> Head:
    """Return the incident as this person may see it; raises NoAccess for an outsider.

    With a deed, raises NotPermitted or HoldsNothing if they may not do it there, so that a form
    opens only for people who may send it. An outsider too may hand over a page that waits for them.
    """
    with db.reading() as tx:
        passes = deed is Deed.HAND_OVER
        incident, seen = readable(tx, act, incident_id, deed, uninvited_too=passes)
        if passes and not seen.full:
            require_own_page(tx, incident, act)
        elif passes:
            require_part(tx, incident, act)
        return seen


def readable(
    tx: Transaction,
    act: Act,
    incident_id: str,
    deed: Deed = Deed.READ,
    *,
    uninvited_too: bool = False,
) -> tuple[Incident, Head]:
    """Return an incident that this person may read; raises NoAccess for an outsider."""
    incident = incident_rows.get(tx, incident_id)
    if incident is None or incident.team_id != act.workspace.team_id:
        raise NotYours
    require(act, Deed.READ)
    seats = participants.seats(tx, incident.id)
    seen = views.head_of(incident, act, invited=seats)
    if not seen.full and not uninvited_too:
        raise NoAccess(seen.reference, incident.id)
    require_in(tx, act, incident, deed, seats)
    return incident, seen


def details(db: Database, act: Act, incident_id: str, newest: int | None = 20) -> Details:
    """Return the card and the newest timeline entries; `newest` None returns all."""
    with db.reading() as tx:
        incident, shown = readable(tx, act, incident_id)
        entries = timeline.timeline(tx, incident_id, newest=newest)
        sees = duplicates.seen_by(tx, act)
        shared = [one for one in entries if _is_shared(one) or one.actor == act.user]
        return Details(
            card=card_of(tx, incident, shown, act.now, sees=sees),
            entries=tuple(duplicates.entry_lines(tx, shared, sees)),
            deeds=_deeds(tx, act, incident),
            more_entries=incident.entries - len(entries),
        )


def _is_shared(entry: TimelineEntry) -> bool:
    """Tell whether an entry is for all: releases up to 0.2 recorded a person's own reminders."""
    return entry.kind is not EntryKind.REMINDER


def _deeds(tx: Transaction, act: Act, incident: Incident) -> frozenset[Deed]:
    """Return what this person may do there. ACKNOWLEDGE is included only while a team with them on
    its ladder waits."""
    belongs = belongs_to(incident, participants.seats(tx, incident.id), act.user)
    deeds = deeds_in(act, incident, belongs=belongs)
    waiting = (run for run in pages.runs_of(tx, [incident.id]) if run.state in UNANSWERED)
    if any(owned_ids.on_ladder(act, run, incident) for run in waiting):
        return deeds
    return deeds - {Deed.ACKNOWLEDGE}


def card_of(
    tx: Transaction,
    incident: Incident,
    shown: Head,
    now: datetime,
    *,
    in_thread: bool = False,
    sees: Sees = everyone_sees,
) -> Card:
    """Gather what a card shows; tasks and decisions only where the title may be shown too.

    `sees`: tells which other incidents the card's readers may see.
    """
    of_incident = pages.pages_of_incident(tx, incident.id)
    runs = pages.runs_of(tx, [incident.id])
    asked = shown.full and any(run.responder for run in runs)
    seats = participants.seats(tx, incident.id) if asked else None
    shown = duplicates.linked(tx, incident, shown, sees)
    return Card(
        head=shown,
        teams=team_rows(tx, incident, runs, of_incident, now, seats),
        tasks=tuple(
            views.task_line(task, shown)
            for task in tasks_and_reminders.open_tasks_of(tx, incident.id)
        )
        if shown.full
        else (),
        decisions=tuple(
            views.decision_line(decision) for decision in decisions.decisions(tx, incident.id)
        )
        if shown.full
        else (),
        now=now,
        in_thread=in_thread,
    )


def page(db: Database, act: Act, page_id: str, *, own: bool = False) -> PageMessage:
    """Return a page as one of its people may see it; with `own`, only for its recipient."""
    with db.reading() as tx:
        row = owned_ids.own_page(tx, act, page_id) if own else owned_ids.page(tx, act, page_id)
        run, incident = pages.run(tx, row.run_id), incident_rows.get(tx, row.incident_id)
        if run is None or incident is None:
            raise NotYours
        seen = views.head_of(incident, act, invited=participants.participants(tx, incident.id))
        ended = incident.ended_at is not None
        return page_message(row, run, seen, act.now, Around(), ended=ended)


def task(db: Database, act: Act, task_id: str) -> TaskLine:
    """Return a task, for its assignee or a person who may pass it on."""
    with db.reading() as tx:
        row = owned_ids.task(tx, act, task_id)
        incident = incident_rows.get(tx, row.incident_id)
        if incident is None:
            raise NotYours
        invited = participants.participants(tx, incident.id)
        return views.task_line(row, views.head_of(incident, act, invited=invited))
