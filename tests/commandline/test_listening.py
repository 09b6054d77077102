"""A port that is taken: the sentence that says so, and what is left alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from commandline.main import main
from playground.web.ports import HOST
from playground.web.serving import bound

SETTINGS = {
    "SLACK_BOT_TOKEN": "xoxb-playground",
    "SLACK_SIGNING_SECRET": "decafbaddecafbaddecafbaddecafbad",
    "HOST": HOST,
}


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which somebody listens."""
    with bound(HOST, 0) as listening:
        yield listening.getsockname()[1]


def test_a_bot_says_that_its_port_is_taken_and_begins_nothing(
    taken: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    database = tmp_path / "tocsin.sqlite3"
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PORT", str(taken))
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{database}")
    assert main(["serve", "--migrate"]) == 2
    said = capsys.readouterr().err
    assert f"cannot listen on port {taken} of {HOST}: Address already in use" in said
    assert "PORT" in said
    assert not database.exists()


@pytest.mark.parametrize("option", ["--port", "--bot-port"])
def test_a_demonstration_says_which_of_its_ports_is_taken(
    option: str, taken: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "demo"
    assert main(["demo", "--folder", str(folder), option, str(taken)]) == 2
    said = capsys.readouterr().err
    assert f"cannot listen on port {taken} of {HOST}" in said
    assert f"another with {option}" in said
    assert not folder.exists()


@pytest.mark.parametrize("count", ["0", "-1", "10", "two", ""])
def test_a_number_of_replicas_that_makes_no_sense(
    count: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["demo", f"--replicas={count}"])
    assert ended.value.code == 2
    assert "is not a number from 1 to 9" in capsys.readouterr().err
