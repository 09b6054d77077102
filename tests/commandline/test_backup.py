"""Backups: whole or not there, private, never over something else; and what restoring leaves."""

import argparse
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest
from sqlmodel import select

from bot.configuration.settings import SettingsError
from bot.domain.delivery.delivery_states import DeliveryState
from bot.policy import Policy
from bot.services.incidents import export
from bot.store.database import Database
from bot.store.tables import Delivery, Incident
from commandline.commands import backup, restore
from tests.databases import fresh_database, on_both
from tests.factories import an_incident, people

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def live(tmp_path: Path, policy: Policy) -> Iterator[Database]:
    """A SQLite database with an incident, open as a running bot has it."""
    with fresh_database("sqlite", tmp_path) as db:
        people(db, policy)
        an_incident(db, policy)
        yield db


def file_of(db: Database) -> Path:
    return Path(str(db.url.database))


def back_up(db: Database, *words: str) -> int:
    return _run(backup, str(db.url), *words)


def put_back(url: str, *words: str) -> int:
    return _run(restore, url, *words)


def _run(command: ModuleType, url: str, *words: str) -> int:
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    status: int = command.run(parser.parse_args(words), {"DATABASE_URL": url})
    return status


def test_a_backup_holds_all_of_it_and_nobody_else_may_read_it(
    live: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "kept.sqlite3"
    assert back_up(live, str(kept)) == 0
    assert "Escalations: 1." in capsys.readouterr().out
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.glob("*kept*")) == ["kept.sqlite3"]
    copy = Database(f"sqlite:///{kept}")
    assert export.verify(copy) == (1, [])
    copy.close()


def test_a_backup_while_the_bot_writes_is_of_one_moment(
    live: Database, policy: Policy, tmp_path: Path
) -> None:
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            an_incident(live, policy)

    writing = threading.Thread(target=write)
    writing.start()
    try:
        for number in range(3):
            assert back_up(live, str(tmp_path / f"{number}.copy")) == 0
    finally:
        stop.set()
        writing.join()
    for number in range(3):
        copy = Database(f"sqlite:///{tmp_path / f'{number}.copy'}")
        checked, flaws = export.verify(copy)
        assert checked >= 1
        assert flaws == []
        copy.close()


