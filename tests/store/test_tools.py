"""The tools by which tests share what is costly: each leaves a test what it would have alone."""

from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.engine.interfaces import CacheStats

from bot.policy import Policy
from bot.services.incidents import lifecycle
from bot.store.database import Database
from bot.store.tables import Incident, TimelineEntry
from bot.store.transaction import core
from tests.databases import KINDS, fresh_database
from tests.factories import an_act, an_incident
from tests.kept import Kept


def everything(db: Database) -> dict[str, list[str]]:
    tables = Incident.metadata.sorted_tables
    with db.reading() as tx:
        return {table.name: sorted(map(str, tx.execute(select(table)))) for table in tables}


def test_what_is_added_changed_and_deleted_is_put_back(db: Database, policy: Policy) -> None:
    incident_id = an_incident(db, policy).head.id
    before = everything(db)
    kept = Kept(db)
    for _ in range(2):
        lifecycle.decline(db, an_act(), incident_id, "spam")
        an_incident(db, policy)
        with db.transaction() as tx:
            tx.execute(core(TimelineEntry).delete())
        assert kept.changed() >= {"incident", "delivery", "timeline_entry"}
        assert everything(db) != before
        kept.put_back()
        assert everything(db) == before
        assert kept.changed() == frozenset()


@pytest.mark.parametrize("kind", KINDS)
def test_a_statement_is_compiled_once_for_all_databases(kind: str, tmp_path: Path) -> None:
    statement = select(core(Incident)).where(core(Incident).c.title == "compiled once")
    found = []
    for _ in range(2):
        with fresh_database(kind, tmp_path) as db, db.reading() as tx:
            found.append(getattr(tx.execute(statement).context, "cache_hit", None))
    assert found == [CacheStats.CACHE_MISS, CacheStats.CACHE_HIT]
