"""Remembers handled requests, so that a second delivery of the same request has no effect."""

from functools import cache
from typing import Any

from sqlalchemy import bindparam, update
from sqlmodel import col, select

from bot.domain.act import Act, Workspace
from bot.domain.errors import AlreadyHandled
from bot.store.sql.prepared import Prepared, ToCome
from bot.store.tables import Inbound
from bot.store.transaction import Transaction, core, insert_or

NOT_STORED = "not stored"
"""The outcome of a request whose commit was lost on its way. It is never shown: the next attempt
takes over the key."""

_TAKE_OVER = Prepared(
    update(core(Inbound))
    .where(col(Inbound.key) == bindparam("taken_key"))
    .where(col(Inbound.outcome) == NOT_STORED)
)


def take(tx: Transaction, act: Act, outcome: str = "") -> None:
    """Take the act's key, or raise AlreadyHandled with the first request's outcome.

    If the first attempt was not stored, one later attempt takes over its key. Other attempts wait
    until that one has ended, and then get its outcome.
    """
    if act.key is None:
        return
    row = _row(act, act.key, outcome)
    if tx.insert_new(Inbound, row):
        return
    over = {"taken_key": row["key"], "outcome": outcome, "received_at": act.now}
    if not tx.run(_TAKE_OVER, [over]):
        first = _found(tx, act)
        raise AlreadyHandled(first.outcome if first else "")


def stands(tx: Transaction, act: Act) -> bool:
    """Tell whether this very attempt is stored. Another attempt with its key has another time."""
    row = _found(tx, act)
    return row is not None and row.outcome != NOT_STORED and row.received_at == act.now


def _found(tx: Transaction, act: Act) -> Inbound | None:
    if act.key is None:
        return None
    full = _full(act.workspace, act.key)
    return tx.first(select(Inbound).where(col(Inbound.key) == full))


def set_outcome(tx: Transaction, act: Act, outcome: str | ToCome) -> None:
    """Store the request's outcome, to answer a second delivery of it."""
    if act.key is None:
        return
    if isinstance(outcome, ToCome):
        tx.put_given(_taken(tx.dialect), _named(act, act.key), outcome=outcome)
    else:
        tx.put(_taken(tx.dialect), [_row(act, act.key, outcome)])


@cache
def _taken(dialect: str) -> Prepared:
    again = insert_or(dialect, Inbound)
    return Prepared(
        again.on_conflict_do_update(
            index_elements=[col(Inbound.key)], set_={"outcome": again.excluded.outcome}
        )
    )


def _row(act: Act, key: str, outcome: str) -> dict[str, Any]:
    return {**_named(act, key), "outcome": outcome}


def _named(act: Act, key: str) -> dict[str, Any]:
    return {
        "key": _full(act.workspace, key),
        "team_id": act.workspace.team_id,
        "enterprise_id": act.workspace.enterprise_id,
        "received_at": act.now,
    }


def _full(workspace: Workspace, key: str) -> str:
    return f"{workspace.team_id}:{key}"[:200]
