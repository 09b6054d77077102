"""Finds messages that Slack has not accepted and that now go out another way.

These are pages, and the notices that no one acknowledged a run.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, false, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import col
from sqlmodel import select as select_rows

from bot.domain.act import Workspace
from bot.domain.delivery.delivery_states import DeliveryState, Priority
from bot.domain.incidents.severity import Severity
from bot.domain.kinds import OUTSIDE, DeliveryKind
from bot.domain.paging.ladders import UNANSWERED, PageState, RunState
from bot.store.delivery.limits import WORKSPACE
from bot.store.delivery.outbox_statements import IS_DUE, IS_UNSENT
from bot.store.tables import Delivery, Incident, Lane, Limit, Page, PagingRun
from bot.store.tables.states import ChannelState
from bot.store.transaction import Transaction

_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Unsent:
    """A page that waits for Slack and for an answer, or a notice that no one acknowledged a run.

    `subject` is the id of the page, or of the notice's run. A run can end without an answer more
    than once, but `delivery` stands for just one page or one notice to one person.
    """

    delivery: str
    kind: DeliveryKind
    subject: str
    incident_id: str
    workspace: Workspace
    target: str


def overdue(
    tx: Transaction,
    now: datetime,
    real: datetime,
    after: Mapping[Severity, timedelta],
    targets: Collection[str],
    limit: int,
) -> list[Unsent]:
    """Return these people's messages that Slack has not accepted for longer than `after`.

    `after` is by severity. If Slack refuses the token, they count at once. Messages that have
    already gone out another way are not among them.
    """
    fallback = aliased(Delivery)
    gone_out = select(col(fallback.id)).where(
        col(fallback.subject) == col(Delivery.subject),
        col(fallback.target) == col(Delivery.target),
        col(fallback.kind).in_(OUTSIDE),
        # If a run ends without an answer again, it has a new notice.
        or_(
            col(Delivery.kind) != DeliveryKind.EXHAUSTED,
            col(fallback.created_at) >= col(Delivery.created_at),
        ),
        # Withdrawn because the policy was edited: the person may have another way by now.
        col(fallback.state) != DeliveryState.CANCELLED,
    )
    due = [
        and_(col(Incident.severity) == severity, or_(_wanted() <= now - wait, _token_lost(real)))
        for severity, wait in after.items()
    ]
    waiting = [
        unanswered.where(
            IS_UNSENT,
            col(Delivery.target).in_(list(targets)),
            or_(false(), *due),
            ~gone_out.exists(),
        )
        .order_by(_wanted())
        .limit(limit)
        for unanswered in (_pages(), _notices())
    ]
    return [
        Unsent(
            row["id"],
            row["kind"],
            row["subject"],
            row["incident_id"],
            Workspace(row["team_id"], row["enterprise_id"]),
            row["target"],
        )
        for each in waiting
        for row in tx.execute(each).mappings()
    ]


def still_unsent(
    tx: Transaction, incident_id: str, subjects: Collection[str]
) -> set[tuple[str, str]]:
    """Return the subject and target of messages that Slack has not accepted, or never will, and
    that are still unanswered."""
    return {
        (row["subject"], row["target"])
        for unanswered in (_pages(), _notices())
        for row in tx.execute(
            unanswered.where(
                col(Delivery.subject).in_(list(subjects)),
                col(Delivery.incident_id) == incident_id,
                or_(IS_UNSENT, col(Delivery.state) == DeliveryState.DEAD),
            )
        ).mappings()
    }


@dataclass(frozen=True, slots=True)
class WaitingPages:
    """A page, or an incident without its channel, that waits untried behind a long limit."""

    subject: str
    incident_id: str
    workspace: Workspace


def behind(tx: Transaction, lanes: Collection[str]) -> list[WaitingPages]:
    """Return the pages that wait in these lanes and whose run is still at the page's step."""
    of_step = (
        col(Page.round) == col(PagingRun.round),
        col(Page.step) == col(PagingRun.step),
        col(PagingRun.state) == RunState.PAGING,
    )
    return _waiting(tx, _pages().where(IS_UNSENT, col(Delivery.lane).in_(list(lanes)), *of_step))


def without_place(tx: Transaction, teams: Collection[str]) -> list[WaitingPages]:
    """Return the incidents of these workspaces that have neither a channel nor a thread."""
    wanted = (
        select(*_FOUND)
        .join(Incident, col(Incident.id) == col(Delivery.incident_id))
        .where(
            IS_DUE,
            col(Delivery.kind) == DeliveryKind.CHANNEL_CREATE,
            col(Delivery.team_id).in_(list(teams)),
            col(Incident.room) == ChannelState.WANTED,
        )
    )
    return _waiting(tx, wanted)


