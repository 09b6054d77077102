"""Runs and pages."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import bindparam, case, func, or_, select, update
from sqlmodel import col
from sqlmodel import select as select_rows

from bot.domain.act import Workspace
from bot.domain.incidents.lifecycle import OPEN
from bot.domain.paging.ladders import STILL_ASKED, UNANSWERED, PageState, Position, RunState
from bot.store.sql.prepared import Prepared, one_of
from bot.store.tables import Incident, Page, PagingRun
from bot.store.transaction import Transaction, as_object, core

_UNREACHABLE = col(Page.state) == PageState.UNREACHABLE
_RUN = Prepared(select_rows(PagingRun).where(col(PagingRun.id) == bindparam("run")))
_PAGE = Prepared(select_rows(Page).where(col(Page.id) == bindparam("page")))
_OF_RUN = Prepared(
    select_rows(Page)
    .where(col(Page.run_id) == bindparam("run"))
    .order_by(col(Page.round), col(Page.step), col(Page.id))
)
_OF_INCIDENT = Prepared(
    select_rows(Page)
    .where(col(Page.incident_id) == bindparam("incident"))
    .order_by(col(Page.created_at), col(Page.id))
)
_TAKEN = Prepared(
    select_rows(Page)
    .join(PagingRun, col(PagingRun.id) == col(Page.run_id))
    .where(
        col(Page.incident_id) == bindparam("incident"), col(PagingRun.responder) == col(Page.target)
    )
    .order_by(col(Page.created_at), col(Page.id))
)
_MOVE = Prepared(
    update(core(PagingRun))
    .where(
        col(PagingRun.id) == bindparam("moved_id"),
        col(PagingRun.state) == RunState.PAGING,
        col(PagingRun.round) == bindparam("old_round"),
        col(PagingRun.step) == bindparam("old_step"),
    )
    .values(round=bindparam("to_round"), step=bindparam("to_step"), next_at=bindparam("at"))
)
_RECORD_SENT = Prepared(
    update(core(Page))
    .where(col(Page.id) == bindparam("page"), col(Page.message_ts).is_(None))
    .values(
        sent_at=bindparam("at"),
        channel_id=bindparam("there"),
        message_ts=bindparam("ts"),
        # Slack refused it before, and has taken it after all: it waits for an answer again.
        state=case((_UNREACHABLE, PageState.WAITING.value), else_=col(Page.state)),
        answered_at=case((_UNREACHABLE, None), else_=col(Page.answered_at)),
        reason=case((_UNREACHABLE, ""), else_=col(Page.reason)),
    )
)


def run(tx: Transaction, run_id: str) -> PagingRun | None:
    return tx.one(PagingRun, _RUN, run=run_id)


def page(tx: Transaction, page_id: str) -> Page | None:
    return tx.one(Page, _PAGE, page=page_id)


@cache
def _pages_among(dialect: str) -> Prepared:
    return Prepared(select_rows(Page).where(one_of(dialect, col(Page.id), "ids")))


def get_many(tx: Transaction, ids: Collection[str]) -> dict[str, Page]:
    if not ids:
        return {}
    found = tx.read(_pages_among(tx.dialect), ids=list(ids))
    return {row["id"]: as_object(Page, row) for row in found}


@cache
def _runs_among(dialect: str) -> Prepared:
    return Prepared(select_rows(PagingRun).where(one_of(dialect, col(PagingRun.id), "ids")))


def runs(tx: Transaction, ids: Collection[str]) -> dict[str, PagingRun]:
    if not ids:
        return {}
    found = tx.read(_runs_among(tx.dialect), ids=list(ids))
    return {row["id"]: as_object(PagingRun, row) for row in found}


@cache
def _overtaken_among(dialect: str) -> Prepared:
    passed = or_(col(PagingRun.round) != col(Page.round), col(PagingRun.step) != col(Page.step))
    answered = or_(col(PagingRun.state) != RunState.PAGING, col(Page.state) != PageState.WAITING)
    ended = or_(answered, passed)
    theirs = col(PagingRun.id) == col(Page.run_id)
    wanted = one_of(dialect, col(Page.id), "ids")
    return Prepared(select(col(Page.id)).join(PagingRun, theirs).where(wanted, ended))


def overtaken(tx: Transaction, ids: Collection[str]) -> set[str]:
    """Return the pages that were answered, or whose run has ended or gone on."""
    return {row["id"] for row in tx.read(_overtaken_among(tx.dialect), ids=list(ids))}


@cache
def _runs_of(dialect: str) -> Prepared:
    return Prepared(
        select_rows(PagingRun)
        .where(one_of(dialect, col(PagingRun.incident_id), "incidents"))
        .order_by(col(PagingRun.started_at), col(PagingRun.id))
    )


def runs_of(tx: Transaction, incident_ids: Collection[str]) -> list[PagingRun]:
    return tx.every(PagingRun, _runs_of(tx.dialect), incidents=list(incident_ids))


def paging_now(tx: Transaction, workspace: Workspace) -> list[PagingRun]:
    """Return the runs that still page people, in incidents that are open."""
    return tx.all(
        select_rows(PagingRun)
        .join(Incident, col(Incident.id) == col(PagingRun.incident_id))
        .where(
            col(Incident.team_id) == workspace.team_id,
            col(Incident.state).in_(list(OPEN)),
            col(PagingRun.state) == RunState.PAGING,
        )
        .order_by(col(PagingRun.id))
    )


def pages_of_run(tx: Transaction, run_id: str) -> list[Page]:
    return tx.every(Page, _OF_RUN, run=run_id)


def pages_of_incident(tx: Transaction, incident_id: str) -> list[Page]:
    return tx.every(Page, _OF_INCIDENT, incident=incident_id)


def taken(tx: Transaction, incident_id: str) -> list[Page]:
    """Return the pages of the people who took them on: each run's responder."""
    return tx.every(Page, _TAKEN, incident=incident_id)


