"""Whether an escalation's channel is private.

Only adds, so that the release before goes on working on this schema: it does not read the column.

Revision: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("incident", sa.Column("channel_private", sa.Boolean(), nullable=True))


def downgrade() -> None:
    op.drop_column("incident", "channel_private")
