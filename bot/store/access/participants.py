"""The people who are in an incident."""

from collections.abc import Collection, Iterable
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import bindparam, delete, or_, select
from sqlmodel import col

from bot.domain.access.visibility import Tier, by_invitation
from bot.domain.act import Workspace
from bot.store.sql.prepared import Prepared, one_of
from bot.store.tables import (
    Incident,
    Participant,
)
from bot.store.transaction import NewRow, Transaction, insert_or

OPEN_TIERS = [tier for tier in Tier if not by_invitation(tier)]


# First the people who belong to it, then those who only read it; each group by how long they are
# in it.
_IN_ORDER = (col(Participant.belongs).desc(), col(Participant.since), col(Participant.user_id))


_PARTICIPANTS = Prepared(
    select(col(Participant.user_id), col(Participant.belongs))
    .where(col(Participant.incident_id) == bindparam("incident"))
    .order_by(*_IN_ORDER)
)


@cache
def _invited(dialect: str) -> Prepared:
    """Add a participant, or raise a reader to one who belongs. Never the reverse.

    An owner who had left the channel counts as back in it.
    """
    new = insert_or(dialect, Participant)
    return Prepared(
        new.on_conflict_do_update(
            index_elements=[col(Participant.incident_id), col(Participant.user_id)],
            set_={"belongs": new.excluded.belongs | col(Participant.belongs), "left_at": None},
            where=(new.excluded.belongs & ~col(Participant.belongs))
            | col(Participant.left_at).is_not(None),
        )
    )


def first_seat(incident_id: str, user: str, now: datetime) -> NewRow:
    """Return the row for the person who opens an incident: they belong to it."""
    return NewRow(
        Participant,
        {
            "incident_id": incident_id,
            "user_id": user,
            "team_key": None,
            "since": now,
            "belongs": True,
        },
    )


def invite(
    tx: Transaction,
    incident: Incident,
    users: Iterable[str],
    team_key: str | None,
    now: datetime,
    *,
    belongs: bool,
) -> int:
    """Add participants; return how many are new, newly belong, or are back in the channel."""
    rows = [
        {
            "team_id": incident.team_id,
            "enterprise_id": incident.enterprise_id,
            "incident_id": incident.id,
            "user_id": user,
            "team_key": team_key,
            "since": now,
            "belongs": belongs,
        }
        for user in dict.fromkeys(users)
    ]
    return tx.run(_invited(tx.dialect), rows)


def seats(tx: Transaction, incident_id: str) -> dict[str, bool]:
    """Return the people in an incident; True for those who belong to it, False for readers."""
    rows = tx.read(_PARTICIPANTS, incident=incident_id)
    return {row["user_id"]: row["belongs"] for row in rows}


def participants(tx: Transaction, incident_id: str) -> list[str]:
    """Return the people in an incident: those who belong come first, then by how long."""
    return list(seats(tx, incident_id))


@cache
def _participants_among(dialect: str) -> Prepared:
    everyone = select(col(Participant.incident_id), col(Participant.user_id))
    theirs = everyone.where(one_of(dialect, col(Participant.incident_id), "ids"))
    return Prepared(theirs.order_by(*_IN_ORDER))


def participants_of(tx: Transaction, ids: Iterable[str]) -> dict[str, list[str]]:
    """Return the people in each of several incidents, by incident."""
    found: dict[str, list[str]] = {incident_id: [] for incident_id in ids}
    if found:
        for row in tx.read(_participants_among(tx.dialect), ids=list(found)):
            found[row["incident_id"]].append(row["user_id"])
    return found


def with_seats_of(
    tx: Transaction, workspace: Workspace, users: Collection[str]
) -> dict[str, list[str]]:
    """Return which of these people are in which incidents, by incident.

    Leaves out incidents that have ended, unless only invited people may read them.
    """
    if not users:
        return {}
    found = tx.execute(
        select(col(Participant.incident_id), col(Participant.user_id))
        .join(Incident, col(Incident.id) == col(Participant.incident_id))
        .where(
            *_seats_of(workspace, users),
            or_(col(Incident.ended_at).is_(None), col(Incident.tier).not_in(OPEN_TIERS)),
        )
    )
    seats: dict[str, list[str]] = {}
    for row in found.mappings():
        seats.setdefault(row["incident_id"], []).append(row["user_id"])
    return seats


def end_seats_of(tx: Transaction, workspace: Workspace, users: Collection[str]) -> None:
    """Remove these people from all incidents."""
    if users:
        tx.execute(delete(Participant).where(*_seats_of(workspace, users)))


def seated(tx: Transaction, workspace: Workspace, users: Collection[str]) -> frozenset[str]:
    """Return which of these people are in any incident."""
    if not users:
        return frozenset()
    theirs = select(col(Participant.user_id)).where(*_seats_of(workspace, users)).distinct()
    return frozenset(tx.execute(theirs).scalars())


def _seats_of(workspace: Workspace, users: Collection[str]) -> list[Any]:
    return [
        col(Participant.team_id) == workspace.team_id,
        col(Participant.user_id).in_(list(users)),
    ]


_INVITED = select(col(Participant.incident_id)).where(
    col(Participant.incident_id).in_(bindparam("incidents", expanding=True)),
    col(Participant.user_id) == bindparam("user"),
)


def invited_to(tx: Transaction, user: str, ids: Iterable[str]) -> frozenset[str]:
    """Return those of these incidents that a person is in."""
    asked = {"incidents": list(ids), "user": user}
    return frozenset(tx.execute(_INVITED, asked).scalars())
