"""A SQLite file whose content is exchanged in place keeps its name and its inode: it is noticed."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.domain.errors import HistoryGone
from bot.store import upkeep
from bot.store.database import Database
from tests.databases import fresh_database
from tests.factories import NOON


@pytest.fixture
def watched(sqlite: Database) -> Database:
    """As a bot that serves has it after some hours."""
    upkeep.look_for_room(sqlite, NOON)
    return sqlite


def file_of(db: Database) -> Path:
    return Path(db.url.database or "")


def written_back(db: Database) -> bytes:
    """What is stored by now, as the file has it without a log."""
    upkeep.look_for_room(db, NOON)
    assert upkeep.shrink_log(db, longest=0)
    return file_of(db).read_bytes()


def nothing(_db: Database, _folder: Path) -> bytes:
    return b""


def something_else(_db: Database, _folder: Path) -> bytes:
    return b"reference,title\n" * 1_000


def another_history(_db: Database, folder: Path) -> bytes:
    with fresh_database("sqlite", folder) as other:
        upkeep.look_for_room(other, NOON)
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
    upkeep.look_for_room(watched, NOON)


def test_what_is_exchanged_during_a_transaction_is_not_told_as_stored(watched: Database) -> None:
    with pytest.raises(HistoryGone), watched.transaction():
        file_of(watched).write_bytes(b"")


def test_the_content_of_the_process_itself_is_its_own_through_any_checkpoint(
    watched: Database,
) -> None:
    for _ in range(3):
        upkeep.look_for_room(watched, NOON)
        assert upkeep.shrink_log(watched, longest=0)
        with watched.reading():
            pass


def test_a_start_after_another_process_takes_the_content_as_it_is(watched: Database) -> None:
    before = written_back(watched)
    watched.close()
    again = Database(str(watched.url))
    upkeep.look_for_room(again, NOON)
    assert again.file is not None
    assert again.file.is_watched
    file_of(again).write_bytes(before)
    with pytest.raises(HistoryGone), again.reading():
        pytest.fail("the copy is older")
    again.close()
