"""A file that a setting names, or `.env`, cannot be read: one sentence and exit status 2."""

from pathlib import Path

import pytest

from commandline.main import main

GOOD = {
    "SLACK_BOT_TOKEN": "xoxb-1",
    "SLACK_SIGNING_SECRET": "0" * 32,
    "HOST": "127.0.0.1",
    "PORT": "0",
}
SHIPPED = Path(__file__).resolve().parents[2] / "escalation.toml"
LATIN_1 = "caf\xe9".encode("latin-1")


@pytest.fixture(autouse=True)
def in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def ended(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """The one sentence with which a command ends."""
    assert main(arguments) == 2
    said = capsys.readouterr()
    assert said.out == ""
    [line] = said.err.splitlines()
    return line


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"SLACK_BOT_TOKEN=xoxb-1\n# " + LATIN_1, 2),
        ("SLACK_BOT_TOKEN=xoxb-1".encode("utf-16"), 1),
        (b"\x89PNG\r\n\x1a\n\x00", 1),
    ],
)
@pytest.mark.parametrize("command", ["serve", "migrate", "backup x", "verify"])
def test_an_env_file_that_is_no_text_is_named_with_its_line(
    content: bytes, line: int, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path(".env").write_bytes(content)
    said = ended(command.split(), capsys)
    assert said.startswith(f".env, line {line}: expected UTF-8 text")


@pytest.mark.parametrize(
    "wrong",
    ["DATABASE_URL", "DATABASE_URL postgresql://a:secret@b/c", "DATABASE_URL: x", "A='secret"],
)
@pytest.mark.parametrize("command", ["serve", "migrate", "doctor", "verify"])
def test_a_line_of_the_env_file_that_sets_nothing_is_named_and_not_quoted(
    wrong: str, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path(".env").write_text(f"# Tocsin\n\nSLACK_BOT_TOKEN=xoxb-1\n{wrong}\nPORT=3000\n")
    said = ended([command], capsys)
    assert said == ".env, line 4: expected NAME=value, such as PORT=3000."
    assert sorted(Path().iterdir()) == [Path(".env")]


def test_an_env_file_may_hold_comments_quotes_exports_and_values_over_lines(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path(".env").write_text(
        "# a = b\n\nexport HOST='127.0.0.1' # here\nOTHER=\"two\nlines\"\n  PORT = nonsense  \n"
    )
    assert "PORT is 'nonsense'" in ended(["verify"], capsys)


def test_an_env_file_that_is_a_folder_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    Path(".env").mkdir()
    assert ".env is a folder" in ended(["verify"], capsys)


def test_an_env_file_may_begin_with_a_byte_order_mark(capsys: pytest.CaptureFixture[str]) -> None:
    Path(".env").write_bytes(b"\xef\xbb\xbfPORT=nonsense\n")
    assert "PORT is 'nonsense'" in ended(["verify"], capsys)


@pytest.mark.parametrize(
    "setting",
    ["ESCALATION_POLICY", "FALLBACK_GATEWAYS", "CLOCK_OFFSET_FILE"],
)
@pytest.mark.parametrize("kind", ["latin-1", "folder"])
def test_any_file_that_a_setting_names_is_named(
    setting: str,
    kind: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = tmp_path / "named"
    if kind == "folder":
        path.mkdir()
    else:
        path.write_bytes(LATIN_1)
    database = f"sqlite:///{tmp_path}/x.sqlite3"
    given = {**GOOD, "ESCALATION_POLICY": str(SHIPPED), "DATABASE_URL": database}
    for name, value in {**given, setting: str(path)}.items():
        monkeypatch.setenv(name, value)
    said = ended(["serve"], capsys)
    assert str(path) in said
    assert setting in said or setting == "ESCALATION_POLICY"
    assert not (tmp_path / "x.sqlite3").exists()


@pytest.mark.parametrize("command", ["manifest", "demo --policy nothing.toml"])
def test_a_command_that_needs_no_setting_minds_no_env_file(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path(".env").mkdir()
    main(command.split())
    assert ".env" not in capsys.readouterr().err
