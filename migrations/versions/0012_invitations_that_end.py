"""When an owner left the channel; an index for the escalations that a person is in.

Only adds, so that the release before goes on working on this schema: it reads neither.

Revision: 0012
"""

import sqlalchemy as sa
from alembic import op

from bot.store.sql.columns import Instant

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("participant", sa.Column("left_at", Instant(), nullable=True))
    op.create_index("ix_participant_user", "participant", ["team_id", "user_id"])


def downgrade() -> None:
    op.drop_index("ix_participant_user", table_name="participant")
    op.drop_column("participant", "left_at")
