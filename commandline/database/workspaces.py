"""Lists the workspaces in a database."""

from sqlmodel import col, select

from bot.domain.act import Workspace
from bot.store.database import Database
from bot.store.tables import WorkspaceRow


def workspaces(db: Database) -> list[Workspace]:
    """Return the workspaces that have opened an incident."""
    with db.reading() as tx:
        rows = tx.all(select(WorkspaceRow).order_by(col(WorkspaceRow.team_id)))
    return [Workspace(row.team_id, row.enterprise_id) for row in rows]
