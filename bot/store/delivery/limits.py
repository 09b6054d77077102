"""Methods, workspaces and lanes that the bot must not use for a while, because Slack said so."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, bindparam, case, delete, literal, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col

from bot.domain.act import Workspace
from bot.store.sql.prepared import Prepared
from bot.store.tables import Limit
from bot.store.transaction import Transaction

WORKSPACE = "*"
RATE_LIMITED = "ratelimited"
_LANE = "lane:"
_CODE = re.compile(r"[a-z0-9_]{1,40}")


@dataclass(frozen=True, slots=True)
class RefusedPlace:
    """A lane that Slack refuses: its key, only for the log, and Slack's code."""

    lane: str
    code: str


class RateLimit(NamedTuple):
    """Rate-limited lanes, and methods in the form `T1:conversations.create`."""

    lanes: list[str]
    methods: list[str]


def block(tx: Transaction, workspace: Workspace, scope: str, until: datetime, reason: str) -> None:
    """Keep every replica from calling `scope` (a method, or WORKSPACE) before `until`."""
    _put(tx, workspace, f"{workspace.team_id}:{scope}", until, reason)


def refuse_lane(
    tx: Transaction, workspace: Workspace, lane: str, until: datetime, code: str
) -> None:
    """Store that Slack refuses a lane. The lane's own row says when it is tried again."""
    _put(tx, workspace, refused_scope(lane), until, code)


def refused_scope(lane: str) -> str:
    return f"{_LANE}{lane}"


def take_lane(tx: Transaction, lane: str) -> None:
    """Delete the record that Slack refuses a lane."""
    tx.execute(delete(Limit).where(col(Limit.scope) == refused_scope(lane)))


def is_refused(lane: Any, real: datetime) -> ColumnElement[bool]:
    """Return the condition that Slack refuses the lane in this column."""
    return (
        select(col(Limit.scope))
        .where(
            col(Limit.scope) == literal(_LANE).concat(lane),
            col(Limit.blocked_until) > real,
        )
        .exists()
    )


def refused_lanes(tx: Transaction, real: datetime) -> list[RefusedPlace]:
    """Return the lanes that Slack refuses."""
    rows = tx.execute(
        select(col(Limit.scope), col(Limit.reason)).where(
            col(Limit.scope).startswith(_LANE), col(Limit.blocked_until) > real
        )
    )
    found = [
        RefusedPlace(row["scope"].removeprefix(_LANE), _word(row["reason"]))
        for row in rows.mappings()
    ]
    return sorted(found, key=lambda refused: refused.lane)


def _word(code: str) -> str:
    return code if _CODE.fullmatch(code) else "other"


def _put(tx: Transaction, workspace: Workspace, scope: str, until: datetime, reason: str) -> None:
    dialect_insert = sqlite.insert if tx.dialect == "sqlite" else postgresql.insert
    wanted = dialect_insert(Limit).values(
        team_id=workspace.team_id,
        enterprise_id=workspace.enterprise_id,
        scope=scope,
        blocked_until=until,
        reason=reason,
    )
    tx.execute(
        wanted.on_conflict_do_update(
            index_elements=[col(Limit.scope)],
            set_={
                "blocked_until": case(
                    (
                        wanted.excluded.blocked_until > col(Limit.blocked_until),
                        wanted.excluded.blocked_until,
                    ),
                    else_=col(Limit.blocked_until),
                ),
                "reason": wanted.excluded.reason,
            },
        )
    )


def rate_limited(tx: Transaction, later: datetime) -> RateLimit:
    """Return the lanes and methods that are rate-limited beyond `later`."""
    rows = tx.execute(
        select(col(Limit.scope)).where(
            col(Limit.reason) == RATE_LIMITED, col(Limit.blocked_until) > later
        )
    )
    scopes = sorted(rows.scalars())
    return RateLimit(
        [scope.removeprefix(_LANE) for scope in scopes if scope.startswith(_LANE)],
        [scope for scope in scopes if not scope.startswith(_LANE)],
    )


_BLOCKED = Prepared(
    select(col(Limit.scope), col(Limit.blocked_until)).where(
        col(Limit.blocked_until) > bindparam("real")
    )
)


def blocked(tx: Transaction, real: datetime) -> dict[str, datetime]:
    """Return the blocked scopes (`T1:chat.update`, `T1:*`, a refused lane's), each with its end."""
    return {row["scope"]: row["blocked_until"] for row in tx.read(_BLOCKED, real=real)}
