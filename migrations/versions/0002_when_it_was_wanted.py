"""When a delivery was first wanted, which incidents are drills, and indexes for long histories.

Only adds, so that the release before goes on working on this schema: it fills neither column.

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
    _vacuum_what_changes_fast()


def _indexes_for_long_histories() -> None:
    op.create_index("ix_incident_ended", "incident", ["team_id", "ended_at"])
    op.create_index("ix_task_done", "task", ["team_id", "done_at"])
    _partial("ix_incident_drill", "incident", ["id"], "drill")
    _partial(
        "ix_timer_page_step", "timer", ["due_at", "id"], "state = 'due' AND kind = 'page step'"
    )


def _partial(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(
        name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where)
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
    for name, table in (
        ("ix_timer_page_step", "timer"),
        ("ix_incident_drill", "incident"),
        ("ix_task_done", "task"),
        ("ix_incident_ended", "incident"),
    ):
        op.drop_index(name, table_name=table)
    op.drop_column("incident", "drill")
    op.drop_column("delivery", "wanted_at")
