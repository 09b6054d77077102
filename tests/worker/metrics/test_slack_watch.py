"""Whether Slack answers, told as one state for all methods."""

import logging
from datetime import timedelta

import pytest

from bot.log.episodes import Episode, Episodes
from bot.slack.errors import NotSent, OutcomeUnknown, RateLimited, Rejected, SlackError
from bot.worker.metrics.slack_watch import FORGOTTEN_AFTER, SlackWatch

AWAY = NotSent("ClientConnectorError")


class Heard:
    """A watch by a clock of its own, and what it wrote."""

    def __init__(self, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.INFO)
        self.now = 0.0
        self.episodes = Episodes(lambda: self.now)
        self.watch = SlackWatch(self.episodes, lambda: self.now)
        self._caplog = caplog

    def hears(self, method: str, *failures: SlackError | None) -> None:
        for failure in failures:
            self.watch.heard(method, failure)

    @property
    def lines(self) -> list[str]:
        return [record.message for record in self._caplog.records]


@pytest.fixture
def heard(caplog: pytest.LogCaptureFixture) -> Heard:
    return Heard(caplog)


def test_an_outage_begins_with_the_second_failure_and_ends_with_an_answer(heard: Heard) -> None:
    heard.hears("auth.test", AWAY)
    assert heard.lines == []
    heard.hears("auth.test", AWAY, AWAY)
    heard.hears("chat.postMessage", OutcomeUnknown("http 503"), OutcomeUnknown("http 503"))
    heard.hears("auth.test", None)
    assert Episode.SLACK.value.ends not in heard.lines, "pages are still not taken"
    heard.hears("chat.postMessage", Rejected("channel_not_found"))
    assert heard.lines == [
        Episode.SLACK.value.begins,
        Episode.SLACK.value.lasts,
        Episode.SLACK.value.ends,
    ]


def test_a_hiccup_is_nothing(heard: Heard) -> None:
    heard.hears("chat.postMessage", AWAY, None, AWAY, None)
    heard.hears("users.info", AWAY)
    assert heard.lines == []


def test_a_method_that_is_not_called_any_more_does_not_keep_the_outage_up(heard: Heard) -> None:
    heard.hears("views.open", AWAY, AWAY)
    heard.now += FORGOTTEN_AFTER
    heard.hears("auth.test", None)
    heard.episodes.look()
    assert heard.lines == [Episode.SLACK.value.begins, Episode.SLACK.value.ends]


def test_a_long_limit_lasts_as_long_as_slack_said(heard: Heard) -> None:
    heard.hears("chat.postMessage", RateLimited(timedelta(seconds=1), "chat.postMessage"))
    assert heard.lines == []
    heard.hears("chat.postMessage", RateLimited(timedelta(seconds=50), "chat.postMessage"))
    heard.now = 49
    heard.episodes.look()
    assert heard.lines == [Episode.LIMIT.value.begins]
    heard.now = 50
    heard.episodes.look()
    assert heard.lines == [Episode.LIMIT.value.begins, Episode.LIMIT.value.ends]
