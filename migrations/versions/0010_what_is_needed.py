"""What an escalation needs of those who are paged for it.

Only adds, so that the release before goes on working on this schema: it does not read the column.

Revision: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("incident", sa.Column("needs", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("incident", "needs")
