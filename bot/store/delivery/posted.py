"""Finds messages in Slack by the deliveries that posted them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, Select, bindparam, func, or_, select
from sqlmodel import col
from sqlmodel import select as select_rows

from bot.domain.delivery import lanes
from bot.domain.delivery.about import About
from bot.domain.delivery.delivery_states import DeliveryState, Priority
from bot.domain.ids import first_id, new_id
from bot.domain.kinds import OUTSIDE, DeliveryKind
from bot.store.delivery.claims import Claimed
from bot.store.delivery.outbox import Outgoing
from bot.store.sql.prepared import Prepared, one_of, one_of_these
from bot.store.tables import Delivery, Page, PagingRun, Reminder, Task
from bot.store.transaction import Transaction

# A message on its way may have older facts. The edit is in the same lane, so it comes after the
# message. A message with an unknown outcome is edited when it is found.
_MAY_STAND = (DeliveryState.SENT, DeliveryState.DUE, DeliveryState.SENDING)


@dataclass(frozen=True, slots=True)
class PostedMessage:
    """A message that is in Slack, or is on its way there."""

    id: str
    kind: DeliveryKind
    subject: str
    lane: str
    priority: int
    incident_id: str | None
    target: str | None
    thread_ts: str | None
    key: str
    sent: bool


def of(claimed: Claimed) -> PostedMessage:
    """Return the message that a claimed delivery posts."""
    return PostedMessage(
        claimed.id,
        claimed.kind,
        claimed.subject,
        claimed.lane,
        claimed.priority,
        claimed.incident_id,
        claimed.target,
        claimed.thread_ts,
        "",
        sent=False,
    )


def of_subjects(
    tx: Transaction, subjects: Iterable[str], kinds: Collection[DeliveryKind]
) -> list[PostedMessage]:
    """Return the messages about these subjects, the oldest first."""
    wanted = sorted(set(subjects))
    if not wanted or not kinds:
        return []
    return _found(tx, _of_subjects(tx.dialect, frozenset(kinds)), subjects=wanted)


@cache
def _of_subjects(dialect: str, kinds: frozenset[DeliveryKind]) -> Prepared:
    return Prepared(_standing(kinds).where(one_of(dialect, col(Delivery.subject), "subjects")))


def of_incident(
    tx: Transaction, incident_id: str, about: Collection[About], kinds: Collection[DeliveryKind]
) -> list[PostedMessage]:
    """Return the messages about an incident, its pages, runs, tasks or reminders."""
    about = frozenset(about) & (_WHOSE.keys() | {About.INCIDENT})
    if not about or not kinds:
        return []
    return _found(tx, _of_incident(about, frozenset(kinds)), incident=incident_id)


@cache
def _of_incident(about: frozenset[About], kinds: frozenset[DeliveryKind]) -> Prepared:
    incident: BindParameter[str] = bindparam("incident")
    subjects: list[Any] = [
        col(Delivery.subject).in_(select(column).where(whose == incident))
        for each, (column, whose) in _WHOSE.items()
        if each in about
    ]
    if About.INCIDENT in about:
        subjects.append(col(Delivery.subject) == incident)
    return Prepared(_standing(kinds).where(or_(*subjects)))


def of_kind_since(
    tx: Transaction, team_id: str, kinds: Collection[DeliveryKind], since: datetime
) -> list[PostedMessage]:
    """Return a workspace's messages of these kinds since then, whenever they were planned."""
    of_team = col(Delivery.team_id) == team_id
    rows = tx.execute(_standing(kinds).where(_worded_since(since), of_team))
    return [PostedMessage(**row) for row in rows.mappings()]


def _worded_since(since: datetime) -> Any:
    """Match messages planned or sent since then, and earlier ones on their way.

    A message's words are made when it is sent.
    """
    return or_(
        col(Delivery.id) >= first_id(since),
        col(Delivery.sent_at) >= since,
        col(Delivery.state).in_((DeliveryState.SENDING, DeliveryState.UNKNOWN)),
    )


_WHOSE: dict[About, tuple[Any, Any]] = {
    About.PAGE: (col(Page.id), col(Page.incident_id)),
    About.RUN: (col(PagingRun.id), col(PagingRun.incident_id)),
    About.TASK: (col(Task.id), col(Task.incident_id)),
    About.REMINDER: (col(Reminder.id), col(Reminder.incident_id)),
}


