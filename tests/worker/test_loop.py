"""No error ends a loop, and each is told as what it is."""

import asyncio
import logging

import pytest

from bot.domain.errors import StoreUnavailable
from bot.worker.loop import going_on

log = logging.getLogger(__name__)


@pytest.mark.parametrize(
    ("error", "said", "with_traceback"),
    [
        (StoreUnavailable("gone"), "The database is away", False),
        (RuntimeError("ours"), "The turn failed", True),
    ],
)
def test_a_turn_that_fails_is_told_and_counted(
    caplog: pytest.LogCaptureFixture, error: Exception, said: str, with_traceback: bool
) -> None:
    counted: list[int] = []
    with going_on(
        log, "The turn failed", away="The database is away", count=lambda: counted.append(1)
    ):
        raise error
    [record] = caplog.records
    assert record.message == said
    assert (record.exc_info is not None) is with_traceback
    assert counted == [1]


def test_where_nothing_else_is_to_be_said_an_outage_fails_like_any_error(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with going_on(log, "The turn failed"):
        raise StoreUnavailable("gone")
    assert [record.message for record in caplog.records] == ["The turn failed"]


def test_a_stop_ends_it() -> None:
    with pytest.raises(asyncio.CancelledError), going_on(log, "The turn failed"):
        raise asyncio.CancelledError
