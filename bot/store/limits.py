"""What Slack told us to leave alone for a while: a method, or a whole workspace."""

from datetime import datetime

from sqlalchemy import case, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col

from bot.domain.act import Workspace
from bot.store.tables import Limit
from bot.store.transaction import Transaction

WORKSPACE = "*"


def block(tx: Transaction, workspace: Workspace, scope: str, until: datetime, reason: str) -> None:
    """Keep every replica from calling `scope` (a method, or WORKSPACE) until then."""
    dialect_insert = sqlite.insert if tx.dialect == "sqlite" else postgresql.insert
    wanted = dialect_insert(Limit).values(
        team_id=workspace.team_id,
        enterprise_id=workspace.enterprise_id,
        scope=f"{workspace.team_id}:{scope}",
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


def blocked(tx: Transaction, real: datetime) -> dict[str, datetime]:
    """Return the scopes (`T1:chat.update`, `T1:*`) that are to be left alone, and until when."""
    rows = tx.execute(
        select(col(Limit.scope), col(Limit.blocked_until)).where(col(Limit.blocked_until) > real)
    )
    return {row["scope"]: row["blocked_until"] for row in rows.mappings()}
