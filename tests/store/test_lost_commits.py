"""The connection is lost while the database commits: what was stored is found out, exactly."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import select

from bot.domain.errors import AlreadyHandled, PerhapsStored, StoreUnavailable
from bot.policy import Policy
from bot.store.database import Database
from bot.store.tables import Incident
from tests.databases import fresh_url
from tests.factories import an_act, an_incident, people
from tests.wire import Break, Wire, wire


@pytest.fixture
def broken(tmp_path: Path) -> Iterator[Wire]:
    with fresh_url("postgresql", tmp_path) as url, wire(url) as made:
        yield made


@pytest.fixture
def db(broken: Wire, policy: Policy) -> Iterator[Database]:
    db = Database(broken.url)
    people(db, policy)
    yield db
    db.close()


def stored(db: Database) -> int:
    with db.reading() as tx:
        return len(tx.all(select(Incident)))


def test_a_commit_whose_answer_is_lost_counts_as_stored(
    db: Database, broken: Wire, policy: Policy
) -> None:
    broken.break_commit_of("INSERT INTO incident", Break.AFTER)
    assert an_incident(db, policy, an_act(key="trigger 1")).head.reference == "ESC-1"
    assert (stored(db), broken.broken) == (1, 1)


def test_a_commit_that_never_arrived_is_refused_and_stays_so(
    db: Database, broken: Wire, policy: Policy
) -> None:
    broken.break_commit_of("INSERT INTO incident", Break.BEFORE)
    with pytest.raises(StoreUnavailable) as refused:
        an_incident(db, policy, an_act(key="trigger 1"))
    assert not isinstance(refused.value, PerhapsStored)
    with pytest.raises(AlreadyHandled) as again:
        an_incident(db, policy, an_act(key="trigger 1"))
    assert again.value.outcome == "not stored"
    assert stored(db) == 0
    assert an_incident(db, policy, an_act(key="trigger 2")).head.reference == "ESC-1"


def test_where_nobody_can_tell_the_person_is_told_so(
    db: Database, broken: Wire, policy: Policy
) -> None:
    broken.break_commit_of("INSERT INTO incident", Break.AFTER)
    broken.down = True
    with pytest.raises(PerhapsStored):
        an_incident(db, policy, an_act(key="trigger 1"))
    broken.down = False
    assert stored(db) == 1


def test_a_request_without_a_key_is_refused(db: Database, broken: Wire, policy: Policy) -> None:
    broken.break_commit_of("INSERT INTO incident", Break.BEFORE)
    with pytest.raises(StoreUnavailable):
        an_incident(db, policy, an_act())
    assert stored(db) == 0
