"""A state that lasts is a line when it begins, one a minute, and one when it ends."""

import logging

import pytest

from bot.log.episodes import Episode, Episodes

LAPSE = 90.0


class Told:
    """Episodes by a clock of their own, and the lines that they wrote."""

    def __init__(self, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.INFO)
        self.now = 0.0
        self.episodes = Episodes(lambda: self.now)
        self._caplog = caplog

    def pass_by(self, seconds: int, why: str | None = None) -> None:
        """Second by second; with `why`, the state is met four times in each."""
        for _ in range(seconds):
            self.now += 1
            for _ in range(4 if why else 0):
                self.episodes.on(Episode.DATABASE, why=why or "")
            self.episodes.look()

    @property
    def lines(self) -> list[tuple[str, str | None]]:
        return [(each.message, vars(each).get("why")) for each in self._caplog.records]


@pytest.fixture
def told(caplog: pytest.LogCaptureFixture) -> Told:
    return Told(caplog)


def said(state: Episode) -> tuple[str, str, str]:
    return state.value.begins, state.value.lasts, state.value.ends


def test_an_outage_of_three_minutes_is_four_lines(told: Told) -> None:
    begins, lasts, ends = said(Episode.DATABASE)
    told.pass_by(150, why="no server")
    told.episodes.off(Episode.DATABASE)
    told.pass_by(600)
    assert told.lines == [
        (begins, "no server"),
        (lasts, "no server"),
        (lasts, "no server"),
        (ends, None),
    ]


def test_another_cause_is_told_at_once_and_each_cause_only_once(told: Told) -> None:
    begins, lasts, _ = said(Episode.DATABASE)
    for _ in range(5):
        told.pass_by(1, why="no server")
        told.pass_by(1, why="wrong password")
    assert told.lines == [(begins, "no server"), (lasts, "wrong password")]


def test_a_state_that_nobody_meets_meanwhile_lasts_all_the_same(told: Told) -> None:
    """A canary flies every quarter of an hour: what failed is told until one succeeds."""
    begins, lasts, _ = said(Episode.CANARY)
    told.episodes.on(Episode.CANARY, why="timed out", step="delivered")
    told.pass_by(121)
    assert told.lines == [(begins, "timed out"), (lasts, "timed out"), (lasts, "timed out")]


def test_what_nobody_ends_ends_by_itself(told: Told, caplog: pytest.LogCaptureFixture) -> None:
    begins, lasts, ends = said(Episode.SIGNATURES)
    told.episodes.on(Episode.SIGNATURES, why="wrong", ends_after=LAPSE)
    told.pass_by(50)
    told.episodes.on(Episode.SIGNATURES, why="wrong", ends_after=LAPSE)
    told.pass_by(300)
    assert [line for line, _ in told.lines] == [begins, lasts, lasts, ends]
    assert vars(caplog.records[-1])["times"] == 2


def test_two_of_a_kind_are_two(told: Told) -> None:
    begins, _, ends = said(Episode.GATEWAY)
    for gateway in ("mail", "sms", "mail"):
        told.episodes.on(Episode.GATEWAY, gateway, why="not taken", gateway=gateway)
    told.episodes.off(Episode.GATEWAY, "sms")
    assert [line for line, _ in told.lines] == [begins, begins, ends]


def test_of_what_never_was_nothing_is_said(told: Told) -> None:
    told.episodes.off(Episode.SLACK)
    told.pass_by(200)
    assert told.lines == []


@pytest.mark.parametrize("state", Episode)
def test_a_state_has_three_sentences_of_its_own(state: Episode) -> None:
    everywhere = [sentence for each in Episode for sentence in said(each)]
    assert len(everywhere) == len(set(everywhere))
    assert state.value.level >= logging.WARNING
