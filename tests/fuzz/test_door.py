"""The HTTP side with what no Slack would send: garbage, forgeries, and far too much of it."""

import io
import json
import time
from datetime import timedelta
from random import Random
from typing import Any

from bot.domain.fallback.ways import Link, Links
from bot.domain.ids import PageId, UserId
from bot.domain.paging.ladders import PageState
from bot.store.paging import pages
from tests.fuzz.contract import breach
from tests.fuzz.effort import SEED, effort
from tests.fuzz.running import LINK_SECRET, RunningBot
from tests.fuzz.specimens import Things
from tests.handlers.requests import Answered, command_body, interaction_body

# Hardly anything of this comes near a database.

COMMAND = command_body("open p1 x", team_id="T00000001")
JSON = {"content-type": "application/json"}


def _refused(answered: Answered) -> bool:
    return 400 <= answered.status < 500 and breach("event", answered) is None


def _deep(opening: str, levels: int) -> bytes:
    return b"{" + b'"a":' + opening.encode() * levels


TOO_DEEP = [
    _deep("[", 100_000),
    _deep('{"a":', 100_000),
    b'{"a":' + b"[" * 900 + b"]" * 900 + b"}",
    b'{"type":"event_callback","event":' + b'{"a":' * 70 + b"1" + b"}" * 70 + b"}",
    b"payload=" + b"%5B" * 50_000,
    b"payload=" + b"[" * 200 + b"]" * 200,
]
ODD = [
    b"",
    b"{}",
    b"[]",
    b"null",
    b"payload=",
    b"payload=null",
    b"payload=7",
    b"payload=%22x%22",
    b"payload=[1]",
    b"payload={}&payload={}",
    b"payload=%ff%fe",
    b"command",
    b"command=/escalate",
    b"command=/escalate&user_id=",
    b"command=%00&user_id=%00",
    b"&&&===",
    b"%",
    b"\x00" * 50,
    b"\xff" * 50,
    b"{" * 50,
    b'{"type":"event_callback"}',
    b'{"type":"event_callback","event":"x"}',
    b'{"type":"app_rate_limited"}',
    b'{"type":[1],"event":{"type":"message"}}',
    b'{"type":1e999,"event":{}}',
    b'{"type":' + b"9" * 5_000 + b"}",
    b'{"authorizations":[7],"type":"event_callback","event":{"type":"message"}}',
    b'{"response_urls":[{},{}]}',
    b'{"command":"/escalate","user_id":{"a":1},"text":[]}',
    b'{"command":null}',
    json.dumps({"type": "view_submission", "view": None}).encode(),
    json.dumps({"type": "block_actions", "actions": []}).encode(),
    interaction_body({"type": "workflow_step_edit", "callback_id": []}),
    interaction_body({"type": "dialog_submission", "callback_id": {}}),
    interaction_body({"type": "interactive_message", "actions": [], "callback_id": 1}),
]


async def test_odd_bodies_are_refused_whatever_they_say_they_are(bot: RunningBot) -> None:
    types = ("application/json", "application/x-www-form-urlencoded", "text/plain", "", "a;b;c")
    for body in [*ODD, *TOO_DEEP]:
        for said in types:
            answered = await bot.post(body, {"content-type": said})
            assert _refused(answered), (body[:60], said, answered)


async def test_bodies_cut_and_spoilt_anywhere_are_answered(bot: RunningBot) -> None:
    """Real requests with bytes missing, doubled or replaced; each signed as it then is."""
    dice = Random(SEED)
    click: dict[str, Any] = {
        "type": "block_actions",
        "user": {"id": "U0MEI"},
        "trigger_id": "1.2",
        "actions": [{"type": "button", "action_id": "incident_show", "value": "x"}],
    }
    event = {"type": "event_callback", "event_id": "Ev1", "event": {"type": "message"}}
    real = [COMMAND, interaction_body(click), json.dumps(event).encode()]
    for _ in range(effort(short=60, long=20_000)):
        body = bytearray(dice.choice(real))
        for _ in range(dice.randrange(1, 4)):
            begin = dice.randrange(len(body))
            end = begin + dice.randrange(1, 20)
            new = dice.choice(
                [b"", dice.randbytes(3), bytes(body[begin:end]) * 2, b"%00", b"\\ud800"]
            )
            body[begin:end] = new
        cut = bytes(body[: dice.randrange(1, len(body) + 1)])
        answered = await bot.post(cut)
        assert _refused(answered) or answered.status == 200, (cut, answered)
        assert "Traceback" not in answered.body


