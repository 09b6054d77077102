"""A request that arrives twice has one effect, however close together."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlmodel import select

from bot.domain.errors import AlreadyHandled
from bot.policy import Policy
from bot.store.database import Database
from bot.store.tables import Inbound, Incident
from tests.databases import on_both
from tests.factories import an_act, an_incident, people

pytestmark = on_both


def opened(db: Database) -> int:
    with db.reading() as tx:
        return len(tx.all(select(Incident)))


def test_two_at_the_same_moment_open_one_incident(db: Database, policy: Policy) -> None:
    people(db, policy)
    together = threading.Barrier(2)

    def press(_finger: int) -> str:
        together.wait(10)
        try:
            return an_incident(db, policy, an_act(key="trigger 1")).head.reference
        except AlreadyHandled as handled:
            return f"already {handled.outcome}"

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(press, range(2)))
    assert answers == ["ESC-1", "already ESC-1"]
    assert opened(db) == 1


def test_another_key_is_another_request(db: Database, policy: Policy) -> None:
    people(db, policy)
    an_incident(db, policy, an_act(key="trigger 1"))
    an_incident(db, policy, an_act(key="trigger 2"))
    an_incident(db, policy, an_act())
    assert opened(db) == 3


def test_a_request_that_failed_may_come_again(db: Database) -> None:
    act = an_act(key="trigger 1")
    with pytest.raises(ZeroDivisionError), db.transaction(act):
        raise ZeroDivisionError
    with db.transaction(act):
        pass
    with pytest.raises(AlreadyHandled), db.transaction(act):
        raise AssertionError("not reached")
    with db.reading() as tx:
        assert len(tx.all(select(Inbound))) == 1
