"""Requests that wait for SQLite's one writer share a commit: all of it stands, or none of it."""

import asyncio
import shutil
import sqlite3
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from bot.concurrency.threads import Threads
from bot.domain.errors import AlreadyHandled, BadInput, PerhapsStored, StoreUnavailable
from bot.domain.problems.texts import NoTitle
from bot.policy import Policy
from bot.store import database
from bot.store.database import Database
from bot.store.sql.shared_commits import Ended
from bot.store.tables import Delivery, Incident
from tests.factories import an_act, an_incident, people

Opening = Callable[[], Any]
Commit = Callable[[Any], None]


@pytest.fixture
def db(sqlite: Database, policy: Policy) -> Database:
    people(sqlite, policy)
    return sqlite


def opening(db: Database, policy: Policy, key: str | None) -> Opening:
    return partial(an_incident, db, policy, an_act(key=key, microseconds=123_457))


def openings(db: Database, policy: Policy, *keys: str) -> list[Opening]:
    return [opening(db, policy, key) for key in keys]


def numbers(db: Database) -> list[int]:
    with db.reading() as tx:
        return [row.number for row in tx.all(select(Incident).order_by(col(Incident.number)))]


def references(ended: list[Ended]) -> list[str]:
    return [opened.head.reference for opened, error in ended if error is None]


def errors(ended: list[Ended]) -> list[type[BaseException]]:
    return [type(error) for _, error in ended if error is not None]


def on_commit(db: Database, monkeypatch: pytest.MonkeyPatch, hook: Callable[..., None]) -> None:
    """Have `hook(commit, connection)` called instead of each commit that writes."""
    commit: Commit = db.engine.dialect.do_commit

    def hooked(connection: Any) -> None:
        before = connection.driver_connection.total_changes
        if before == changes.get(connection.driver_connection, 0):
            commit(connection)
            return
        changes[connection.driver_connection] = before
        hook(commit, connection)

    changes: dict[Any, int] = {}
    monkeypatch.setattr(db.engine.dialect, "do_commit", hooked)


def stored_and_then_fails(commit: Commit, connection: Any) -> None:
    commit(connection)
    raise sqlite3.OperationalError("disk I/O error")


def test_they_have_one_commit_and_a_number_each(
    db: Database, policy: Policy, monkeypatch: pytest.MonkeyPatch
) -> None:
    commits = list[int]()

    def counted(commit: Commit, connection: Any) -> None:
        commits.append(1)
        commit(connection)

    on_commit(db, monkeypatch, counted)
    ended = db.together(openings(db, policy, "1", "2", "3"))
    assert references(ended) == ["ESC-1", "ESC-2", "ESC-3"]
    assert commits == [1]
    assert numbers(db) == [1, 2, 3]


def test_one_that_fails_is_undone_alone(db: Database, policy: Policy) -> None:
    def fails() -> None:
        with db.transaction(an_act(key="2")) as tx:
            tx.connection.exec_driver_sql("DELETE FROM incident")
            tx.connection.exec_driver_sql("DELETE FROM delivery")
            raise BadInput("title", NoTitle(), "a title")

    first, last = openings(db, policy, "1", "3")
    ended = db.together([first, fails, last])
    assert references(ended) == ["ESC-1", "ESC-2"]
    assert errors(ended) == [BadInput]
    assert numbers(db) == [1, 2]
    assert an_incident(db, policy, an_act(key="2")).head.reference == "ESC-3", "its key is free"


def test_a_mistake_in_a_statement_is_undone_alone(db: Database, policy: Policy) -> None:
    def mistaken() -> None:
        with db.transaction() as tx:
            tx.connection.exec_driver_sql("DELETE FROM incident")
            tx.connection.exec_driver_sql("SELECT nothing FROM nowhere")

    ended = db.together([opening(db, policy, "1"), mistaken, opening(db, policy, "2")])
    assert references(ended) == ["ESC-1", "ESC-2"]
    assert numbers(db) == [1, 2]


def test_the_same_request_twice_has_one_effect(db: Database, policy: Policy) -> None:
    ended = db.together(openings(db, policy, "1", "1", "2"))
    assert references(ended) == ["ESC-1", "ESC-2"]
    (again,) = [error for _, error in ended if error is not None]
    assert isinstance(again, AlreadyHandled)
    assert again.outcome == "ESC-1"


def test_what_was_written_is_read_within_the_same_call(db: Database, policy: Policy) -> None:
    def opened_and_read() -> list[int]:
        an_incident(db, policy, an_act(key="2"))
        return numbers(db)

    ended = db.together([opening(db, policy, "1"), opened_and_read])
    assert ended[1] == ([1, 2], None)


