"""Requests that were taken, so that a second delivery of the same one has no effect."""

from sqlalchemy import bindparam, update
from sqlmodel import col, select

from bot.domain.act import Act, Workspace
from bot.domain.errors import AlreadyHandled
from bot.store.prepared import Prepared
from bot.store.tables import Inbound
from bot.store.transaction import Transaction, core

NOT_STORED = "not stored"
"""The outcome of a request whose commit was lost on its way."""

_SET_OUTCOME = Prepared(
    update(core(Inbound))
    .where(col(Inbound.key) == bindparam("taken"))
    .values(outcome=bindparam("told"))
)


def take(tx: Transaction, act: Act, outcome: str = "") -> None:
    """Take the act's key, or raise AlreadyHandled with what the first request brought about."""
    if act.key is None:
        return
    full = _full(act.workspace, act.key)
    row = {
        "key": full,
        "team_id": act.workspace.team_id,
        "enterprise_id": act.workspace.enterprise_id,
        "received_at": act.now,
        "outcome": outcome,
    }
    if not tx.insert_new(Inbound, row):
        first = tx.first(select(Inbound).where(col(Inbound.key) == full))
        raise AlreadyHandled(first.outcome if first else "")


def is_taken(tx: Transaction, act: Act) -> bool:
    """Whether the act's key has been taken."""
    if act.key is None:
        return False
    full = _full(act.workspace, act.key)
    return tx.first(select(Inbound).where(col(Inbound.key) == full)) is not None


def set_outcome(tx: Transaction, act: Act, outcome: str) -> None:
    """Remember what came of it, for an answer to the second request."""
    if act.key is not None:
        full = _full(act.workspace, act.key)
        tx.run(_SET_OUTCOME, [{"taken": full, "told": outcome}])


def _full(workspace: Workspace, key: str) -> str:
    return f"{workspace.team_id}:{key}"[:200]
