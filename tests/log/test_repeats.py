"""A log line that repeats is written once a minute, with how often it came."""

import logging
import time
from collections.abc import Callable
from datetime import datetime

import pytest

from bot.log.repeats import Sparing


class Kept(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)
        repeated = record.__dict__.get("repeated")
        self.lines.append(record.getMessage() + (f" +{repeated}" if repeated else ""))


class Minutes:
    """Time that a test moves, and what is due in it."""

    def __init__(self) -> None:
        self.now = 0.0
        self.began = time.time()
        self._due: list[tuple[float, Callable[[], None]]] = []

    def clock(self) -> float:
        return self.now

    def wall(self) -> float:
        return self.began + self.now

    def later(self, seconds: float, call: Callable[[], None]) -> None:
        self._due.append((self.now + seconds, call))

    def pass_(self, seconds: float) -> None:
        self.now += seconds
        due = [one for one in self._due if one[0] <= self.now]
        self._due = [one for one in self._due if one[0] > self.now]
        for _, call in due:
            call()


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
def minutes() -> Minutes:
    return Minutes()


@pytest.fixture
def log(kept: Kept, minutes: Minutes) -> logging.Logger:
    made = logging.Logger("bot.worker")
    made.addHandler(Sparing(kept, clock=minutes.clock, wall=minutes.wall, later=minutes.later))
    return made


def test_two_thousand_of_one_line_are_written_once_a_minute_and_counted(
    log: logging.Logger, kept: Kept, minutes: Minutes
) -> None:
    for _ in range(2_000):
        log.error("The relay could not claim")
        minutes.pass_(1 / 16)
    minutes.pass_(60)
    said = "The relay could not claim"
    assert kept.lines == [said, f"{said} +959", f"{said} +960", f"{said} +80"]


def test_what_comes_again_after_a_minute_is_written_at_once(
    log: logging.Logger, kept: Kept, minutes: Minutes
) -> None:
    log.error("away")
    minutes.pass_(61)
    log.error("away")
    assert kept.lines == ["away", "away"]


def test_another_sentence_another_cause_and_another_fault_are_not_held_back(
    log: logging.Logger, kept: Kept
) -> None:
    log.error("Slack rejected a delivery", extra={"code": "is_archived", "delivery": "1"})
    log.error("Slack rejected a delivery", extra={"code": "is_archived", "delivery": "2"})
    log.error("Slack rejected a delivery", extra={"code": "no_permission", "delivery": "3"})
    log.error("Slack rejected a digest", extra={"code": "is_archived"})
    for error in (KeyError, ValueError):
        try:
            raise error
        except (KeyError, ValueError):
            log.exception("It failed")
    assert len(kept.lines) == 5


def test_what_is_held_back_is_told_when_the_process_ends(log: logging.Logger, kept: Kept) -> None:
    for _ in range(3):
        log.error("away")
    log.handlers[0].close()
    assert kept.lines == ["away", "away +2"]


def test_what_is_summed_up_stands_in_its_order_and_says_when_it_came_last(
    log: logging.Logger, kept: Kept, minutes: Minutes
) -> None:
    log.error("away")
    log.error("away")
    minutes.pass_(30)
    log.warning("there again")
    kept.records[-1].created = minutes.wall()
    minutes.pass_(30)
    assert kept.lines == ["away", "there again", "away +1"]
    assert [one.created for one in kept.records] == sorted(one.created for one in kept.records)
    last = datetime.fromisoformat(kept.records[-1].__dict__["last"])
    assert last.timestamp() < kept.records[1].created


def test_each_gateway_has_its_own_line(log: logging.Logger, kept: Kept, minutes: Minutes) -> None:
    for gateway in ("email", "sms", "sms"):
        log.warning("A message went out outside Slack", extra={"gateway": gateway})
    minutes.pass_(60)
    assert [record.__dict__["gateway"] for record in kept.records] == ["email", "sms", "sms"]