def test_until_the_commit_nobody_sees_anything_and_nobody_is_woken(
    db: Database, policy: Policy, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    seen, woken = list[object](), list[int]()
    db.on_new_delivery(lambda: woken.append(len(numbers(db))))
    crashed = tmp_path / "crashed"
    crashed.mkdir()

    def watched(commit: Commit, connection: Any) -> None:
        other = sqlite3.connect(str(db.url.database))
        seen.append(other.execute("SELECT count(*) FROM incident").fetchone()[0])
        other.close()
        seen.append(list(woken))
        for file in Path(str(db.url.database)).parent.glob("*.sqlite3*"):
            shutil.copy(file, crashed / file.name)
        commit(connection)

    on_commit(db, monkeypatch, watched)
    db.together(openings(db, policy, "1", "2"))
    assert seen == [0, []]
    assert woken == [2], "woken once, when all of it is there"
    (left,) = crashed.glob("*.sqlite3")
    after = Database(f"sqlite:///{left}")
    assert numbers(after) == [], "a process that dies before the commit leaves nothing"
    assert references(after.together(openings(after, policy, "1", "2"))) == ["ESC-1", "ESC-2"]
    after.close()


def test_a_commit_that_fails_is_nobodys(
    db: Database, policy: Policy, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_commit: Commit, _connection: Any) -> None:
        raise sqlite3.OperationalError("disk I/O error")

    with monkeypatch.context() as broken:
        on_commit(db, broken, fails)
        ended = db.together(openings(db, policy, "1", "1", "2"))
    assert errors(ended) == [StoreUnavailable] * 3, "the second of the same one too"
    assert numbers(db) == []
    assert references(db.together(openings(db, policy, "1", "2"))) == ["ESC-1", "ESC-2"]


def test_a_commit_that_fails_after_its_effect_is_found_out(
    db: Database, policy: Policy, monkeypatch: pytest.MonkeyPatch
) -> None:
    woken = list[list[int]]()
    db.on_new_delivery(lambda: woken.append(numbers(db)))
    with monkeypatch.context() as broken:
        on_commit(db, broken, stored_and_then_fails)
        ended = db.together(openings(db, policy, "1", "2"))
    assert references(ended) == ["ESC-1", "ESC-2"]
    assert numbers(db) == [1, 2]
    assert woken == [[1, 2]]


def test_any_of_the_keys_tells_that_the_commit_had_its_effect(
    db: Database, policy: Policy, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = [opening(db, policy, "1"), opening(db, policy, None)]
    with monkeypatch.context() as broken:
        on_commit(db, broken, stored_and_then_fails)
        ended = db.together(calls)
    assert references(ended) == ["ESC-1", "ESC-2"]


def test_where_nobody_can_tell_everyone_is_told_so(
    db: Database, policy: Policy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "_ASK_AGAIN", ())
    with monkeypatch.context() as broken:
        on_commit(db, broken, stored_and_then_fails)
        ended = db.together(openings(db, policy, "1", "2"))
    assert errors(ended) == [PerhapsStored] * 2


def test_what_sqlite_undoes_by_itself_was_nobodys(db: Database, policy: Policy) -> None:
    """As it does on a full disk: what follows must not become a transaction of its own."""

    def undone() -> None:
        with db.transaction() as tx:
            tx.connection.exec_driver_sql("ROLLBACK")
            raise StoreUnavailable("full", "")

    ended = db.together([opening(db, policy, "1"), undone, opening(db, policy, "2")])
    assert errors(ended) == [StoreUnavailable] * 3
    assert numbers(db) == []


def test_a_full_disk_stores_nothing_of_any(db: Database, policy: Policy) -> None:
    with db.transaction() as tx:
        pages = tx.connection.exec_driver_sql("PRAGMA page_count").scalar_one()

    def full() -> None:
        with db.transaction() as tx:
            tx.connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")

    many = openings(db, policy, *(f"{number}" for number in range(60)))
    ended = db.together([full, *many])
    stored = references(ended)
    assert len(stored) < len(many), "the disk was full"
    assert numbers(db) == list(range(1, len(stored) + 1)), "who was told so is stored, nobody else"


def test_a_file_that_somebody_else_has_locked_refuses_all_at_once(
    db: Database, policy: Policy
) -> None:
    other = sqlite3.connect(str(db.url.database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert errors(db.together(openings(db, policy, "1", "2"))) == [StoreUnavailable] * 2
    other.execute("ROLLBACK")
    other.close()


async def test_nobody_is_answered_before_the_common_commit(
    db: Database, policy: Policy, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads = Threads(one_writer=True, together=db.together)
    busy, free, answered = threading.Event(), threading.Event(), list[list[bool]]()
    tasks = list[asyncio.Task[Any]]()

    def hold() -> None:
        busy.set()
        free.wait(30)

    def watched(commit: Commit, connection: Any) -> None:
        answered.append([task.done() for task in tasks])
        commit(connection)

    on_commit(db, monkeypatch, watched)
    try:
        holding = asyncio.create_task(threads.write(hold))
        await asyncio.to_thread(busy.wait, 30)
        for one in openings(db, policy, "1", "2", "3"):
            tasks.append(asyncio.create_task(threads.write(one)))
        await asyncio.sleep(0)
        free.set()
        opened = await asyncio.gather(*tasks)
        await holding
    finally:
        free.set()
        threads.close()
    assert [one.head.reference for one in opened] == ["ESC-1", "ESC-2", "ESC-3"]
    assert answered == [[False, False, False]]
    with db.reading() as tx:
        assert tx.all(select(Delivery))
