"""Who may only read an escalation, and whose pages let their people work on it.

Only adds, so that the release before goes on working on this schema: for it everyone who is in an
escalation belongs to it, as the default says.

Revision: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table, column in (("participant", "belongs"), ("paging_run", "by_entitled")):
        flag: sa.Column[bool] = sa.Column(
            column, sa.Boolean(), server_default=sa.true(), nullable=False
        )
        op.add_column(table, flag)


def downgrade() -> None:
    op.drop_column("paging_run", "by_entitled")
    op.drop_column("participant", "belongs")
