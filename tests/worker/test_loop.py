"""No error ends a loop, and each is told as what it is."""

import asyncio
import logging

import pytest

from bot.domain.errors import StoreUnavailable
from bot.worker.loop import going_on

log = logging.getLogger(__name__)


def test_a_turn_that_fails_is_told_and_counted(caplog: pytest.LogCaptureFixture) -> None:
    counted: list[int] = []
    with going_on(log, "The turn failed", count=lambda: counted.append(1)):
        raise RuntimeError("ours")
    [record] = caplog.records
    assert record.message == "The turn failed"
    assert record.exc_info is not None
    assert counted == [1]


def test_an_outage_is_counted_and_told_elsewhere_once_for_all_loops(
    caplog: pytest.LogCaptureFixture,
) -> None:
    counted: list[int] = []
    with going_on(log, "The turn failed", count=lambda: counted.append(1)):
        raise StoreUnavailable("gone", "")
    assert caplog.records == []
    assert counted == [1]


def test_a_stop_ends_it() -> None:
    with pytest.raises(asyncio.CancelledError), going_on(log, "The turn failed"):
        raise asyncio.CancelledError
