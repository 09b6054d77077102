"""The connection is lost while the database commits: what was stored is found out, exactly."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import text
from sqlmodel import select

from bot.domain.act import Act
from bot.domain.errors import AlreadyHandled, PerhapsStored, StoreUnavailable
from bot.policy import Policy
from bot.store import database
from bot.store.database import Database
from bot.store.sql import engines
from bot.store.tables import Incident
from tests.databases import fresh_url
from tests.factories import an_act, an_incident, people
from tests.wire import Break, Wire, wire

WAITING = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    # Nothing here is about how long a lock is waited for.
    monkeypatch.setattr(engines, "LONGEST_WAIT_MS", 30_000)
    with fresh_url("postgresql", tmp_path) as url:
        yield url


@pytest.fixture
def broken(server: str) -> Iterator[Wire]:
    with wire(server) as made:
        yield made


@pytest.fixture
def db(broken: Wire, policy: Policy) -> Iterator[Database]:
    db = Database(broken.url)
    people(db, policy)
    yield db
    db.close()


@pytest.fixture
def other(server: str) -> Iterator[Database]:
    """Another replica, whose wire is whole."""
    db = Database(server)
    yield db
    db.close()


def stored(db: Database) -> int:
    with db.reading() as tx:
        return len(tx.all(select(Incident)))


def attempt(number: int) -> Act:
    """The same request each time, each time a little later."""
    return an_act(key="trigger 1", seconds=number, microseconds=number)


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.005)


def somebody_waits(db: Database) -> bool:
    """Whether another transaction waits for a lock."""
    with db.reading() as tx:
        return bool(tx.execute(text(WAITING)).scalar())


def test_a_commit_whose_answer_is_lost_counts_as_stored(
    db: Database, broken: Wire, policy: Policy
) -> None:
    broken.break_commit_of("INSERT INTO incident", Break.AFTER)
    assert an_incident(db, policy, an_act(key="trigger 1")).head.reference == "ESC-1"
    assert (stored(db), broken.broken) == (1, 1)


def test_what_was_refused_because_its_commit_never_arrived_can_be_asked_for_again(
    db: Database, broken: Wire, policy: Policy
) -> None:
    broken.break_commit_of("INSERT INTO incident", Break.BEFORE)
    with pytest.raises(StoreUnavailable) as refused:
        an_incident(db, policy, attempt(1))
    assert not isinstance(refused.value, PerhapsStored)
    assert stored(db) == 0
    assert an_incident(db, policy, attempt(2)).head.reference == "ESC-1"
    with pytest.raises(AlreadyHandled) as again:
        an_incident(db, policy, attempt(3))
    assert (again.value.outcome, stored(db)) == ("ESC-1", 1)


@pytest.mark.parametrize("how", list(Break), ids=lambda how: how.name.lower())
def test_the_second_attempts_commit_can_be_lost_as_well(
    db: Database, broken: Wire, policy: Policy, how: Break
) -> None:
    for number in (1, 2):
        broken.break_commit_of("INSERT INTO incident", Break.BEFORE)
        with pytest.raises(StoreUnavailable):
            an_incident(db, policy, attempt(number))
    broken.break_commit_of("INSERT INTO incident", how)
    if how is Break.AFTER:
        assert an_incident(db, policy, attempt(3)).head.reference == "ESC-1"
    else:
        with pytest.raises(StoreUnavailable):
            an_incident(db, policy, attempt(3))
        assert an_incident(db, policy, attempt(4)).head.reference == "ESC-1"
    with pytest.raises(AlreadyHandled) as again:
        an_incident(db, policy, attempt(5))
    assert (again.value.outcome, stored(db)) == ("ESC-1", 1)


def test_a_second_attempts_commit_that_arrives_late_is_waited_for(
    db: Database, other: Database, broken: Wire, policy: Policy
) -> None:
    """Its key is there for all to see since the first attempt; what came of it is not."""
    broken.break_commit_of("INSERT INTO incident", Break.BEFORE)
    with pytest.raises(StoreUnavailable):
        an_incident(db, policy, attempt(1))
    broken.delay_commit_of("INSERT INTO incident")
    with ThreadPoolExecutor(1) as pool:
        second = pool.submit(an_incident, db, policy, attempt(2))
        until(partial(somebody_waits, other))
        broken.let_arrive()
        assert second.result(30).head.reference == "ESC-1"
    assert stored(db) == 1


def test_of_two_attempts_after_a_lost_one_the_second_waits_for_the_first(
    db: Database, other: Database, broken: Wire, policy: Policy
) -> None:
    """On two replicas, at the same moment."""
    broken.break_commit_of("INSERT INTO incident", Break.BEFORE)
    with pytest.raises(StoreUnavailable):
        an_incident(db, policy, attempt(1))
    with ThreadPoolExecutor(1) as pool:
        with db.transaction(attempt(2)):
            third = pool.submit(an_incident, other, policy, attempt(3))
            until(partial(somebody_waits, other))
        with pytest.raises(AlreadyHandled):
            third.result(30)
    assert stored(db) == 0


def test_where_the_second_of_three_attempts_fails_the_third_goes_on(
    db: Database, other: Database, broken: Wire, policy: Policy
) -> None:
    broken.break_commit_of("INSERT INTO incident", Break.BEFORE)
    with pytest.raises(StoreUnavailable):
        an_incident(db, policy, attempt(1))
    with ThreadPoolExecutor(1) as pool:
        with suppress(ZeroDivisionError), db.transaction(attempt(2)):
            third = pool.submit(an_incident, other, policy, attempt(3))
            until(partial(somebody_waits, other))
            raise ZeroDivisionError
        assert third.result(30).head.reference == "ESC-1"
    assert stored(db) == 1


@pytest.mark.parametrize("taken_over", [False, True])
def test_an_attempt_that_is_not_stored_never_passes_for_another_one_that_is(
    db: Database,
    other: Database,
    broken: Wire,
    policy: Policy,
    taken_over: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its answer would name an incident that nobody has ever stored."""
    monkeypatch.setattr(database, "_ASK_AGAIN", (0.0, *[0.05] * 600))
    if taken_over:
        broken.break_commit_of("INSERT INTO incident", Break.BEFORE)
        with pytest.raises(StoreUnavailable):
            an_incident(db, policy, attempt(1))
    an_incident(other, policy, an_act(key="something else"))
    with ThreadPoolExecutor(1) as pool:
        broken.break_commit_of("INSERT INTO incident", Break.BEFORE)
        broken.down = True
        lost = pool.submit(an_incident, db, policy, attempt(2))
        until(lambda: broken.broken)
        assert an_incident(other, policy, attempt(3)).head.reference == "ESC-2"
        broken.down = False
        with pytest.raises(AlreadyHandled) as handled:
            lost.result(30)
    assert (handled.value.outcome, stored(db)) == ("ESC-2", 2)


