"""Hot statements go past SQLAlchemy to the driver: what they store and answer is the same."""

from typing import Any

import pytest
from sqlalchemy import bindparam, func, select
from sqlalchemy.exc import IntegrityError
from sqlmodel import col
from sqlmodel import select as select_rows

from bot.policy import Policy
from bot.store import people as store
from bot.store.database import Database
from bot.store.prepared import Prepared, one_of
from bot.store.tables import Incident, Limit, Person
from tests.factories import NOON, an_act, an_incident, people


def a_limit(scope: str) -> dict[str, Any]:
    return {"team_id": "T1", "scope": scope, "blocked_until": NOON, "reason": "x"}


def test_a_row_comes_back_as_sqlalchemy_would_return_it(db: Database, policy: Policy) -> None:
    people(db, policy)
    opened = an_incident(db, policy, references=("item:1", "item:2"))
    wanted = col(Incident.id) == bindparam("wanted", opened.head.id)
    query = select_rows(Incident).where(wanted)
    with db.reading() as tx:
        slow = tx.first(query)
        fast = tx.read(Prepared(query), wanted=opened.head.id)[0]
    assert fast == {name: getattr(slow, name) for name in Incident.model_fields}
    assert fast["references"] == ["item:1", "item:2"]


def test_a_list_is_one_value_however_long(db: Database, policy: Policy) -> None:
    people(db, policy)
    act, gone = an_act(), sorted(policy.people.values())[0]
    with db.transaction() as tx:
        store.mark_gone(tx, act.workspace, gone, act.now)
    with db.reading() as tx:
        assert store.gone(tx, act.workspace, []) == frozenset()
        many = [f"U{number}" for number in range(2_000)]
        assert store.gone(tx, act.workspace, [*many, gone]) == {gone}


def test_several_rows_count_as_many_as_were_new(db: Database) -> None:
    with db.transaction() as tx:
        assert tx.insert_new(Limit, a_limit("a"), a_limit("b")) == 2
        assert tx.insert_new(Limit, a_limit("b"), a_limit("c"), a_limit("a")) == 1
        assert tx.insert_new(Limit) == 0


def test_a_broken_key_is_an_error_of_sqlalchemy(db: Database) -> None:
    with pytest.raises(IntegrityError), db.transaction() as tx:
        tx.insert(Limit, a_limit("a"), a_limit("a"))
    with db.reading() as tx:
        assert tx.execute(select(func.count()).select_from(Limit)).scalar_one() == 0


def test_one_text_serves_every_call(db: Database) -> None:
    query = Prepared(
        select(col(Person.user_id)).where(
            one_of(db.engine.dialect.name, col(Person.user_id), "users")
        )
    )
    dialect = db.engine.dialect
    assert query.compiled(dialect) is query.compiled(dialect)
