"""What commands print: to a reader that goes away, to a full disk, of wrong arguments."""

from pathlib import Path

import pytest

from commandline.main import main
from tests.commandline.as_someone import app
from tests.commandline.examining import ROOT

ENOUGH = {
    "SLACK_BOT_TOKEN": "xoxb-1",
    "SLACK_SIGNING_SECRET": "s",
    "SLACK_API_URL": "http://127.0.0.1:9/",
    "HOST": "127.0.0.1",
    "PORT": "0",
    "ESCALATION_POLICY": str(ROOT / "escalation.toml"),
}
NO_DATABASE = "There is no database in new.sqlite3: 'python app.py migrate' creates it."


@pytest.mark.parametrize(
    "command",
    ["manifest", "--help", "digest", "export", "verify", "migrate --check", "doctor", "version"],
)
def test_a_reader_that_goes_away_ends_a_command_quietly(
    command: str, tmp_path: Path, sqlite: str
) -> None:
    """It reads nothing: the command finds its pipe closed when it has something to print."""
    never = "http://127.0.0.1:9/"
    ended = app(
        *command.split(),
        folder=tmp_path,
        into="| exec 0<&-",
        DATABASE_URL=sqlite,
        SLACK_API_URL=never,
    )
    assert (ended.stdout, ended.stderr) == ("", "")
    assert ended.returncode in (0, 1, 2, 141)


def test_a_full_disk_under_the_output_is_a_sentence(tmp_path: Path) -> None:
    ended = app("manifest", folder=tmp_path, into="> /dev/full")
    assert ended.returncode == 1
    assert ended.stderr == "The command could not finish: No space left on device.\n"


@pytest.mark.parametrize(
    ("command", "status", "said"),
    [
        ("digest", 2, NO_DATABASE),
        ("digest --send", 2, NO_DATABASE),
        ("export", 2, NO_DATABASE),
        ("export ESC-1", 2, NO_DATABASE),
        ("verify", 2, NO_DATABASE),
        ("migrate --check", 1, NO_DATABASE),
        ("backup copy.sqlite3", 2, NO_DATABASE),
        ("restore --mark-only", 2, NO_DATABASE),
        ("restore copy.sqlite3", 2, "There is no file copy.sqlite3"),
        ("doctor", 1, "new.sqlite3 does not exist yet, or is empty"),
        ("serve", 2, NO_DATABASE),
        ("manifest", 0, "/slack/events"),
        ("version", 0, "Tocsin"),
    ],
)
@pytest.mark.parametrize("there", [False, True], ids=["none", "an empty file"])
def test_a_command_that_makes_no_database_leaves_the_folder_as_it_was(
    command: str,
    status: int,
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    *,
    there: bool,
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, value in {"DATABASE_URL": "sqlite:///new.sqlite3", **ENOUGH}.items():
        monkeypatch.setenv(name, value)
    if there:
        Path("new.sqlite3").touch()
    assert main(command.split()) == status
    printed = capsys.readouterr()
    assert said in printed.out + printed.err
    left = {path.name: path.stat().st_size for path in tmp_path.iterdir()}
    assert left == ({"new.sqlite3": 0} if there else {})


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["digest", "nosuch"], "has no digest 'nosuch'. It has: leadership"),
        (["digest", "nosuch", "--send"], "has no digest 'nosuch'. It has: leadership"),
        (["export", "nosuch"], "'nosuch' is not a reference such as ESC-12"),
        (["export", ""], "'' is not a reference such as ESC-12"),
        (["export", "ESC-7"], "There is no ESC-7 in this database."),
        (["manifest", "--url", "foo"], "'foo' is not an address such as https://"),
        (["manifest", "--url", "https://a b.example"], "is not an address such as"),
        (["manifest", "--url", "https://a.example?b"], "is not an address such as"),
        (["manifest", "--url", ""], "'' is not an address such as"),
        (["doctor", "--reach", "nosuch"], "'nosuch' has no way under [fallback.people]"),
        (["nosuch"], "invalid choice: 'nosuch'"),
        ([], "the following arguments are required: COMMAND"),
    ],
)
def test_a_wrong_argument_is_a_sentence_and_exit_status_2(
    arguments: list[str],
    said: str,
    sqlite: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("DATABASE_URL", sqlite)
    try:
        status = main(arguments)
    except SystemExit as ended:
        status = int(ended.code or 0)
    printed = capsys.readouterr()
    assert status == 2 or "--reach" in arguments
    assert said in printed.out + printed.err
