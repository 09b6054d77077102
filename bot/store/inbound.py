"""Requests that were taken, so that a second delivery of the same one has no effect."""

from datetime import datetime

from sqlalchemy import bindparam, update
from sqlmodel import col, select

from bot.domain.act import Act, Workspace
from bot.domain.errors import AlreadyHandled
from bot.store.tables import Inbound
from bot.store.transaction import Transaction, core

_SET_OUTCOME = (
    update(core(Inbound))
    .where(col(Inbound.key) == bindparam("taken"))
    .values(outcome=bindparam("told"))
)


def take(tx: Transaction, workspace: Workspace, key: str, now: datetime) -> None:
    """Take the key, or raise AlreadyHandled with what the first request brought about."""
    full = _full(workspace, key)
    row = {
        "key": full,
        "team_id": workspace.team_id,
        "enterprise_id": workspace.enterprise_id,
        "received_at": now,
        "outcome": "",
    }
    if not tx.insert_new(Inbound, row):
        first = tx.first(select(Inbound).where(col(Inbound.key) == full))
        raise AlreadyHandled(first.outcome if first else "")


def set_outcome(tx: Transaction, act: Act, outcome: str) -> None:
    """Remember what came of it, for an answer to the second request."""
    if act.key is not None:
        full = _full(act.workspace, act.key)
        tx.execute(_SET_OUTCOME, {"taken": full, "told": outcome})


def _full(workspace: Workspace, key: str) -> str:
    return f"{workspace.team_id}:{key}"[:200]
