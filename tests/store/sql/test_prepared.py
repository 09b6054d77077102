"""Hot statements go past SQLAlchemy to the driver: what they store and answer is the same."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import bindparam, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col
from sqlmodel import select as select_rows

from bot.domain.errors import AlreadyHandled
from bot.policy import Policy
from bot.store import idempotency
from bot.store.database import Database
from bot.store.incidents import incident_rows
from bot.store.people import people_and_groups as store
from bot.store.sql.prepared import Prepared, one_of
from bot.store.tables import Incident, Limit, Person
from bot.store.transaction import Transaction, core
from tests.databases import on_both
from tests.factories import NOON, WORKSPACE, an_act, an_incident, people

pytestmark = on_both


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


_EVERY_LIMIT = Prepared(select(core(Limit)))
_CHANGED = Prepared(update(core(Limit)).values(reason=bindparam("why")))
ASKED: dict[str, Callable[[Transaction], int]] = {
    "execute": lambda tx: len(tx.execute(select(col(Limit.scope))).all()),
    "changed": lambda tx: tx.changed(update(Limit).values(reason="y")),
    "run": lambda tx: tx.run(_CHANGED, [{"why": "y"}]),
    "read": lambda tx: len(tx.read(_EVERY_LIMIT)),
    "listed": lambda tx: len(tx.listed(_EVERY_LIMIT)),
    "every": lambda tx: len(tx.every(Limit, _EVERY_LIMIT)),
    "all": lambda tx: len(tx.all(select_rows(Limit))),
    "insert_new": lambda tx: 3 - tx.insert_new(Limit, a_limit("a"), a_limit("c")),
}


@pytest.mark.parametrize("way", ASKED)
def test_whatever_is_asked_sees_what_was_put_before(db: Database, way: str) -> None:
    """On PostgreSQL what is put waits for the next question, and no longer."""
    with db.transaction() as tx:
        tx.insert(Limit, a_limit("a"))
        tx.put_new(Limit, a_limit("a"), a_limit("b"))
        assert ASKED[way](tx) == 2
    with db.reading() as tx:
        assert ASKED["read"](tx) == (3 if way == "insert_new" else 2)


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


def outcome(db: Database, key: str) -> str:
    with pytest.raises(AlreadyHandled) as first, db.transaction(an_act(key=key)):
        pass
    return first.value.outcome


def test_a_row_holds_what_an_insert_before_it_answers(db: Database) -> None:
    with db.transaction() as tx:
        number = incident_rows.next_number(tx, WORKSPACE)
        idempotency.set_outcome(tx, an_act(key="one"), number.behind("ESC-"))
        tx.put_waiting()
        assert number.value == 1
    assert outcome(db, "one") == "ESC-1"


def test_what_has_come_already_is_held_alike(db: Database) -> None:
    with db.transaction() as tx:
        number = incident_rows.next_number(tx, WORKSPACE)
        tx.execute(select(1))
        idempotency.set_outcome(tx, an_act(key="one"), number.behind("ESC-"))
    assert number.value == 1
    assert outcome(db, "one") == "ESC-1"


def test_an_answer_comes_whatever_is_put_behind_it(db: Database) -> None:
    with db.transaction() as tx:
        tx.insert(Limit, a_limit("old"))
    with db.transaction() as tx:
        number = incident_rows.next_number(tx, WORKSPACE)
        tx.put_new(Limit, a_limit("old"))
        tx.put_waiting()
        assert number.value == 1
        number = incident_rows.next_number(tx, WORKSPACE)
        tx.put_new(Limit, a_limit("new"), a_limit("newer"))
        tx.put_waiting()
        assert number.value == 2


def test_each_answer_goes_to_the_rows_behind_it(db: Database) -> None:
    with db.transaction() as tx:
        for key in ("one", "two", "three"):
            number = incident_rows.next_number(tx, WORKSPACE)
            idempotency.set_outcome(tx, an_act(key=key), number.behind("ESC-"))
    assert [outcome(db, key) for key in ("one", "two", "three")] == ["ESC-1", "ESC-2", "ESC-3"]


def test_openings_wait_for_one_statement_of_each_other_and_the_commit(
    db: Database, policy: Policy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The workspace's number is taken with the last that is put: behind it comes the COMMIT."""
    people(db, policy)
    asked, on_driver = list[str](), Transaction.on_driver

    def noted(tx: Transaction, sql: str, values: Any) -> Any:
        asked.append(sql)
        return on_driver(tx, sql, values)

    monkeypatch.setattr(Transaction, "on_driver", noted)
    an_incident(db, policy, an_act(key="one"))
    taken = next(place for place, sql in enumerate(asked) if "INSERT INTO workspace" in sql)
    assert "INSERT INTO delivery" in asked[-1]
    behind = asked[taken + 1 :]
    assert len(behind) == (4 if db.is_sqlite else 0), behind
