"""What runs on SQLite also runs on PostgreSQL: how that is found out."""

import pytest
from sqlalchemy import bindparam, insert, select, update

from bot.policy import Policy
from bot.store.database import Database
from bot.store.sql.prepared import one_of, one_of_these
from bot.store.tables import Incident
from bot.store.transaction import core
from bot.store.upkeep import storage_check
from tests.databases import KINDS
from tests.factories import NOON, an_incident
from tests.statements import in_one_form, recording

FILLS = "bot/store/upkeep/storage_check.py:_fill"
INCIDENT = core(Incident)
ID = INCIDENT.c.id


def fill(db: Database) -> None:
    """Run two statements of the product, as if for the first time in this process."""
    db.engine.clear_compiled_cache()
    with db.transaction() as tx:
        storage_check.store(tx, NOON, thorough=False)


def test_what_ran_on_sqlite_is_missing_until_it_runs_on_postgresql(
    sqlite: Database, postgres: Database
) -> None:
    with recording() as recorded:
        fill(sqlite)
        missing = recorded.missing({})
        fill(postgres)
    assert [each.partition(" ")[0] for each in missing] == [f"{FILLS}\nDELETE", f"{FILLS}\nINSERT"]
    assert recorded.missing({}) == []


def test_a_function_with_a_form_for_each_database_is_explained_as_long_as_it_has_one(
    sqlite: Database, postgres: Database
) -> None:
    with recording() as recorded:
        fill(sqlite)
        assert recorded.missing([FILLS]) == []
        fill(postgres)
    assert recorded.missing([FILLS]) == [f"{FILLS}\nhas no form of its own"]


def test_inserts_that_wait_for_each_other_have_each_run(postgres: Database, policy: Policy) -> None:
    with recording() as recorded:
        an_incident(postgres, policy)
    added = {text.split()[2] for text in recorded.on_postgresql if text.startswith("INSERT")}
    assert added >= {"timeline_entry", "paging_run", "page", "timer"}


def test_a_statement_of_a_test_is_none_of_the_products(sqlite: Database) -> None:
    with recording() as recorded, sqlite.reading() as tx:
        tx.execute(select(ID).where(INCIDENT.c.title == "a test's own"))
    assert recorded.on_sqlite == {}


def test_a_statement_is_the_same_on_both_databases_and_for_lists_of_any_length() -> None:
    forms = {
        in_one_form(select(ID).where(one_of(dialect, ID, "ids"), one_of_these(ID, listed)))[0]
        for dialect in KINDS
        for listed in (["a", "b"], ["a", "b", "c"])
    }
    assert len(forms) == 1
    assert in_one_form(select(ID).with_for_update()) == in_one_form(select(ID))
    assert in_one_form(insert(INCIDENT), ["id"]) != in_one_form(insert(INCIDENT), ["id", "team_id"])


def test_a_change_of_columns_is_known_by_each_of_them() -> None:
    def changing(*names: str) -> list[str]:
        return in_one_form(update(INCIDENT).where(bindparam("id_") == ID), [*names, "id_"])

    assert changing("title", "owner") == [*changing("title"), *changing("owner")]
    counted = update(INCIDENT).where(ID == "a").values(entries=INCIDENT.c.entries + 1, title="One")
    assert len(in_one_form(counted)) == 1


ON_SQLITE = """
from tests.databases import fresh_database
from tests.store.test_statements import fill

def test_it(tmp_path):
    with fresh_database("sqlite", tmp_path) as db:
        fill(db)
"""


def test_a_run_fails_if_a_statement_ran_on_sqlite_only(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function")
    pytester.makepyfile(ON_SQLITE)
    ran = pytester.runpytest_inprocess("-p", "tests.statements", "--compare-databases")
    assert ran.ret == pytest.ExitCode.TESTS_FAILED
    ran.stdout.fnmatch_lines([f"{FILLS}", "DELETE FROM*", "", "*that no test ran on PostgreSQL: *"])