def waiting_for(tx: Transaction, workspace: Workspace, user: str) -> list[Page]:
    """Return the pages that wait for a person's answer, the oldest first.

    Releases up to 0.2 left some waiting in incidents that have ended. Who could not be told in
    Slack may have been told otherwise.
    """
    return tx.all(
        select_rows(Page)
        .join(Incident, col(Incident.id) == col(Page.incident_id))
        .join(PagingRun, col(PagingRun.id) == col(Page.run_id))
        .where(
            col(Incident.ended_at).is_(None),
            col(Page.team_id) == workspace.team_id,
            col(Page.target) == user,
            col(Page.state).in_(STILL_ASKED),
            col(PagingRun.state).in_(UNANSWERED),
        )
        .order_by(col(Page.created_at), col(Page.id))
    )


def waiting_in(tx: Transaction, run_id: str, user: str) -> Page | None:
    """Return the newest page of a run that waits for a person's answer."""
    mine = [
        page
        for page in pages_of_run(tx, run_id)
        if page.target == user and page.state in STILL_ASKED
    ]
    return mine[-1] if mine else None


def count_overdue(tx: Transaction, incident_ids: Collection[str], now: datetime) -> dict[str, int]:
    """Count by incident the runs that nobody acknowledged in time."""
    rows = tx.execute(
        select(col(PagingRun.incident_id), func.count().label("runs"))
        .where(
            col(PagingRun.incident_id).in_(incident_ids),
            col(PagingRun.state).in_(UNANSWERED),
            col(PagingRun.ack_due_at) < now,
        )
        .group_by(col(PagingRun.incident_id))
    )
    return {row["incident_id"]: row["runs"] for row in rows.mappings()}


def move(
    tx: Transaction, run_id: str, before: Position, after: Position, next_at: datetime
) -> bool:
    """Advance a run that is still where the decision saw it; False when it is not."""
    seen = {"moved_id": run_id, "old_round": before.round, "old_step": before.step}
    values = {"to_round": after.round, "to_step": after.step, "at": next_at}
    return tx.run(_MOVE, [{**seen, **values}]) == 1


def pace(
    tx: Transaction, run_id: str, state: RunState, at: Position, values: Mapping[str, Any]
) -> bool:
    """Have a run go on by another ladder; False when it is no longer where the decision saw it."""
    seen = (
        col(PagingRun.id) == run_id,
        col(PagingRun.state) == state,
        col(PagingRun.round) == at.round,
        col(PagingRun.step) == at.step,
    )
    return tx.changed(update(PagingRun).where(*seen).values(**values)) == 1


def take_early_word(tx: Transaction, run_id: str, now: datetime) -> bool:
    """Mark that the early word of a run is said; False when it was said before."""
    unsaid = (col(PagingRun.id) == run_id, col(PagingRun.early_word_at).is_(None))
    return tx.changed(update(PagingRun).where(*unsaid).values(early_word_at=now)) == 1


def end_run(
    tx: Transaction, run_id: str, was: Iterable[RunState], values: Mapping[str, Any]
) -> bool:
    """End a run that is in one of the states `was`; False when somebody was faster."""
    return (
        tx.changed(
            update(PagingRun)
            .where(col(PagingRun.id) == run_id, col(PagingRun.state).in_(list(was)))
            .values(next_at=None, **values)
        )
        == 1
    )


def answer(tx: Transaction, page_id: str, state: PageState, now: datetime, reason: str) -> bool:
    """Settle one page that is still waiting."""
    return (
        tx.changed(
            update(Page)
            .where(col(Page.id) == page_id, col(Page.state) == PageState.WAITING)
            .values(state=state, answered_at=now, reason=reason)
        )
        == 1
    )


def supersede(tx: Transaction, run_id: str, now: datetime) -> None:
    """Settle every page of a run that still waits."""
    tx.execute(
        update(Page)
        .where(col(Page.run_id) == run_id, col(Page.state) == PageState.WAITING)
        .values(state=PageState.SUPERSEDED, answered_at=now)
    )


def replace(tx: Transaction, ids: Collection[str], now: datetime) -> None:
    """Settle pages that another one takes the place of, also where Slack refused them so far."""
    if ids:
        tx.execute(
            update(Page)
            .where(col(Page.id).in_(list(ids)), col(Page.state).in_(STILL_ASKED))
            .values(state=PageState.SUPERSEDED, answered_at=now)
        )


def refused_among(tx: Transaction, ids: Collection[str]) -> set[str]:
    """Return those of these pages that Slack refused when they were last tried."""
    if not ids:
        return set()
    return {page.id for page in get_many(tx, ids).values() if page.state is PageState.UNREACHABLE}


def forget_place(tx: Transaction, page_id: str) -> None:
    """A page no longer stands where it was posted."""
    gone = update(Page).where(col(Page.id) == page_id)
    tx.execute(gone.values(channel_id=None, message_ts=None))


def mark_repeat(tx: Transaction, page_id: str) -> None:
    """A page may stand in Slack twice from now on, and says so wherever it stands."""
    tx.execute(update(Page).where(col(Page.id) == page_id).values(may_repeat=True))


def record_sent(tx: Transaction, now: datetime, *places: tuple[str, str, str]) -> None:
    """Remember where pages stand: each one's id, channel and ts."""
    rows = [
        {"page": page_id, "at": now, "there": channel, "ts": ts} for page_id, channel, ts in places
    ]
    tx.run(_RECORD_SENT, rows)
