"""Whatever comes back instead of Slack's answer is an outcome that has a name."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.slack.answers import each, needed, next_page, word
from bot.slack.client import SlackCalls, new_session, web_client
from bot.slack.errors import OutcomeUnknown, RateLimited, Rejected, SlackError, TokenLost
from bot.slack.last_look import Withheld, sending_only_if

DEEP = "[" * 100_000
BODIES: dict[str, tuple[int, str, type[SlackError]]] = {
    "nothing": (200, "", OutcomeUnknown),
    "null": (200, "null", OutcomeUnknown),
    "a list": (200, "[1]", OutcomeUnknown),
    "a number": (200, "17", OutcomeUnknown),
    "a text": (200, '"ok"', OutcomeUnknown),
    "half of it": (200, '{"ok": tr', OutcomeUnknown),
    "too deep": (200, DEEP, OutcomeUnknown),
    "a page": (200, "<html>Be right back</html>", OutcomeUnknown),
    "a huge page": (200, "<p>" * 700_000, OutcomeUnknown),
    "a page of a proxy": (404, "<html>not here</html>", OutcomeUnknown),
    "no code": (200, '{"ok": false}', OutcomeUnknown),
    "an unknown code": (200, '{"ok": false, "error": "on_holiday"}', Rejected),
    "a code that is none": (200, '{"ok": false, "error": {"a": 1}}', Rejected),
    "details that are none": (
        200,
        '{"ok": false, "error": "odd", "response_metadata": [1], "needed": 7}',
        Rejected,
    ),
    "a lost token": (200, '{"ok": false, "error": "token_revoked"}', TokenLost),
    "a limit without a body": (429, "", RateLimited),
}


TAKES = {
    "chat.postMessage": ("channel", "text"),
    "chat.update": ("channel", "ts", "text"),
    "views.publish": ("user_id", "view"),
    "conversations.kick": ("channel", "user"),
}


class Slack:
    """Answers every call with the same, and says where."""

    def __init__(self) -> None:
        self.status, self.body, self.headers = 200, b"{}", {"Content-Type": "application/json"}
        self.asked: list[str] = []
        self.calls: SlackCalls

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(request.match_info["method"])
        return web.Response(status=self.status, body=self.body, headers=self.headers)


@pytest.fixture
async def slack() -> AsyncIterator[Slack]:
    slack = Slack()
    app = web.Application()
    app.router.add_post("/api/{method}", slack.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0]
    async with new_session(timedelta(seconds=20)) as session:
        slack.calls = SlackCalls(web_client("xoxb-1", session, f"http://{host}:{port}/api/"))
        yield slack
    await runner.cleanup()


@pytest.mark.parametrize("name", BODIES)
async def test_every_bad_answer_is_an_outcome_with_a_name(slack: Slack, name: str) -> None:
    slack.status, body, outcome = BODIES[name]
    slack.body = body.encode()
    with pytest.raises(outcome):
        await slack.calls.call("chat.postMessage", channel="C1", text="hello")


@pytest.mark.parametrize("body", ["", "null", "[1]", "17", '{"ok": false}', "<html>"])
async def test_the_cause_is_an_answer_that_cannot_be_read_and_no_status_that_is_fine(
    slack: Slack, body: str
) -> None:
    slack.body = body.encode()
    with pytest.raises(OutcomeUnknown) as unknown:
        await slack.calls.call("chat.postMessage", channel="C1", text="hello")
    assert unknown.value.why == "an answer that cannot be read"


@pytest.mark.parametrize("charset", ["klingon", "utf-16"])
async def test_an_answer_in_no_known_alphabet_is_an_unknown_outcome(
    slack: Slack, charset: str
) -> None:
    slack.body = b'{"ok": true}\xff'
    slack.headers = {"Content-Type": f"application/json; charset={charset}"}
    with pytest.raises(OutcomeUnknown):
        await slack.calls.call("chat.postMessage", channel="C1", text="hello")


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("7", 7), ("0", 1), ("-3", 1), ("soon", 30), ("nan", 30), ("inf", 3600), ("1e300", 3600)],
)
async def test_a_limit_is_kept_for_as_long_as_makes_sense(
    slack: Slack, header: str, seconds: int
) -> None:
    slack.status, slack.headers = 429, {"Retry-After": header}
    with pytest.raises(RateLimited) as limit:
        await slack.calls.call("chat.postMessage", channel="C1", text="hello")
    assert limit.value.after == timedelta(seconds=seconds)


@pytest.mark.parametrize("method", TAKES)
async def test_a_request_that_may_not_go_out_any_more_is_not_sent(
    slack: Slack, method: str
) -> None:
    """Neither over a new connection nor over one that is there already."""
    slack.body = b'{"ok": true}'
    every = {"channel": "C1", "ts": "1.1", "user": "U1", "user_id": "U1", "view": {}, "text": "hi"}
    given = {name: every[name] for name in TAKES[method]}
    with sending_only_if(lambda: False), pytest.raises(Withheld):
        await slack.calls.call(method, **given)
    await slack.calls.call(method, **given)
    with sending_only_if(lambda: False), pytest.raises(Withheld):
        await slack.calls.call(method, **given)
    assert slack.asked == [method]


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["ok", "error", "channel", "id", "ts", "messages", "needed"])
            | st.just("response_metadata"),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(answer=JUNK, status=st.sampled_from([200, 200, 400, 429, 500]))
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
async def test_any_json_is_an_answer_or_an_outcome(slack: Slack, answer: Any, status: int) -> None:
    slack.status, slack.body = status, json.dumps(answer).encode()
    try:
        got = await slack.calls.call("chat.postMessage", channel="C1", text="hello")
    except SlackError:
        return
    assert isinstance(got, dict)
    assert word(got, "channel", "id") is None or needed(got, "channel", "id")
    assert all(isinstance(one, dict) for one in each(got, "messages"))
    assert next_page(got) is None or isinstance(next_page(got), str)


def test_what_an_answer_must_have_and_has_not_is_an_unknown_outcome() -> None:
    for answer in ({}, {"ts": 1.2}, {"ts": ""}, {"ts": "1" * 40}, {"ts": "1\n2"}, {"ts": None}):
        with pytest.raises(OutcomeUnknown):
            needed(answer, "ts")
    assert needed({"channel": {"id": "C1"}}, "channel", "id") == "C1"
