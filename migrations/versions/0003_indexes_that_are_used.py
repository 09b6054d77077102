"""Fewer indexes for an opening to write to, and steps that SQLite finds by theirs.

An opening writes to every index of ten tables. Nothing of this release is found by an owner's, a
participant's or a sending time's; others are narrowed to the rows that somebody looks for. The
release before works on this schema too: what it asks for again and again has its index.

Revision: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_DUE = "state = 'due'"


def upgrade() -> None:
    op.drop_index("ix_incident_owner", table_name="incident")
    op.drop_index("ix_participant_user", table_name="participant")
    op.drop_index("ix_delivery_sent", table_name="delivery")
    _again("ix_incident_channel", "incident", ["team_id", "channel_id"], "channel_id IS NOT NULL")
    _again("ix_incident_ended", "incident", ["team_id", "ended_at"], "ended_at IS NOT NULL")
    merging = f"{_DUE} AND merge_key IS NOT NULL"
    _again("uq_delivery_merge", "delivery", ["merge_key"], merging, unique=True)
    # Not `kind = …`: SQLite would find steps by the unique index, which begins with the kind.
    steps = f"{_DUE} AND kind || '' = 'page step'"
    _again("ix_timer_page_step", "timer", ["due_at", "id"], steps)


def downgrade() -> None:
    _again("ix_timer_page_step", "timer", ["due_at", "id"], f"{_DUE} AND kind = 'page step'")
    _again("uq_delivery_merge", "delivery", ["merge_key"], _DUE, unique=True)
    _again("ix_incident_ended", "incident", ["team_id", "ended_at"], None)
    _again("ix_incident_channel", "incident", ["team_id", "channel_id"], None)
    op.create_index("ix_delivery_sent", "delivery", ["sent_at"])
    op.create_index("ix_participant_user", "participant", ["team_id", "user_id"])
    op.create_index("ix_incident_owner", "incident", ["team_id", "owner", "state"])


def _again(
    name: str, table: str, columns: list[str], where: str | None, *, unique: bool = False
) -> None:
    """Make an index anew, of the rows `where` holds; None: of all."""
    rows = None if where is None else sa.text(where)
    op.drop_index(name, table_name=table)
    op.create_index(name, table, columns, unique=unique, sqlite_where=rows, postgresql_where=rows)
