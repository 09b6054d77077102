"""Finds the escalation that a person may mean by something other than its reference."""

from bot.domain.access.rights import Deed, require
from bot.domain.act import Act
from bot.domain.ids import reference
from bot.domain.incidents.codenames import as_codename
from bot.store.database import Database
from bot.store.incidents import incident_rows, search


def numbered(db: Database, act: Act, number: int) -> str | None:
    """Return the reference of the escalation with this number, if there is one."""
    with db.reading() as tx:
        incident = incident_rows.by_number(tx, act.workspace, number)
        return reference(incident.number) if incident is not None else None


def in_channel(db: Database, act: Act, channel: str) -> str | None:
    """Return the reference of the escalation whose channel this is."""
    with db.reading() as tx:
        incident = incident_rows.by_channel(tx, act.workspace, channel)
        return reference(incident.number) if incident is not None else None


def by_codename(db: Database, act: Act, typed: str) -> list[str]:
    """Return the references of restricted escalations that appear in lists by this codename."""
    require(act, Deed.READ)
    with db.reading() as tx:
        found = search.by_codename(tx, act.workspace, as_codename(typed))
        return [reference(number) for number in found]
