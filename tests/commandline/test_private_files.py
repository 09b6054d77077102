"""What Tocsin writes holds restricted escalations: no other user of the machine may read it."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.store.database import Database
from commandline.database.migrations import migrate
from commandline.database.sole_user import sole_user
from commandline.main import main


@pytest.fixture(autouse=True)
def usual_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def modes(folder: Path) -> dict[str, str]:
    return {path.name: oct(path.stat().st_mode & 0o777) for path in folder.iterdir()}


@pytest.mark.parametrize("alone", [True, False], ids=["as serve does", "as any command does"])
def test_a_new_database_and_its_log_are_for_its_owner_alone(tmp_path: Path, *, alone: bool) -> None:
    url = f"sqlite:///{tmp_path / 'new.sqlite3'}"
    if alone:
        with sole_user(url, create=True):
            _look(url, tmp_path)
    else:
        _look(url, tmp_path)


def _look(url: str, folder: Path) -> None:
    db = Database(url)
    migrate(db)
    with db.transaction() as tx:
        tx.connection.exec_driver_sql("UPDATE person SET name = name")
    found = modes(folder)
    db.close()
    assert {"new.sqlite3", "new.sqlite3-wal", "new.sqlite3-shm"} <= found.keys()
    assert set(found.values()) == {"0o600"}, found


def test_so_are_a_backup_and_what_is_restored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", "sqlite:///tocsin.sqlite3")
    assert main(["migrate"]) == 0
    assert main(["backup", "copy.sqlite3"]) == 0
    assert main(["restore", "copy.sqlite3", "--force"]) == 0
    assert set(modes(tmp_path).values()) == {"0o600"}, modes(tmp_path)


def test_a_database_that_was_readable_stays_as_its_owner_made_it(tmp_path: Path) -> None:
    """A group may be meant to read it; `doctor` says where every user may."""
    path = tmp_path / "old.sqlite3"
    with closing(sqlite3.connect(path)) as made:
        made.execute("CREATE TABLE x (y)")
    path.chmod(0o640)
    with sole_user(f"sqlite:///{path}", create=True):
        pass
    assert modes(tmp_path)["old.sqlite3"] == "0o640"
