"""What a log says of an exception: its kind and its places, never its words."""

import json
import logging
import sys

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bot.domain.errors import StoreUnavailable
from bot.log.setup import JsonFormatter, TextFormatter
from bot.store.database import Database
from tests.databases import on_both

SECRET = "Pile-on against Maya K."


def a_failure() -> logging.LogRecord:
    """A record as `log.exception` makes it, of an error that quotes what was stored."""
    try:
        try:
            raise KeyError(SECRET)
        except KeyError as cause:
            raise ValueError(f"cannot store {SECRET}") from cause
    except ValueError:
        return logging.getLogger("bot").makeRecord(
            "bot", logging.ERROR, "relay.py", 1, "It failed", (), sys.exc_info()
        )


@pytest.mark.parametrize("formatter", [TextFormatter(), JsonFormatter()])
def test_an_exception_is_named_and_placed_and_not_quoted(formatter: logging.Formatter) -> None:
    said = formatter.format(a_failure())
    assert SECRET not in said
    assert "ValueError" in said
    assert "KeyError" in said
    assert "a_failure" in said


def test_json_is_one_object_a_line() -> None:
    assert json.loads(JsonFormatter().format(a_failure()))["message"] == "It failed"


@on_both
def test_an_error_of_the_database_does_not_quote_what_was_to_be_stored(db: Database) -> None:
    for wrong in ("INSERT INTO nowhere VALUES (:title)", "SELECT no_such_function(:title)"):
        with pytest.raises((DBAPIError, StoreUnavailable)) as failed, db.transaction() as tx:
            tx.execute(text(wrong), {"title": SECRET})
        assert SECRET not in str(failed.value)
