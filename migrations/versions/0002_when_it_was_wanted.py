"""When a delivery was first wanted, which incidents are drills, and the indexes that are needed.

The release before goes on working on this schema: it fills neither column, and finds all that it
asks for again and again by an index as before.

Revision: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("delivery", sa.Column("wanted_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "incident",
        sa.Column("drill", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    _indexes_for_long_histories()
    _fewer_for_an_opening()
    _vacuum_what_changes_fast()


def _indexes_for_long_histories() -> None:
    _partial("ix_incident_ended", "incident", ["team_id", "ended_at"], "ended_at IS NOT NULL")
    op.create_index("ix_task_done", "task", ["team_id", "done_at"])
    _partial("ix_incident_drill", "incident", ["id"], "drill")
    # Not `kind = …`: SQLite would find steps by the unique index, which begins with the kind.
    steps = "state = 'due' AND kind || '' = 'page step'"
    _partial("ix_timer_page_step", "timer", ["due_at", "id"], steps)


def _fewer_for_an_opening() -> None:
    """An opening writes to every index of ten tables: not to those that nothing of it is found by.

    No query of this release goes by an owner's, a participant's or a sending time's index.
    """
    op.drop_index("ix_incident_owner", table_name="incident")
    op.drop_index("ix_participant_user", table_name="participant")
    op.drop_index("ix_delivery_sent", table_name="delivery")
    op.drop_index("ix_incident_channel", table_name="incident")
    there = "channel_id IS NOT NULL"
    _partial("ix_incident_channel", "incident", ["team_id", "channel_id"], there)
    op.drop_index("uq_delivery_merge", table_name="delivery")
    merging = "state = 'due' AND merge_key IS NOT NULL"
    _partial("uq_delivery_merge", "delivery", ["merge_key"], merging, unique=True)


def _as_many_as_before() -> None:
    op.drop_index("uq_delivery_merge", table_name="delivery")
    _partial("uq_delivery_merge", "delivery", ["merge_key"], "state = 'due'", unique=True)
    op.drop_index("ix_incident_channel", table_name="incident")
    op.create_index("ix_incident_channel", "incident", ["team_id", "channel_id"])
    op.create_index("ix_delivery_sent", "delivery", ["sent_at"])
    op.create_index("ix_participant_user", "participant", ["team_id", "user_id"])
    op.create_index("ix_incident_owner", "incident", ["team_id", "owner", "state"])


def _partial(
    name: str, table: str, columns: list[str], where: str, *, unique: bool = False
) -> None:
    op.create_index(
        name,
        table,
        columns,
        unique=unique,
        sqlite_where=sa.text(where),
        postgresql_where=sa.text(where),
    )


# A queue's row changes several times within a second and then goes. PostgreSQL would begin to
# clean up only after a fifth of the table has changed: with a long history, far too late.
_HOT = {"delivery": 90, "lane": 50, "timer": 90, "inbound": 100}


def _vacuum_what_changes_fast() -> None:
    if op.get_context().dialect.name != "postgresql":
        return
    for table, fill in _HOT.items():
        op.execute(
            f"ALTER TABLE {table} SET (fillfactor = {fill}, "
            "autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000, "
            "autovacuum_analyze_scale_factor = 0.02, autovacuum_analyze_threshold = 1000)"
        )


def _vacuum_as_before() -> None:
    if op.get_context().dialect.name != "postgresql":
        return
    for table in _HOT:
        op.execute(
            f"ALTER TABLE {table} RESET (fillfactor, autovacuum_vacuum_scale_factor, "
            "autovacuum_vacuum_threshold, autovacuum_analyze_scale_factor, "
            "autovacuum_analyze_threshold)"
        )


def downgrade() -> None:
    _vacuum_as_before()
    _as_many_as_before()
    for name, table in (
        ("ix_timer_page_step", "timer"),
        ("ix_incident_drill", "incident"),
        ("ix_task_done", "task"),
        ("ix_incident_ended", "incident"),
    ):
        op.drop_index(name, table_name=table)
    op.drop_column("incident", "drill")
    op.drop_column("delivery", "wanted_at")
