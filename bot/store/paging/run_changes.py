"""Changes to a run, each named after the action. The row count decides who was first."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, update
from sqlmodel import col

from bot.domain.paging.ladders import UNANSWERED, Ladder, Position, RunState
from bot.domain.paging.pace import Moved
from bot.domain.paging.reasons import Reason
from bot.store.sql.prepared import Prepared
from bot.store.tables import Incident, PagingRun
from bot.store.transaction import NewRow, Transaction, as_object, core

_LATER: Mapping[str, None] = {"responder": None, "acked_at": None, "early_word_at": None}
"""Columns that are empty when a run begins."""

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


def new_run(
    incident: Incident,
    *,
    run_id: str,
    team_key: str,
    team_name: str,
    ladder: Ladder,
    state: RunState,
    at: Position,
    next_at: datetime | None,
    reason: Reason,
    requested_by: str,
    by_entitled: bool,
    started_at: datetime,
    ack_due_at: datetime,
) -> PagingRun:
    """Return a run that is not stored yet."""
    return as_object(
        PagingRun,
        {
            "team_id": incident.team_id,
            "enterprise_id": incident.enterprise_id,
            "id": run_id,
            "incident_id": incident.id,
            "team_key": team_key,
            "team_name": team_name,
            "ladder": ladder.to_json(),
            "state": state,
            "round": at.round,
            "step": at.step,
            "next_at": next_at,
            "why": reason.words,
            "reasons": [reason.to_json()],
            "requested_by": requested_by,
            "started_at": started_at,
            "ack_due_at": ack_due_at,
            "by_entitled": by_entitled,
            **_LATER,
        },
    )


def added(run: PagingRun) -> NewRow:
    row = vars(run)
    given = (name for name in PagingRun.model_fields if name not in _LATER)
    return NewRow(PagingRun, {name: row[name] for name in given})


def move(
    tx: Transaction, run_id: str, before: Position, after: Position, next_at: datetime
) -> bool:
    """Advance a run; False if it is no longer at the position on which the decision was based."""
    seen = {"moved_id": run_id, "old_round": before.round, "old_step": before.step}
    values = {"to_round": after.round, "to_step": after.step, "at": next_at}
    return tx.run(_MOVE, [{**seen, **values}]) == 1


def go_on(
    tx: Transaction, run: PagingRun, moved: Moved, reasons: Iterable[Reason], asker: str | None
) -> PagingRun | None:
    """Continue a run on another ladder, and return its new state; None if it has changed since the
    decision.

    `asker`: the entitled person who now asks for the run; None keeps the one before.
    """
    values = {
        "ladder": moved.ladder.to_json(),
        "ack_due_at": moved.ack_due_at,
        "next_at": moved.next_at,
        "reasons": _to_json(reasons),
        **_asked_by(asker),
    }
    if moved.page is not None:
        at = moved.page.position
        values |= {"state": RunState.PAGING, "round": at.round, "step": at.step}
    if not _as_seen(tx, run, values):
        return None
    row = vars(run)
    return as_object(PagingRun, {**{name: row[name] for name in PagingRun.model_fields}, **values})


def give_reasons(
    tx: Transaction, run: PagingRun, reasons: Iterable[Reason], asker: str | None = None
) -> bool:
    """Store why a run is wanted; False if it has changed since the decision."""
    return _as_seen(tx, run, {"reasons": _to_json(reasons), **_asked_by(asker)})


def _as_seen(tx: Transaction, run: PagingRun, values: Mapping[str, Any]) -> bool:
    seen = (
        col(PagingRun.id) == run.id,
        col(PagingRun.state) == run.state,
        col(PagingRun.round) == run.round,
        col(PagingRun.step) == run.step,
    )
    return tx.changed(update(PagingRun).where(*seen).values(**values)) == 1


def _asked_by(asker: str | None) -> dict[str, Any]:
    return {} if asker is None else {"requested_by": asker, "by_entitled": True}


def _to_json(reasons: Iterable[Reason]) -> list[dict[str, Any]]:
    return [reason.to_json() for reason in reasons]


def take_early_word(tx: Transaction, run_id: str, now: datetime) -> bool:
    """Record that a run's early word has been sent; False if it was sent before."""
    unsaid = (col(PagingRun.id) == run_id, col(PagingRun.early_word_at).is_(None))
    return tx.changed(update(PagingRun).where(*unsaid).values(early_word_at=now)) == 1


def acknowledge(tx: Transaction, run_id: str, by: str, now: datetime) -> bool:
    """Give an unanswered run its responder; False if another person was faster, or it is over."""
    taken = {"state": RunState.ACKNOWLEDGED, "responder": by, "acked_at": now}
    return _end(tx, run_id, UNANSWERED, taken)


def exhaust(tx: Transaction, run_id: str) -> bool:
    """End a run whose ladder is used up; False if it does not page any more."""
    return _end(tx, run_id, [RunState.PAGING], {"state": RunState.EXHAUSTED})


def call_off(tx: Transaction, run_id: str, was: Iterable[RunState] = UNANSWERED) -> bool:
    """Call off a run that is in one of the states `was`; False if it is not."""
    return _end(tx, run_id, was, {"state": RunState.CANCELLED})


def pass_on(tx: Transaction, run_id: str, reasons: Iterable[Reason]) -> bool:
    """Call off an unanswered run; its new reasons say to whom it passed."""
    passed = {"state": RunState.CANCELLED, "reasons": _to_json(reasons)}
    return _end(tx, run_id, UNANSWERED, passed)


def _end(tx: Transaction, run_id: str, was: Iterable[RunState], values: Mapping[str, Any]) -> bool:
    ended = (
        update(PagingRun)
        .where(col(PagingRun.id) == run_id, col(PagingRun.state).in_(list(was)))
        .values(next_at=None, **values)
    )
    return tx.changed(ended) == 1