async def test_what_is_not_signed_by_slack_now_never_gets_in(bot: RunningBot) -> None:
    now = time.time()
    for signing in (
        {"secret": "another"},
        {"secret": ""},
        {"at": now - 360},
        {"at": now + 3_600},
        {"at": 0},
        {"at": 10**17},
    ):
        assert (await bot.post(COMMAND, **signing)).status == 401, signing
    for forged in (
        {"x-slack-signature": ""},
        {"x-slack-signature": "v0="},
        {"x-slack-signature": "v1=" + "0" * 64},
        {"x-slack-signature": "v0=" + "é" * 64},
        {"x-slack-signature": "v0=" + "0" * 7_000},
        {"x-slack-request-timestamp": ""},
        {"x-slack-request-timestamp": "-1"},
        {"x-slack-request-timestamp": "1e9"},
        {"x-slack-request-timestamp": "nan"},
        {"x-slack-request-timestamp": "٣"},
        {"x-slack-request-timestamp": "9" * 5_000},
    ):
        assert (await bot.post(COMMAND, forged)).status == 401, forged
    async with bot.http.post(bot.door, data=COMMAND) as unsigned:
        assert unsigned.status == 401


async def test_a_body_of_any_length_is_answered_413_and_not_kept(bot: RunningBot) -> None:
    headers = {"x-slack-request-timestamp": "1", "x-slack-signature": "v0=0"}
    for length in (1_000_001, 8_000_000):
        announced = io.BytesIO(b"x" * length)
        async with bot.http.post(bot.door, data=announced, headers=headers) as answer:
            assert (answer.status, await answer.text()) == (413, "The request is too large.")

    async def without_length() -> Any:
        for _ in range(30):
            yield b"x" * 100_000

    async with bot.http.post(bot.door, data=without_length(), headers=headers) as answer:
        assert answer.status == 413


async def test_other_paths_methods_and_queries_are_4xx_or_as_ever(bot: RunningBot) -> None:
    for method in ("GET", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "BREW"):
        async with bot.http.request(method, bot.door) as answer:
            assert answer.status in (400, 405), method
    for path in (
        "/",
        "/slack",
        "/slack/events/",
        "/slack/events/../x",
        "/%00",
        "/\u202e",
        "//",
        "/x" * 2_000,
    ):
        async with bot.http.post(f"{bot.origin}{path}", data=b"x", allow_redirects=False) as answer:
            assert answer.status in (307, 404), path
    for path in ("/healthz", "/readyz", "/metrics"):
        for query in ("?a=%00", "?" + "a=b&" * 1_000, "?\u202e=%ff"):
            async with bot.http.get(f"{bot.origin}{path}{query}") as answer:
                assert answer.status in (200, 503), (path, query)
        async with bot.http.post(f"{bot.origin}{path}", data=b"x" * 100_000) as answer:
            assert answer.status == 405, path
    async with bot.http.post(f"{bot.door}?command=/escalate&payload=%00", data=b"x") as answer:
        assert answer.status == 401


async def test_a_link_that_was_altered_anywhere_acknowledges_nothing(bot: RunningBot) -> None:
    things, dice = Things(bot), Random(SEED)
    page = await bot.tocsin.threads.write(things.page)
    expires = bot.tocsin.time_source.now() + timedelta(days=1)
    real = Links(LINK_SECRET).token(Link(PageId(page), UserId("U0PRIYA"), expires))
    forged = [
        "",
        ".",
        "..",
        "%00",
        "%ff.%ff",
        "a.b.c",
        real + "=",
        real + "A",
        real[:-1],
        "x" * 60_000,
    ]
    forged += [
        Links("another secret of the same length").token(
            Link(PageId(page), UserId("U0PRIYA"), expires)
        )
    ]
    for _ in range(effort(short=60, long=5_000)):
        at, sign = dice.randrange(len(real)), dice.choice("AZaz09_-.~%é")
        forged.append(real[:at] + sign + real[at + dice.randrange(2) :])
    for token in forged:
        if token == real:
            continue
        for method in ("GET", "POST"):
            async with bot.http.request(method, f"{bot.origin}/ack/{token}") as answer:
                assert answer.status in (400, 404, 405), (method, token)
                assert "Traceback" not in await answer.text()
    unknown = Links(LINK_SECRET).token(Link(PageId("x' OR 1"), UserId("U0PRIYA"), expires))
    async with bot.http.post(f"{bot.origin}/ack/{unknown}") as answer:
        assert answer.status == 404
    with bot.tocsin.db.reading() as tx:
        row = pages.page(tx, page)
    assert row is not None
    assert row.state is PageState.WAITING
