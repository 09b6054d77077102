"""An index for the duplicates of an escalation, which its card names.

Only adds, so that the release before goes on working on this schema.

Revision: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    some = sa.text("duplicate_of IS NOT NULL")
    op.create_index(
        "ix_incident_duplicate",
        "incident",
        ["duplicate_of"],
        sqlite_where=some,
        postgresql_where=some,
    )


def downgrade() -> None:
    op.drop_index("ix_incident_duplicate", "incident")
