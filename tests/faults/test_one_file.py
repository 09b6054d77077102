"""One process on one SQLite file, and always on that file."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from bot.store.database import Database
from playground.driver import texts
from tests.faults import rows
from tests.faults.policies import ROOT
from tests.faults.replicas import Bots, Replica
from tests.waiting import eventually

NUMBER = slice(60, 64)
"""Where the header of the file has the number that a serving bot raises."""
OPENING = "open p1 Pile-on against a creator"


def file_of(stage: Bots) -> Path:
    return Path(stage.database_url.removeprefix("sqlite:///"))


def itself(path: Path, _elsewhere: Path) -> Path:
    return path


def by_a_symbolic_link(path: Path, elsewhere: Path) -> Path:
    (elsewhere / "linked.db").symlink_to(path)
    return elsewhere / "linked.db"


def by_a_folder_that_is_a_link(path: Path, elsewhere: Path) -> Path:
    (elsewhere / "folder").symlink_to(path.parent)
    return elsewhere / "folder" / path.name


def by_a_hard_link(path: Path, elsewhere: Path) -> Path:
    (elsewhere / "hard.db").hardlink_to(path)
    return elsewhere / "hard.db"


Way = Callable[[Path, Path], Path]
WAYS: list[Way] = [itself, by_a_symbolic_link, by_a_folder_that_is_a_link, by_a_hard_link]


@pytest.mark.parametrize("way", WAYS)
async def test_a_second_process_is_refused_and_takes_over_after_a_kill(
    stage: Bots, db: Database, tmp_path: Path, way: Way
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    first = await stage.start()
    there = {"DATABASE_URL": f"sqlite:///{way(file_of(stage), elsewhere)}"}
    second = await stage.start(env=there, ready=False)
    assert await second.ended() == 2
    *_, said = second.log.read_text().splitlines()
    assert "of Tocsin uses the database" in said
    await stage.command(OPENING)
    await eventually(lambda: len(rows.incidents(db)) == 1)
    await first.killed()
    # SQLite keeps its log beside one of two hard links: what is in it is found by that name only.
    await stage.start(env={} if way is by_a_hard_link else there)
    await stage.command(OPENING)
    await eventually(lambda: len(rows.incidents(db)) == 2)


def app(stage: Bots, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A command beside the running bot."""
    environment = {
        "PATH": "",
        "DATABASE_URL": stage.database_url,
        "ESCALATION_POLICY": str(stage.policy_file),
    }
    return subprocess.run(
        [sys.executable, str(ROOT / "app.py"), *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


async def test_only_commands_that_do_not_change_the_database_run_beside_the_bot(
    stage: Bots, db: Database, tmp_path: Path
) -> None:
    await stage.start()
    await stage.command(OPENING)
    await eventually(lambda: len(rows.incidents(db)) == 1)
    kept = str(tmp_path / "kept.sqlite3")
    for command in (["backup", kept], ["verify"], ["export"], ["migrate", "--check"]):
        ended = app(stage, *command)
        assert ended.returncode == 0, (command, ended.stderr)
    for command in (["migrate"], ["restore", "--force", kept], ["restore", "--mark-only"]):
        ended = app(stage, *command)
        assert ended.returncode == 2, (command, ended.stderr)
        assert "of Tocsin uses the database" in ended.stderr, command
    assert len(rows.incidents(db)) == 1


def deleted(path: Path) -> None:
    for part in path.parent.glob(f"{path.name}*"):
        if part.suffix != ".lock":
            part.unlink()


def moved(path: Path) -> None:
    path.rename(path.with_name("moved"))


def replaced(path: Path) -> None:
    copy = path.with_name("copy")
    shutil.copy(path, copy)
    copy.replace(path)


def replaced_by_an_empty_one(path: Path) -> None:
    deleted(path)
    path.touch()


def overwritten(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: NUMBER.start])


@pytest.mark.parametrize("lose", [deleted, moved, replaced, replaced_by_an_empty_one, overwritten])
async def test_a_file_that_is_taken_away_is_noticed_at_once(
    stage: Bots, lose: Callable[[Path], None]
) -> None:
    replica = await stage.start()
    path, mei = file_of(stage), stage.slack.person("mei")
    await eventually(lambda: any(path.read_bytes()[NUMBER]))
    await stage.command(OPENING)
    await mei.until_sees("general", lambda message: "is open as P1" in texts(message))
    opened = len(mei.sees("general"))
    lose(path)
    there = as_it_is(path)
    for asked in range(1, 6):
        await stage.command(OPENING)
        await eventually(partial(has_read, stage, opened + asked))
    said = [texts(message) for message in mei.sees("general")[opened:]]
    assert all("Nothing can be stored" in one for one in said), said
    status, body = await replica.get("/readyz")
    assert status == 503
    assert "deleted, moved, replaced, overwritten or truncated" in body
    log = replica.log.read_text()
    assert log.count("The database cannot be used: nothing is stored or sent") == 1
    assert "why=The database file was deleted, moved, replaced, overwritten or truncated" in log
    assert as_it_is(path) == there, "nothing is made, nothing is written"


def as_it_is(path: Path) -> tuple[int, bytes] | None:
    """Which file it is, and what is in it."""
    return (path.stat().st_ino, path.read_bytes()) if path.exists() else None


def has_read(stage: Bots, messages: int) -> bool:
    return len(stage.slack.person("mei").sees("general")) >= messages


async def test_a_file_that_is_put_back_is_worked_with_again(stage: Bots, db: Database) -> None:
    replica = await stage.start()
    path = file_of(stage)
    path.rename(path.with_name("moved"))
    assert (await replica.get("/readyz"))[0] == 503
    path.with_name("moved").rename(path)
    await stage.until_ready(replica)
    await stage.command(OPENING)
    await eventually(lambda: len(rows.incidents(db)) == 1)


async def test_a_log_without_its_database_is_no_new_history(stage: Bots) -> None:
    replica = await stage.start()
    await stage.command(OPENING)
    await replica.killed()
    path = file_of(stage)
    path.unlink()
    again = await stage.start(command=(str(ROOT / "app.py"), "serve", "--migrate"), ready=False)
    assert await again.ended() == 2
    assert "deleted or moved after a crash" in again.log.read_text()
    assert not path.exists()


@pytest.mark.usefixtures("db")
async def test_sigterm_ends_an_idle_bot_with_status_0(stage: Bots) -> None:
    replica: Replica = await stage.start()
    replica.process.terminate()
    assert await replica.ended() == 0
