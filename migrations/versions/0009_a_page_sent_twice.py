"""Whether a page may stand twice in Slack, so that each edit says so too.

Only adds, so that the release before goes on working on this schema: it does not read the column.

Revision: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "page", sa.Column("may_repeat", sa.Boolean(), nullable=False, server_default=sa.false())
    )


def downgrade() -> None:
    op.drop_column("page", "may_repeat")
