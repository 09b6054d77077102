"""Finds runs and pages, and changes pages."""

from collections.abc import Collection
from datetime import datetime
from functools import cache

from sqlalchemy import bindparam, case, func, or_, select, update
from sqlmodel import col
from sqlmodel import select as select_rows

from bot.domain.act import Workspace
from bot.domain.incidents.lifecycle import OPEN
from bot.domain.paging.ladders import STILL_ASKED, UNANSWERED, PageState, Position, RunState
from bot.store.sql.prepared import Prepared, one_of
from bot.store.tables import Incident, Page, PagingRun
from bot.store.transaction import NewRow, Transaction, as_object, core

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
_RECORD_SENT = Prepared(
    update(core(Page))
    .where(col(Page.id) == bindparam("page"), col(Page.message_ts).is_(None))
    .values(
        sent_at=bindparam("at"),
        channel_id=bindparam("there"),
        message_ts=bindparam("ts"),
        # Slack refused the page before, and now accepted it: it waits for an answer again.
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
    """Return the ids of pages that were answered, or whose run has ended or moved on."""
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
    """Return the pages that went to the responder of their run."""
    return tx.every(Page, _TAKEN, incident=incident_id)


def waiting_for(tx: Transaction, workspace: Workspace, user: str) -> list[Page]:
    """Return the pages that wait for a person's answer, the oldest first.

    This leaves out incidents that have ended, because releases up to 0.2 left some pages waiting
    there. It includes pages that Slack refused, because they may have gone out another way.
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
    """Count the runs that no one acknowledged in time, by incident."""
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


def new_page(
    *, page_id: str, incident_id: str, run_id: str, at: Position, target: str, now: datetime
) -> NewRow:
    return NewRow(
        Page,
        {
            "id": page_id,
            "incident_id": incident_id,
            "run_id": run_id,
            "round": at.round,
            "step": at.step,
            "target": target,
            "state": PageState.WAITING,
            "created_at": now,
            "reason": "",
            "may_repeat": False,
        },
    )


def answer(tx: Transaction, page_id: str, state: PageState, now: datetime, reason: str) -> bool:
    """Settle one page; False if it no longer waits."""
    return (
        tx.changed(
            update(Page)
            .where(col(Page.id) == page_id, col(Page.state) == PageState.WAITING)
            .values(state=state, answered_at=now, reason=reason)
        )
        == 1
    )


def supersede(tx: Transaction, run_id: str, now: datetime) -> None:
    """Settle all waiting pages of a run."""
    tx.execute(
        update(Page)
        .where(col(Page.run_id) == run_id, col(Page.state) == PageState.WAITING)
        .values(state=PageState.SUPERSEDED, answered_at=now)
    )


def replace(tx: Transaction, ids: Collection[str], now: datetime) -> None:
    """Settle pages that another one replaces, even if Slack has refused them so far."""
    if ids:
        tx.execute(
            update(Page)
            .where(col(Page.id).in_(list(ids)), col(Page.state).in_(STILL_ASKED))
            .values(state=PageState.SUPERSEDED, answered_at=now)
        )


def refused_among(tx: Transaction, ids: Collection[str]) -> set[str]:
    """Return the pages among these that Slack refused at the last try."""
    if not ids:
        return set()
    return {page.id for page in get_many(tx, ids).values() if page.state is PageState.UNREACHABLE}


def forget_place(tx: Transaction, page_id: str) -> None:
    """Record that a page is no longer where it was posted."""
    gone = update(Page).where(col(Page.id) == page_id)
    tx.execute(gone.values(channel_id=None, message_ts=None))


def mark_repeat(tx: Transaction, page_id: str) -> None:
    """Record that a page may now be in Slack twice. Its text says so from then on."""
    tx.execute(update(Page).where(col(Page.id) == page_id).values(may_repeat=True))


def record_sent(tx: Transaction, now: datetime, *places: tuple[str, str, str]) -> None:
    """Store where pages are in Slack. Each place is a page's id, channel and ts."""
    rows = [
        {"page": page_id, "at": now, "there": channel, "ts": ts} for page_id, channel, ts in places
    ]
    tx.run(_RECORD_SENT, rows)
