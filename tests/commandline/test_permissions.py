"""Files and folders that are not as a command needs them: one sentence, and exit status 2."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.commandline.as_someone import EachOf, app, one_process

SLACK = {
    "SLACK_BOT_TOKEN": "xoxb-1",
    "SLACK_SIGNING_SECRET": "0" * 32,
    "HOST": "127.0.0.1",
    "PORT": "0",
}
EVERY_VERB = (
    *("serve", "migrate", "digest", "export", "verify", "migrate --check", "restore --mark-only"),
    *("backup --force c.sqlite3", "restore --force c.sqlite3"),
)


@pytest.fixture(scope="module")
def each_of() -> Iterator[EachOf]:
    with one_process() as run:
        yield run


def closed_env(folder: Path) -> dict[str, str]:
    (folder / ".env").touch(0o000)
    return {}


def env_that_leads_to_itself(folder: Path) -> dict[str, str]:
    (folder / ".env").symlink_to(folder / ".env")
    return {}


def closed_database(folder: Path) -> dict[str, str]:
    closed = folder / "closed.sqlite3"
    closed.write_bytes(b"SQLite format 3\x00")
    closed.chmod(0o000)
    return {"DATABASE_URL": f"sqlite:///{closed}"}


def database_that_is_a_folder(folder: Path) -> dict[str, str]:
    (folder / "inner").mkdir()
    return {"DATABASE_URL": f"sqlite:///{folder / 'inner'}"}


def database_in_a_closed_folder(folder: Path) -> dict[str, str]:
    (folder / "inner").mkdir(0o000)
    return {"DATABASE_URL": f"sqlite:///{folder / 'inner' / 'x.sqlite3'}"}


def database_below_a_file(folder: Path) -> dict[str, str]:
    (folder / "file").touch()
    return {"DATABASE_URL": f"sqlite:///{folder / 'file' / 'x.sqlite3'}"}


@pytest.mark.parametrize(
    "broken",
    [
        closed_env,
        env_that_leads_to_itself,
        closed_database,
        database_that_is_a_folder,
        database_in_a_closed_folder,
        database_below_a_file,
    ],
)
def test_every_verb_says_which_file_or_folder_it_cannot_use(
    broken: Callable[[Path], dict[str, str]], tmp_path: Path, each_of: EachOf
) -> None:
    settings = broken(tmp_path)
    (tmp_path / "c.sqlite3").touch()
    for command, status, said in each_of(EVERY_VERB, tmp_path, **SLACK, **settings):
        assert status == 2, (command, said)
        [line] = said.splitlines()
        assert any(name in line for name in (".env", "closed.sqlite3", "inner", "file")), line


def test_what_a_command_would_write_and_may_not_is_named(
    tmp_path: Path, sqlite: str, each_of: EachOf
) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(0o500)
    (tmp_path / "c.sqlite3").touch()
    writing = ["backup closed/copy.sqlite3", "demo --folder closed/demo"]
    for command, status, said in each_of(writing, tmp_path, DATABASE_URL=sqlite):
        assert status == 2, (command, said)
        [line] = [line for line in said.splitlines() if not line.startswith("The demo ignores")]
        assert "closed" in line
    elsewhere = f"sqlite:///{closed}/x.sqlite3"
    making = ["migrate", "serve --migrate", "restore c.sqlite3"]
    for command, status, said in each_of(making, tmp_path, **SLACK, DATABASE_URL=elsewhere):
        assert (status, said.count("\n")) == (2, 1), (command, said)
        assert "closed/x.sqlite3, which cannot be used: Permission denied" in said


def test_a_file_that_a_command_reads_and_may_not_is_named(tmp_path: Path, each_of: EachOf) -> None:
    (tmp_path / "closed").touch(0o000)
    url = f"sqlite:///{tmp_path}/x.sqlite3"
    reading = {"ESCALATION_POLICY": "closed", "DATABASE_URL": url}
    ended = each_of(["serve --migrate"], tmp_path, **{**SLACK, **reading})
    ended += each_of(["restore closed"], tmp_path, DATABASE_URL=url)
    for command, status, said in ended:
        assert (status, said.count("\n")) == (2, 1), (command, said)
        assert "closed" in said


def test_a_copy_that_finds_no_room_is_no_damage(tmp_path: Path, sqlite: str) -> None:
    """Files may not grow past a part of the copy."""
    kept = tmp_path / "kept.sqlite3"
    assert app("backup", str(kept), folder=tmp_path, DATABASE_URL=sqlite).returncode == 0
    restored = f"sqlite:///{tmp_path}/restored.sqlite3"
    small = ("prlimit", "--fsize=100000")
    for command, url in ((f"backup {tmp_path}/other", sqlite), (f"restore {kept}", restored)):
        full = app(*command.split(), before=small, folder=tmp_path, DATABASE_URL=url)
        assert full.returncode == 1, full
        assert full.stderr.startswith(f"{tmp_path}: No space left on device."), full
    assert not list(tmp_path.glob("*.partial"))
    assert not (tmp_path / "restored.sqlite3").exists()
