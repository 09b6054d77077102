"""Requests for access, questions about people brought in by hand, and the answers."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlmodel import col
from sqlmodel import select as select_rows

from bot.domain.ids import new_id
from bot.store.tables import AccessRequest, Incident, Participant
from bot.store.tables.states import RequestState
from bot.store.transaction import Transaction


def add(
    tx: Transaction,
    incident: Incident,
    person: str,
    now: datetime,
    *,
    by_hand: bool = False,
    added_by: str | None = None,
) -> str | None:
    """Open a request and return its id; None if the person already has an open one."""
    request_id = new_id(now)
    row = {
        "team_id": incident.team_id,
        "enterprise_id": incident.enterprise_id,
        "id": request_id,
        "incident_id": incident.id,
        "person": person,
        "by_hand": by_hand,
        "added_by": added_by,
        "asked_at": now,
        "state": RequestState.OPEN,
        "answered_by": None,
        "answered_at": None,
        "reason": "",
    }
    return request_id if tx.insert_new(AccessRequest, row) else None


def get(tx: Transaction, request_id: str) -> AccessRequest | None:
    return tx.first(select_rows(AccessRequest).where(col(AccessRequest.id) == request_id))


def last(tx: Transaction, incident_id: str, person: str) -> AccessRequest | None:
    """Return a person's last request for an incident."""
    return tx.first(
        select_rows(AccessRequest)
        .where(
            col(AccessRequest.incident_id) == incident_id,
            col(AccessRequest.person) == person,
            col(AccessRequest.by_hand).is_(False),
        )
        .order_by(col(AccessRequest.asked_at).desc(), col(AccessRequest.id).desc())
        .limit(1)
    )


def open_by_hand(tx: Transaction, incident_id: str) -> list[AccessRequest]:
    """Return the open questions about people who were brought into a channel by hand."""
    return tx.all(
        select_rows(AccessRequest)
        .where(
            col(AccessRequest.incident_id) == incident_id,
            col(AccessRequest.by_hand).is_(True),
            col(AccessRequest.state) == RequestState.OPEN,
        )
        .order_by(col(AccessRequest.asked_at), col(AccessRequest.id))
    )


def open_in(
    tx: Transaction, incident_ids: Sequence[str] | None = None, *, team_id: str | None = None
) -> list[AccessRequest]:
    """Return the open requests and questions in these incidents, or in a whole workspace."""
    where = (
        col(AccessRequest.team_id) == team_id
        if incident_ids is None
        else col(AccessRequest.incident_id).in_(incident_ids)
    )
    return tx.all(
        select_rows(AccessRequest)
        .where(where, col(AccessRequest.state) == RequestState.OPEN)
        .order_by(col(AccessRequest.id))
    )


def open_of(tx: Transaction, incident_id: str, person: str) -> list[AccessRequest]:
    """Return what is open about a person: their request, how they came in, or both."""
    return tx.all(
        select_rows(AccessRequest)
        .where(*_open_about(incident_id, person))
        .order_by(col(AccessRequest.id))
    )


def _open_about(incident_id: str, person: str) -> list[Any]:
    return [
        col(AccessRequest.incident_id) == incident_id,
        col(AccessRequest.person) == person,
        col(AccessRequest.state) == RequestState.OPEN,
    ]


def settle_all(
    tx: Transaction,
    incident_id: str,
    person: str,
    state: RequestState,
    now: datetime,
    by: str | None,
    reason: str = "",
) -> bool:
    """Answer everything that is open about a person; False if nothing is."""
    values = {"state": state, "answered_by": by, "answered_at": now, "reason": reason}
    theirs = update(AccessRequest).where(*_open_about(incident_id, person))
    return tx.changed(theirs.values(**values)) > 0


def settle(
    tx: Transaction,
    request_id: str,
    state: RequestState,
    now: datetime,
    *,
    by: str | None = None,
    reason: str = "",
) -> bool:
    """Answer an open request; False if it is not open any more."""
    values = {"state": state, "answered_by": by, "answered_at": now, "reason": reason}
    this = update(AccessRequest).where(
        col(AccessRequest.id) == request_id, col(AccessRequest.state) == RequestState.OPEN
    )
    return tx.changed(this.values(**values)) == 1


def settle_by_hand(
    tx: Transaction, incident_id: str, person: str, state: RequestState, now: datetime
) -> bool:
    """Close the open question about a person who was brought in by hand; False if there is none."""
    theirs = update(AccessRequest).where(
        *_open_about(incident_id, person), col(AccessRequest.by_hand).is_(True)
    )
    return tx.changed(theirs.values(state=state, answered_at=now)) == 1


def mark_left(tx: Transaction, incident_id: str, person: str, at: datetime | None) -> bool:
    """Record when an owner left the channel, or (None) that they are in it.

    False if they are not in the incident.
    """
    seat = update(Participant).where(
        col(Participant.incident_id) == incident_id, col(Participant.user_id) == person
    )
    return tx.changed(seat.values(left_at=at)) == 1


def has_left(tx: Transaction, incident_id: str, person: str) -> bool:
    """Tell whether an owner, who still reads the incident, has left its channel."""
    seat = select(col(Participant.left_at)).where(
        col(Participant.incident_id) == incident_id, col(Participant.user_id) == person
    )
    return tx.execute(seat).scalar() is not None


def end_seat(tx: Transaction, incident_id: str, person: str) -> bool:
    """Remove a person from an incident; False if they were not in it."""
    seat = delete(Participant).where(
        col(Participant.incident_id) == incident_id, col(Participant.user_id) == person
    )
    return tx.changed(seat) == 1
