"""What comes in at the door that is not Slack, or not what Slack sends."""

import json
import time

import pytest

from tests.handlers.requests import command_body, interaction_body, send
from tests.handlers.stage import SECRET, Stage


async def test_a_wrong_signature_is_refused(stage: Stage) -> None:
    answered = await send(stage.url, command_body("open p1 x"), secret="not the secret")
    assert answered.status == 401
    assert stage.incidents() == []


async def test_a_changed_body_is_refused(stage: Stage) -> None:
    body = command_body("open p1 x")
    answered = await send(stage.url, body, {"x-slack-signature": "v0=" + "0" * 64}, secret=SECRET)
    assert answered.status == 401
    assert stage.incidents() == []


UNREAD = [
    b"payload=%7Bnot-json",
    b"{not json",
    b"\xff\xfe\x00payload",
    b"&".join(b"f%d=x" % n for n in range(110_000)),
]


@pytest.mark.parametrize("body", UNREAD, ids=["payload", "json", "bytes", "fields"])
async def test_nothing_of_a_wrongly_signed_body_is_parsed(stage: Stage, body: bytes) -> None:
    answered = await send(stage.url, body, secret="not the secret")
    assert (answered.status, answered.body) == (401, "The signature is wrong.")


async def test_the_signature_covers_the_bytes_as_they_came(stage: Stage) -> None:
    answered = await send(stage.url, b"text=\xff\xfe")
    assert answered.status == 400


async def test_what_the_signature_does_not_cover_is_not_read(stage: Stage) -> None:
    answered = await send(f"{stage.url}?command=/escalate&text=open+p1+x&user_id=U0MEI", b"{}")
    assert answered.status == 400
    assert stage.incidents() == []


@pytest.mark.parametrize("off", [-360, 360])
async def test_an_old_timestamp_is_refused(stage: Stage, off: int) -> None:
    answered = await send(stage.url, command_body("open p1 x"), at=time.time() + off)
    assert answered.status == 401
    assert stage.incidents() == []


async def test_no_signature_at_all_is_refused(stage: Stage) -> None:
    for unsigned in (
        {"x-slack-signature": "", "x-slack-request-timestamp": ""},
        {"x-slack-request-timestamp": "yesterday"},
        {"x-slack-signature": "v0=größe"},
    ):
        answered = await send(stage.url, command_body("open p1 x"), unsigned)
        assert answered.status == 401, unsigned


async def test_a_body_that_is_too_large_is_refused_before_it_is_read_in_full(
    stage: Stage,
) -> None:
    answered = await send(stage.url, b"text=" + b"x" * 1_000_001)
    assert (answered.status, answered.body) == (413, "The request is too large.")


MALFORMED = [
    b"payload=%7Bnot-json",
    b"payload=%5B1%2C2%5D",
    b"payload=7",
    b"payload=null",
    b"{not json",
    b"\xff\xfe\x00payload",
    b'{"team": 5}',
    b'{"event": [], "authorizations": [7]}',
    b"payload=" + b"%5B" * 20_000,
]


async def test_a_malformed_body_is_a_clear_4xx_without_a_traceback(stage: Stage) -> None:
    for body in MALFORMED:
        answered = await send(stage.url, body)
        assert 400 <= answered.status < 500, body[:40]
        assert "Traceback" not in answered.body
        assert "File" not in answered.body


@pytest.mark.parametrize("body", [b"", b"text=hello", interaction_body({"type": "dial"}), b"{}"])
async def test_what_is_well_formed_but_no_request_of_slacks_is_not_found(
    stage: Stage, body: bytes
) -> None:
    answered = await send(stage.url, body)
    assert 400 <= answered.status < 500, answered


async def test_a_click_without_its_parts_gets_no_traceback(stage: Stage) -> None:
    click = {
        "type": "block_actions",
        "team": {"id": "T0TOCSIN"},
        "actions": [{"action_id": "page_acknowledge", "type": "button"}],
    }
    form = {"type": "view_submission", "team": {"id": "T0TOCSIN"}, "view": {"id": "V1"}}
    for payload in (click, form):
        answered = await send(stage.url, interaction_body(payload))
        assert answered.status in (200, 400, 404)
        assert "Traceback" not in answered.body


async def test_slack_can_verify_the_address(stage: Stage) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "c4"}).encode()
    answered = await send(stage.url, body, {"content-type": "application/json"})
    assert (answered.status, "c4" in answered.body) == (200, True)


async def test_a_lost_command_of_another_name_is_not_ours(stage: Stage) -> None:
    answered = await send(stage.url, command_body("x", command="/other"))
    assert answered.status == 404
