"""What holds for each message and view, whatever stands in it."""

import re
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from bot.domain.controls import Button, Form
from bot.render.message import Message
from bot.render.text.mrkdwn import Mrkdwn
from bot.render.text.templates import Templates
from bot.render.wording import Wording
from slack_rules import mrkdwn
from tests.render.case import Rendered, payload
from tests.render.catalogue import CASES
from tests.render.disguise import emptied, holds_a_head, masked_with_secrets, reworded
from tests.render.readable import Readable
from tests.render.reading_blocks import (
    action_ids,
    all_texts,
    blocks_of,
    mrkdwn_texts,
    problems,
)

HOSTILE = {
    "loud": "<!channel> <!here> <!subteam^S0X|all> <@U0EVIL> <https://evil.example|your bank>",
    "entities": "&<>\"' &amp; &lt;!channel&gt;",
    "very long": "The title goes on & on <and on> " * 94,
    "only ampersands": "&" * 3_000,
    "emoji": "👩‍👩‍👧‍👦🏳️‍🌈" * 300,
    "right to left": "ضحية التنمر \u202e gnp.exe \u2067" * 100,
    "accents": "e\u0301\u0323" * 1_000,
    "marks": "```code *bold* _it_ `x` ~no~ \n> quote\n\n\n• list" * 40,
    "one letter": "x",
    "braces": "{{ 7 * 7 }} {% raw %}",
}


ABOUT_AN_INCIDENT = [name for name, case in CASES.items() if holds_a_head(case.view)]


def rendered(wording: Wording, name: str, view: Any) -> Rendered:
    return CASES[name].render(wording, view)


@pytest.mark.parametrize("name", CASES)
def test_it_reads_as_before(wording: Wording, name: str, snapshot: SnapshotAssertion) -> None:
    assert payload(CASES[name](wording)) == snapshot.use_extension(Readable)


@pytest.mark.parametrize("name", CASES)
def test_slack_takes_it(wording: Wording, name: str) -> None:
    message = CASES[name](wording)
    assert problems(message) == []
    assert blocks_of(message)
    if isinstance(message, Message):
        assert message.text


@pytest.mark.parametrize("name", CASES)
def test_no_words_make_it_loud_or_too_large(wording: Wording, name: str) -> None:
    for kind, text in HOSTILE.items():
        message = rendered(wording, name, reworded(CASES[name].view, text))
        assert problems(message) == [], kind
        assert_nobody_is_called(message)


def assert_nobody_is_called(message: Rendered) -> None:
    for said in mrkdwn_texts(message):
        tokens = [*mrkdwn.walk(mrkdwn.parse(said))]
        assert not [token for token in tokens if isinstance(token, mrkdwn.LoudMention)]
        assert not [token for token in tokens if isinstance(token, mrkdwn.GroupMention)]
        assert not [token for token in tokens if isinstance(token, mrkdwn.Link)]
        people = [token.user for token in tokens if isinstance(token, mrkdwn.UserMention)]
        assert "U0EVIL" not in people


@given(text=st.text(min_size=1, max_size=400))
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@pytest.mark.parametrize("name", ["page", "card", "details", "listing", "home", "timeline"])
def test_any_text_at_all_can_be_shown(wording: Wording, name: str, text: str) -> None:
    message = rendered(wording, name, reworded(CASES[name].view, text))
    assert problems(message) == []


@pytest.mark.parametrize("name", ABOUT_AN_INCIDENT)
def test_a_masked_incident_shows_nothing_of_itself(wording: Wording, name: str) -> None:
    secret = "qxzjvkQXZJVK"
    message = rendered(wording, name, masked_with_secrets(CASES[name].view, secret))
    assert problems(message) == []
    assert not [text for text in all_texts(message) if secret in text]


@pytest.mark.parametrize("name", CASES)
def test_no_value_is_shown_as_python_writes_it(wording: Wording, name: str) -> None:
    for text in all_texts(CASES[name](wording)):
        assert "None" not in text
        assert "datetime." not in text
        assert "&#3" not in text
        assert "&amp;lt;" not in text
        assert "{{" not in text


# A word that waits for another one, an empty pair, a stop that follows nothing, two blanks.
_NOTHING_BEHIND = r"\b(?:for|to|by|from|of|with|and|is|are|was|were|the|gave) *(?:[.,;!?)](?!\w)|$)"
_NOTHING_WITHIN = r"\( *\)|“”|``|[,;:] *[.,;]|(?<=\w) [.,;!?](?= |$)|^ *[.,;](?= )|— *$|— ,|  \S"
BROKEN = re.compile(f"{_NOTHING_BEHIND}|{_NOTHING_WITHIN}", re.MULTILINE)


@pytest.mark.parametrize(
    "name", [name for name, case in CASES.items() if not isinstance(case.view, Mapping)]
)
def test_what_is_not_there_breaks_no_sentence(wording: Wording, name: str) -> None:
    view = CASES[name].view
    for less in (view, *emptied(view)):
        for said in mrkdwn_texts(rendered(wording, name, less)):
            assert not BROKEN.search(said), said


def test_every_sentence_is_used(wording: Wording) -> None:
    words = RecordingWords()
    recording = Wording(wording.policy, words)
    for case in CASES.values():
        case(recording)
    # A file of which nothing is said here belongs to others, such as the listeners. Each problem
    # is rendered by `test_problems.py`, each deed by `test_refusals.py`.
    ours = {template for template, _ in words.said} - {"problems", "deeds"}
    unused = {
        (template, block)
        for template, blocks in words.blocks().items()
        for block in blocks
        if template in ours and (template, block) not in words.said
    }
    assert unused == set()


def test_every_button_and_form_is_rendered(wording: Wording) -> None:
    messages = [case(wording) for case in CASES.values()]
    shown = set[str]().union(*(action_ids(message) for message in messages))
    assert {button.value for button in Button} - shown == set()
    views = [message for message in messages if isinstance(message, dict)]
    assert {form.value for form in Form} - {view.get("callback_id") for view in views} == set()


def test_a_button_carries_an_id_and_no_words(wording: Wording) -> None:
    """But for what its only reader has typed themselves, a moment ago."""
    for case in CASES.values():
        for block in blocks_of(case(wording)):
            for element in [*block.get("elements", []), block.get("accessory") or {}]:
                if element.get("action_id") in (Button.OPEN_TYPED, Button.OPEN_AS):
                    continue
                value = element.get("value", "x")
                assert value.replace(":", "").isalnum(), value


class RecordingWords(Templates):
    """Remembers which texts were asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.said: set[tuple[str, str]] = set()

    def __call__(self, template: str, block: str, /, **values: Any) -> Mrkdwn:
        self.said.add((template, block))
        return super().__call__(template, block, **values)

    def plain(self, template: str, block: str, /, **values: Any) -> str:
        self.said.add((template, block))
        return super().plain(template, block, **values)