def test_where_nobody_can_tell_the_person_is_told_so(
    db: Database, broken: Wire, policy: Policy
) -> None:
    broken.break_commit_of("INSERT INTO incident", Break.AFTER)
    broken.down = True
    with pytest.raises(PerhapsStored):
        an_incident(db, policy, an_act(key="trigger 1"))
    broken.down = False
    assert stored(db) == 1


def test_a_server_that_comes_back_shortly_is_asked_again(
    db: Database, broken: Wire, policy: Policy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is back when the bot has waited twice."""
    waited = list[float]()

    def wait(seconds: float) -> None:
        waited.append(seconds)
        broken.down = len(waited) < 3

    monkeypatch.setattr(database, "time", SimpleNamespace(sleep=wait))
    broken.break_commit_of("INSERT INTO incident", Break.AFTER)
    broken.down = True
    assert an_incident(db, policy, an_act(key="trigger 1")).head.reference == "ESC-1"
    assert waited == sorted(waited)
    assert len(waited) == 3


def test_a_request_without_a_key_is_refused(db: Database, broken: Wire, policy: Policy) -> None:
    broken.break_commit_of("INSERT INTO incident", Break.BEFORE)
    with pytest.raises(StoreUnavailable):
        an_incident(db, policy, an_act())
    assert stored(db) == 0
