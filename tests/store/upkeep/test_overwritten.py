"""A SQLite file whose content is exchanged in place keeps its name and its inode: it is noticed."""

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import delete
from sqlmodel import col, select

from bot.domain.errors import HistoryGone, StoreUnavailable
from bot.store.database import Database
from bot.store.tables import Incident, Limit
from bot.store.upkeep import maintenance, storage_check
from tests.databases import fresh_database
from tests.factories import NOON

A_LIMIT = {"team_id": "T1", "scope": "s", "blocked_until": NOON, "reason": ""}
PAGE = 4_096


@pytest.fixture
def watched(sqlite: Database) -> Database:
    """As a bot that serves has it after some hours."""
    storage_check.look_for_room(sqlite, NOON)
    return sqlite


def file_of(db: Database) -> Path:
    return Path(db.url.database or "")


def written_back(db: Database) -> bytes:
    """What is stored by now, as the file has it without a log."""
    storage_check.look_for_room(db, NOON)
    assert maintenance.shrink_log(db, longest=0)
    return file_of(db).read_bytes()


def nothing(_db: Database, _folder: Path) -> bytes:
    return b""


def something_else(_db: Database, _folder: Path) -> bytes:
    return b"reference,title\n" * 1_000


def another_history(_db: Database, folder: Path) -> bytes:
    with fresh_database("sqlite", folder) as other:
        storage_check.look_for_room(other, NOON)
        return written_back(other)


def one_that_never_served(_db: Database, folder: Path) -> bytes:
    with fresh_database("sqlite", folder) as other:
        return file_of(other).read_bytes()


def an_older_copy(db: Database, _folder: Path) -> bytes:
    older = written_back(db)
    written_back(db)
    return older


Content = Callable[[Database, Path], bytes]
CONTENTS: list[Content] = [
    nothing,
    something_else,
    another_history,
    one_that_never_served,
    an_older_copy,
]


@pytest.mark.parametrize("content", CONTENTS)
def test_another_content_is_neither_read_nor_written(
    watched: Database, tmp_path: Path, content: Content
) -> None:
    other = content(watched, tmp_path)
    ours = written_back(watched)
    file_of(watched).write_bytes(other)
    with pytest.raises(HistoryGone), watched.reading():
        pytest.fail("it was read")
    with pytest.raises(HistoryGone), watched.transaction():
        pytest.fail("it was written")
    assert file_of(watched).read_bytes() == other, "no checkpoint mixes the two"
    file_of(watched).write_bytes(ours)
    storage_check.look_for_room(watched, NOON)


def test_a_file_that_is_cut_off_is_neither_read_nor_written(watched: Database) -> None:
    ours = written_back(watched)
    storage_check.look_for_room(watched, NOON)
    os.truncate(file_of(watched), len(ours) // 2)
    with pytest.raises(HistoryGone), watched.reading():
        pytest.fail("it was read")
    file_of(watched).write_bytes(ours)
    storage_check.look_for_room(watched, NOON)


def test_a_log_that_was_deleted_is_written_back_when_the_process_ends(watched: Database) -> None:
    """Until then nothing more is stored: other connections would begin a log of their own."""
    with watched.transaction() as tx:
        tx.insert(Limit, A_LIMIT)
    Path(f"{file_of(watched)}-wal").unlink()
    with pytest.raises(HistoryGone), watched.transaction():
        pytest.fail("it was written")
    watched.close()
    again = Database(str(watched.url))
    with again.reading() as tx:
        assert len(tx.all(select(Limit).where(col(Limit.scope) == A_LIMIT["scope"]))) == 1
    again.close()


def test_a_file_that_another_program_made_shorter_in_order_is_the_same(watched: Database) -> None:
    with watched.transaction() as tx:
        tx.insert(Limit, *({**A_LIMIT, "scope": f"{n} {'x' * 80}"} for n in range(2_000)))
    written_back(watched)
    with watched.transaction() as tx:
        tx.execute(delete(Limit).where(col(Limit.team_id) == A_LIMIT["team_id"]))
    long = len(written_back(watched))
    other = sqlite3.connect(file_of(watched), isolation_level=None)
    other.execute("VACUUM")
    other.close()
    assert len(written_back(watched)) < long


def test_a_damaged_file_is_known_until_all_of_it_can_be_read(watched: Database) -> None:
    ours = written_back(watched)
    pages = len(ours) // PAGE
    file_of(watched).write_bytes(ours[: 2 * PAGE] + bytes((pages - 2) * PAGE))
    with pytest.raises(StoreUnavailable), watched.reading() as tx:
        tx.all(select(Incident))
    assert watched.is_damaged
    maintenance.look_for_damage(watched)
    assert watched.is_damaged
    file_of(watched).write_bytes(ours)
    maintenance.look_for_damage(watched)
    assert not watched.is_damaged


def test_what_is_exchanged_during_a_transaction_is_not_told_as_stored(watched: Database) -> None:
    with pytest.raises(HistoryGone), watched.transaction():
        file_of(watched).write_bytes(b"")


def test_the_content_of_the_process_itself_is_its_own_through_any_checkpoint(
    watched: Database,
) -> None:
    for _ in range(3):
        storage_check.look_for_room(watched, NOON)
        assert maintenance.shrink_log(watched, longest=0)
        with watched.reading():
            pass


def test_a_start_after_another_process_takes_the_content_as_it_is(watched: Database) -> None:
    before = written_back(watched)
    watched.close()
    again = Database(str(watched.url))
    storage_check.look_for_room(again, NOON)
    assert again.file is not None
    assert again.file.is_watched
    file_of(again).write_bytes(before)
    with pytest.raises(HistoryGone), again.reading():
        pytest.fail("the copy is older")
    again.close()