def _waiting(tx: Transaction, found: Select[*tuple[Any, ...]]) -> list[WaitingPages]:
    rows = tx.execute(found.order_by(col(Delivery.id)).limit(_AT_ONCE)).mappings()
    return [
        WaitingPages(
            row["subject"],
            row["incident_id"],
            Workspace(row["team_id"], row["enterprise_id"]),
        )
        for row in rows
    ]


def reached_at(tx: Transaction, page_id: str) -> datetime | None:
    """Return when a gateway first accepted a page; None if none has."""
    first = select(func.min(col(Delivery.sent_at))).where(
        col(Delivery.subject) == page_id, col(Delivery.kind) == DeliveryKind.FALLBACK
    )
    return tx.execute(first).scalar_one()  # type: ignore[no-any-return]


def fallback_waits(tx: Transaction, now: datetime) -> bool:
    """Tell whether a lane that leads past Slack has a due delivery."""
    lane = select(col(Lane.key)).where(
        col(Lane.priority) == int(Priority.FALLBACK), col(Lane.pending_at) <= now
    )
    return tx.execute(lane.limit(1)).first() is not None


def newest_notice_at(tx: Transaction, run_id: str, target: str) -> datetime | None:
    """Return when the newest notice to this person about a run's end was created."""
    newest = select(func.max(col(Delivery.created_at))).where(
        col(Delivery.subject) == run_id,
        col(Delivery.target) == target,
        col(Delivery.kind) == DeliveryKind.EXHAUSTED,
    )
    return tx.execute(newest).scalar_one()  # type: ignore[no-any-return]


def notices_of(tx: Transaction, run_id: str) -> list[Delivery]:
    """Return the notices that a run ended without an answer, in Slack and past it, oldest first."""
    kinds = (DeliveryKind.EXHAUSTED, DeliveryKind.EXHAUSTED_OUTSIDE)
    of_run = col(Delivery.subject) == run_id, col(Delivery.kind).in_(kinds)
    return tx.all(select_rows(Delivery).where(*of_run).order_by(col(Delivery.id)))


_FOUND = (
    col(Delivery.id),
    col(Delivery.kind),
    col(Delivery.subject),
    col(Delivery.incident_id),
    col(Delivery.team_id),
    col(Delivery.enterprise_id),
    col(Delivery.target),
)


def _pages() -> Select[*tuple[Any, ...]]:
    of_run = (
        select(*_FOUND)
        .join(Page, col(Page.id) == col(Delivery.subject))
        .join(PagingRun, col(PagingRun.id) == col(Page.run_id))
    )
    return _not_over(of_run, DeliveryKind.PAGE).where(
        col(Page.state) == PageState.WAITING, col(PagingRun.state).in_(UNANSWERED)
    )


def _notices() -> Select[*tuple[Any, ...]]:
    newer = aliased(Delivery)
    told_anew = select(col(newer.id)).where(
        col(newer.subject) == col(Delivery.subject),
        col(newer.target) == col(Delivery.target),
        col(newer.kind) == DeliveryKind.EXHAUSTED,
        col(newer.created_at) > col(Delivery.created_at),
    )
    of_run = select(*_FOUND).join(PagingRun, col(PagingRun.id) == col(Delivery.subject))
    return _not_over(of_run, DeliveryKind.EXHAUSTED).where(
        col(PagingRun.state) == RunState.EXHAUSTED, ~told_anew.exists()
    )


def _not_over(of_run: Select[*tuple[Any, ...]], kind: DeliveryKind) -> Select[*tuple[Any, ...]]:
    """Keep only deliveries of one kind whose incident has not ended."""
    return of_run.join(Incident, col(Incident.id) == col(PagingRun.incident_id)).where(
        col(Delivery.kind) == kind, col(Incident.ended_at).is_(None)
    )


def _wanted() -> Any:
    return func.coalesce(col(Delivery.wanted_at), col(Delivery.due_at))


def _token_lost(real: datetime) -> Any:
    """Match deliveries of a blocked workspace: the bot blocks it when Slack refuses the token."""
    return (
        select(col(Limit.scope))
        .where(
            col(Limit.scope) == col(Delivery.team_id).concat(f":{WORKSPACE}"),
            col(Limit.blocked_until) > real,
        )
        .exists()
    )
