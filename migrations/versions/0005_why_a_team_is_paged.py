"""Why a team is paged, and whether its channel has had the early word.

Only adds, so that the release before goes on working on this schema: it reads neither.

Revision: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("paging_run", sa.Column("reasons", sa.JSON(), nullable=True))
    moment = sa.Column("early_word_at", sa.DateTime(timezone=True), nullable=True)
    op.add_column("paging_run", moment)


def downgrade() -> None:
    op.drop_column("paging_run", "early_word_at")
    op.drop_column("paging_run", "reasons")
