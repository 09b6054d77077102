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


def downgrade() -> None:
    op.drop_column("incident", "drill")
    op.drop_column("delivery", "wanted_at")