def test_nothing_is_overwritten_unless_it_is_asked_for(
    live: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "kept"
    kept.write_text("something else")
    assert back_up(live, str(kept)) == 2
    assert "--force" in capsys.readouterr().err
    assert kept.read_text() == "something else"
    assert back_up(live, str(kept), "--force") == 0
    assert back_up(live, str(file_of(live)), "--force") == 2
    assert "the database itself" in capsys.readouterr().err


@pytest.mark.parametrize("where", ["missing/file", ""])
def test_a_place_where_nothing_can_be_written_is_named(
    live: Database, tmp_path: Path, where: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert back_up(live, str(tmp_path / where)) == 2
    assert "folder" in capsys.readouterr().err


def test_a_database_that_is_not_there_is_not_made(
    tmp_path: Path,
) -> None:
    url = f"sqlite:///{tmp_path / 'none.sqlite3'}"
    with pytest.raises(SettingsError, match="DATABASE_URL"):
        _run(backup, url, str(tmp_path / "kept"))
    assert list(tmp_path.iterdir()) == []


def test_postgresql_is_told_what_to_do_instead(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = "postgresql://nobody@127.0.0.1:1/nothing"
    assert _run(backup, url, str(tmp_path / "kept")) == 2
    assert "pg_dump" in capsys.readouterr().err
    assert put_back(url, str(tmp_path / "kept")) == 2
    assert "pg_restore" in capsys.readouterr().err


def damaged(path: Path) -> None:
    whole = bytearray(path.read_bytes())
    middle = len(whole) // 2
    whole[middle : middle + 20_000] = b"\x5a" * 20_000
    path.write_bytes(whole)


def altered(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE timeline_entry SET data = '{}' WHERE seq = 1")
    connection.close()


def foreign(path: Path) -> None:
    path.unlink()
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE something_else (id)")
    connection.close()


def newer(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()


@pytest.mark.parametrize("spoil", [damaged, altered, foreign, newer])
def test_a_backup_that_is_not_sound_is_not_restored(
    live: Database,
    tmp_path: Path,
    spoil: Callable[[Path], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    kept, target = tmp_path / "kept", tmp_path / "target.sqlite3"
    assert back_up(live, str(kept)) == 0
    spoil(kept)
    assert put_back(f"sqlite:///{target}", str(kept)) == 1
    assert "nothing was changed" in capsys.readouterr().err
    assert [path.name for path in tmp_path.glob("*target*")] == ["target.sqlite3.lock"]


def test_a_database_with_an_altered_timeline_is_not_backed_up_in_silence(
    live: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    altered(file_of(live))
    assert back_up(live, str(tmp_path / "kept")) == 1
    assert "ESC-1" in capsys.readouterr().err
    assert not (tmp_path / "kept").exists()
    assert back_up(live, str(tmp_path / "kept"), "--quick") == 0


def test_what_was_unsent_is_looked_up_before_it_is_sent(live: Database, tmp_path: Path) -> None:
    kept, target = tmp_path / "kept", tmp_path / "target.sqlite3"
    assert back_up(live, str(kept)) == 0
    assert put_back(f"sqlite:///{target}", str(kept)) == 0
    restored = Database(f"sqlite:///{target}")
    assert states(restored) == {DeliveryState.UNKNOWN}
    assert states(live) == {DeliveryState.DUE}
    assert export.verify(restored) == (1, [])
    restored.close()


def states(db: Database) -> set[DeliveryState]:
    with db.reading() as tx:
        return {row.state for row in tx.all(select(Delivery))}


def test_a_database_that_is_there_is_kept_and_only_replaced_when_it_is_asked_for(
    live: Database, policy: Policy, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept, target = tmp_path / "kept", file_of(live)
    assert back_up(live, str(kept)) == 0
    an_incident(live, policy)
    live.close()
    assert put_back(str(live.url), str(kept)) == 2
    assert "--force" in capsys.readouterr().err
    assert put_back(str(live.url), str(kept), "--force") == 0
    [aside] = tmp_path.glob(f"{target.name}.before-restore-*")
    assert (incidents(aside), incidents(target)) == (2, 1)


OPEN = """
import sys
from sqlmodel import select
from bot.store.database import Database
from bot.store.tables import Incident

db = Database(sys.argv[1])
with db.reading() as tx:
    tx.first(select(Incident))
print("open", flush=True)
sys.stdin.read()
"""
"""A process that has the database open and does nothing with it, as a bot in a quiet night."""


@pytest.mark.parametrize("words", [(), ("--force",)])
def test_a_database_that_another_process_has_open_is_not_replaced(
    live: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    kept, target = tmp_path / "kept", file_of(live)
    assert back_up(live, str(kept)) == 0
    live.close()
    command = [sys.executable, "-c", OPEN, str(live.url)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdin
        assert other.stdout
        assert other.stdout.readline() == "open\n"
        there = target.stat().st_ino
        assert put_back(str(live.url), str(kept), *words) == 2
        assert "Another process has" in capsys.readouterr().err
        assert target.stat().st_ino == there
        assert not list(tmp_path.glob("*before-restore*"))
        other.stdin.close()
        assert other.wait(60) == 0
    assert put_back(str(live.url), str(kept), "--force") == 0


def incidents(path: Path) -> int:
    db = Database(f"sqlite:///{path}")
    with db.reading() as tx:
        found = len(tx.all(select(Incident)))
    db.close()
    return found


@on_both
def test_marking_alone_is_for_a_database_that_was_restored_by_other_means(
    db: Database, policy: Policy, capsys: pytest.CaptureFixture[str]
) -> None:
    people(db, policy)
    an_incident(db, policy)
    url = db.url.render_as_string(hide_password=False)
    assert put_back(url, "--mark-only") == 0
    assert "looks up unsent messages in Slack before it sends them: " in capsys.readouterr().out
    assert states(db) == {DeliveryState.UNKNOWN}
