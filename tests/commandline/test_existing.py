"""A database that is not there: who starts the bot is told, by the name that they configured."""

from pathlib import Path

import pytest

from commandline.database.existing_database import begins_empty
from tests.databases import fresh_url


@pytest.mark.parametrize("made", [False, True], ids=["none", "an empty file"])
def test_a_file_that_holds_nothing_is_named_as_it_is_configured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, made: bool
) -> None:
    monkeypatch.chdir(tmp_path)
    if made:
        Path("tocsin.sqlite3").touch()
    assert begins_empty("sqlite:///tocsin.sqlite3") == "tocsin.sqlite3"


def test_a_history_and_a_server_are_not_empty(tmp_path: Path) -> None:
    with fresh_url("sqlite", tmp_path) as url:
        assert begins_empty(url) is None
    assert begins_empty("postgresql://tocsin@127.0.0.1:1/tocsin") is None
