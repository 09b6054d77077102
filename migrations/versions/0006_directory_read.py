"""Which parts of Slack's directory have been read once: everyone, and each user group.

Only adds, so that the release before goes on working on this schema.

Revision: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "directory_read",
        sa.Column("team_id", sa.String(length=32), nullable=False),
        sa.Column("enterprise_id", sa.String(length=32), nullable=True),
        sa.Column("part", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "part", name="pk_directory_read"),
    )


def downgrade() -> None:
    op.drop_table("directory_read")
