"""The manifest fits what Slack takes and what the bot answers to."""

import pytest

from bot.domain.controls import Shortcut
from bot.render.manifest import EVENTS, manifest, words
from handlers.events import EVENTS as HANDLED
from handlers.verbs import VERBS
from slack_rules import check_manifest


@pytest.mark.parametrize("request_url", ["https://tocsin.example.com/slack/events", None])
def test_slack_takes_it(request_url: str | None) -> None:
    assert check_manifest(manifest(request_url=request_url)) == []


def test_socket_mode_names_no_address() -> None:
    assert "https://" not in str(manifest(request_url=None))


def test_the_usage_hint_names_every_verb() -> None:
    assert words("usage").strip("[]").split(" | ") == [verb.name for verb in VERBS]


def test_every_event_that_is_asked_for_is_handled() -> None:
    assert {name.split(".")[0] for name in EVENTS} == set(HANDLED)


def test_every_shortcut_is_declared() -> None:
    declared = manifest(request_url=None)["features"]["shortcuts"]
    assert {one["callback_id"] for one in declared} == set(Shortcut)
