# ruff: noqa: S608 - built only from text in this file
"""The statements that claim deliveries, in each database's own SQL.

One query finds the free lanes and the head of each, and one or two updates lease them. The relay
claims even when nothing happens, so these statements are its idle cost.
"""

from functools import cache
from typing import Any

from sqlalchemy import Boolean, bindparam, column, text

from bot.domain.delivery.delivery_states import Priority
from bot.store.delivery.outbox_statements import IDLE_PRIORITY
from bot.store.sql.columns import Instant
from bot.store.sql.prepared import Prepared
from bot.store.tables import Delivery, Lane
from bot.store.transaction import core


def _at(name: str) -> Any:
    return bindparam(name, type_=Instant)


_WHOSE = ("id", "team_id", "enterprise_id")
CLAIMED: dict[str, str] = {
    **{name: f"d.{name}" for name in ("kind", "priority", "subject", "incident_id", "target")},
    **{name: f"d.{name}" for name in ("thread_ts", "args", "lane")},
    "fence": "d.fence + 1",
    "attempts": "d.attempts + 1",
    "lookups": "d.lookups",
    "due_at": "d.due_at",
    "wanted_at": "coalesce(d.wanted_at, d.due_at)",
    "created_at": "d.created_at",
    "uncertain": "d.state <> 'due'",
    "merge_key": "d.merge_key",
}
"""The columns that a claim returns after `_WHOSE`, in this order. The values are those after it."""
# One priority after another, so that the index finds due rows and skips others. The range is wider
# than today's priorities, because a newer release may add some.
_PRIORITIES = range(Priority.FALLBACK, IDLE_PRIORITY + 1)
_READY = "pending_at <= :now AND busy_until <= :real AND not_before <= :real"
_IN_TURN = """lane = free.key AND state IN ('due', 'unknown', 'sending') AND due_at <= :now
AND priority BETWEEN :first AND :last AND (lease_until IS NULL OR lease_until <= :real)"""
_TURN = "ORDER BY priority, due_at, id LIMIT 1"


def _heads_on_sqlite() -> str:
    ready = " UNION ALL ".join(
        f"SELECT * FROM (SELECT key, {rank} AS rank, pending_at FROM lane WHERE priority = {rank}"
        f" AND {rank} BETWEEN :first AND :last AND {_READY} ORDER BY pending_at LIMIT :room)"
        for rank in _PRIORITIES
    )
    return f"""
        WITH ready AS ({ready}),
        free AS (SELECT key FROM ready ORDER BY rank, pending_at LIMIT :room),
        head AS (SELECT key, (SELECT rowid FROM delivery INDEXED BY ix_delivery_lane
            WHERE {_IN_TURN} AND kind IN (SELECT value FROM json_each(:kinds)) {_TURN}) AS place
            FROM free)
        SELECT head.key, {_columns()} FROM head LEFT JOIN delivery AS d ON d.rowid = head.place"""


def _heads_on_postgresql() -> str:
    """Skip locked rows: a claim never waits, so it never deadlocks.

    PostgreSQL checks a row again when it locks it, if the row has changed since the statement
    began. So a claim does not take what an acknowledgement has just withdrawn.
    """
    ranks = ", ".join(f"({rank})" for rank in _PRIORITIES)
    return f"""
        WITH free AS MATERIALIZED (
            SELECT one.key FROM (VALUES {ranks}) AS ranks (rank) CROSS JOIN LATERAL (
                SELECT key FROM lane WHERE priority = rank AND {_READY}
                ORDER BY pending_at LIMIT :room FOR UPDATE SKIP LOCKED) AS one
            WHERE rank BETWEEN :first AND :last LIMIT :room)
        SELECT free.key, {_columns()} FROM free LEFT JOIN LATERAL (
            SELECT * FROM delivery WHERE {_IN_TURN} AND kind = ANY(:kinds) {_TURN}
            FOR UPDATE SKIP LOCKED) AS d ON true"""


def _columns() -> str:
    return ", ".join([*(f"d.{name}" for name in _WHOSE), *CLAIMED.values()])


@cache
def heads(dialect: str) -> Prepared:
    """Return the query for free lanes, by priority and wait, with the next delivery of each."""
    sql = _heads_on_sqlite() if dialect == "sqlite" else _heads_on_postgresql()
    known = core(Delivery).c
    shown = [
        known[name] if name in known else column(name, Boolean) for name in (*_WHOSE, *CLAIMED)
    ]
    found = text(sql.strip()).bindparams(_at("now"), _at("real"))
    return Prepared(found.columns(core(Lane).c.key, *shown))


@cache
def lease(dialect: str) -> tuple[Prepared, ...]:
    """Return the statements that lease lanes and their deliveries.

    They make the lane due again when the lease ends, so that the next claims do not see it.
    """
    listed = "IN (SELECT value FROM json_each(:{}))" if dialect == "sqlite" else "= ANY(:{})"
    lanes = f"""UPDATE lane SET busy_until = :until, pending_at = :again
        WHERE key {listed.format("lanes")}"""
    taken = f"""UPDATE delivery SET state = 'sending', lease_until = :until, fence = fence + 1,
        attempts = attempts + 1 WHERE id {listed.format("ids")}"""
    until, again = _at("until"), _at("again")
    if dialect == "sqlite":
        return Prepared(text(lanes).bindparams(until, again)), Prepared(
            text(taken).bindparams(until)
        )
    return (Prepared(text(f"WITH busy AS ({lanes}) {taken}").bindparams(until, again)),)


# For lanes whose turn has come, but that have nothing that this release may send.
PASS_OVER = text(
    """UPDATE lane SET not_before = :until WHERE key IN :lanes AND pending_at <= :now
    AND NOT EXISTS (SELECT 1 FROM delivery WHERE delivery.lane = lane.key
        AND state IN ('due', 'unknown', 'sending') AND due_at <= :now AND kind IN :kinds)"""
).bindparams(
    _at("now"), _at("until"), bindparam("lanes", expanding=True), bindparam("kinds", expanding=True)
)