def _standing(kinds: Collection[DeliveryKind]) -> Select[*tuple[Any, ...]]:
    return (
        select(
            col(Delivery.id),
            col(Delivery.kind),
            col(Delivery.subject),
            col(Delivery.lane),
            col(Delivery.priority),
            col(Delivery.incident_id),
            col(Delivery.target),
            col(Delivery.thread_ts),
            col(Delivery.dedup_key).label("key"),
            (col(Delivery.state) == DeliveryState.SENT).label("sent"),
        )
        .where(
            one_of_these(col(Delivery.kind), sorted(kinds)),
            one_of_these(col(Delivery.state), _MAY_STAND),
        )
        .order_by(col(Delivery.id))
    )


def _found(tx: Transaction, query: Prepared, **values: Any) -> list[PostedMessage]:
    return [PostedMessage(**row) for row in tx.read(query, **values)]


def get_many(tx: Transaction, ids: Collection[str]) -> dict[str, Delivery]:
    """Return deliveries by id. They have no place in Slack if none is known."""
    if not ids:
        return {}
    rows = tx.all(select_rows(Delivery).where(col(Delivery.id).in_(list(ids))))
    return {row.id: row for row in rows}


def was_said_again(tx: Transaction, row: Delivery) -> bool:
    """Tell whether a later delivery told the same person the same thing."""
    later = select(col(Delivery.id)).where(
        col(Delivery.subject) == row.subject,
        col(Delivery.kind) == row.kind,
        col(Delivery.target) == row.target,
        col(Delivery.id) > row.id,
        col(Delivery.state).in_((*_MAY_STAND, DeliveryState.UNKNOWN)),
    )
    return tx.execute(later.limit(1)).first() is not None


_WANTED = Prepared(
    select(func.count().label("many"))
    .select_from(Delivery)
    .where(
        col(Delivery.subject) == bindparam("about"), col(Delivery.kind) == bindparam("wanted_kind")
    )
)


def times_wanted(tx: Transaction, kind: DeliveryKind, subject: str) -> int:
    """Count the deliveries of a kind about a subject, in any state."""
    [row] = tx.read(_WANTED, about=subject, wanted_kind=kind)
    return int(row["many"])


def beside(tx: Transaction, claimed: Claimed) -> list[tuple[str, str]]:
    """Return the subject and the `ts` of each other message of the same kind that this person got
    about the same incident."""
    rows = tx.execute(
        select(col(Delivery.subject), col(Delivery.slack_ts)).where(
            col(Delivery.incident_id) == claimed.incident_id,
            col(Delivery.kind) == claimed.kind,
            col(Delivery.target) == claimed.target,
            col(Delivery.id) != claimed.id,
            col(Delivery.state) == DeliveryState.SENT,
            col(Delivery.slack_ts).is_not(None),
        )
    )
    return [(row["subject"], row["slack_ts"]) for row in rows.mappings()]


def edit(standing: PostedMessage, team_id: str, now: datetime) -> Outgoing:
    """Return an edit that brings a message up to date when it is sent. Waiting edits merge."""
    return Outgoing(
        kind=DeliveryKind.MESSAGE_EDIT,
        priority=Priority(max(standing.priority, Priority.NOTICE)),
        lane=lanes.in_workspace(team_id, standing.lane),
        subject=standing.id,
        incident_id=standing.incident_id,
        dedup_key=f"edit:{standing.id}:{new_id(now)}",
        merge_key=f"edit:{standing.id}",
        target=standing.target,
        thread_ts=standing.thread_ts,
    )


def homes_since(tx: Transaction, team_id: str, since: datetime) -> list[str]:
    """Return the people whose Home tabs were drawn in a workspace since then."""
    drawn = select(col(Delivery.subject)).where(
        col(Delivery.team_id) == team_id,
        col(Delivery.kind) == DeliveryKind.HOME,
        _worded_since(since),
    )
    return sorted(set(tx.execute(drawn).scalars()))


def outside_slack(tx: Transaction, incident_id: str) -> list[Delivery]:
    """Return an incident's messages that went out past Slack, or may have."""
    subjects = or_(
        col(Delivery.subject).in_(select(col(Page.id)).where(col(Page.incident_id) == incident_id)),
        col(Delivery.subject).in_(
            select(col(PagingRun.id)).where(col(PagingRun.incident_id) == incident_id)
        ),
    )
    gone = (DeliveryState.SENT, DeliveryState.SENDING, DeliveryState.UNKNOWN)
    return tx.all(
        select_rows(Delivery)
        .where(subjects, col(Delivery.kind).in_(OUTSIDE), col(Delivery.state).in_(gone))
        .order_by(col(Delivery.id))
    )
