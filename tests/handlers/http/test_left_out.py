"""What Slack sends without its optional parts, or without being asked: answered, never an error."""

import json
import logging
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from bot.domain.controls import Button, Form, Shortcut
from handlers.events import EVENTS
from tests.factories import WORKSPACE
from tests.handlers.events.test_events import event_body
from tests.handlers.requests import Answered, interaction_body, send
from tests.handlers.stage import Stage

MEI = {"id": "U0MEI", "team_id": WORKSPACE.team_id}
JSON = {"content-type": "application/json"}
MESSAGE_ACTION: dict[str, Any] = {
    "type": "message_action",
    "callback_id": Shortcut.ESCALATE_MESSAGE.value,
    "user": MEI,
    "team": {"id": WORKSPACE.team_id, "domain": "harbour"},
    "trigger_id": "1.2.3",
    "channel": {"id": "C0GENERAL", "name": "general"},
    "message": {"ts": "1.1", "thread_ts": "1.0", "text": "x", "type": "message"},
    "message_ts": "1.1",
    "response_url": "http://127.0.0.1:1/nowhere",
    "enterprise": None,
    "is_enterprise_install": False,
}
INTERACTIONS: Mapping[str, dict[str, Any]] = {
    "message shortcut": MESSAGE_ACTION,
    "shortcut": {
        "type": "shortcut",
        "callback_id": Shortcut.OPEN_FORM.value,
        "user": MEI,
        "team": {"id": WORKSPACE.team_id, "domain": "harbour"},
        "trigger_id": "1.2.3",
        "enterprise": None,
    },
    "click": {
        "type": "block_actions",
        "user": MEI,
        "team": {"id": WORKSPACE.team_id, "domain": "harbour"},
        "trigger_id": "1.2.3",
        "channel": {"id": "C0GENERAL", "name": "general"},
        "container": {"type": "message", "message_ts": "1.1", "channel_id": "C0GENERAL"},
        "message": {"ts": "1.1"},
        "response_url": "http://127.0.0.1:1/nowhere",
        "actions": [
            {
                "type": "button",
                "action_id": Button.OPEN_FORM,
                "block_id": "b",
                "value": "form",
            }
        ],
        "state": {"values": {}},
    },
    "form": {
        "type": "view_submission",
        "user": MEI,
        "team": {"id": WORKSPACE.team_id, "domain": "harbour"},
        "trigger_id": "1.2.3",
        "response_urls": [],
        "view": {
            "id": "V1",
            "hash": "1.a",
            "type": "modal",
            "callback_id": Form.OPEN.value,
            "private_metadata": "",
            "blocks": [],
            "state": {"values": {}},
            "app_installed_team_id": WORKSPACE.team_id,
        },
    },
    "closed form": {
        "type": "view_closed",
        "user": MEI,
        "team": {"id": WORKSPACE.team_id, "domain": "harbour"},
        "is_cleared": False,
        "view": {"id": "V1", "hash": "1.a", "type": "modal", "callback_id": Form.OPEN.value},
    },
}
EVENT: dict[str, Any] = {
    "user": "U0MEI",
    "tab": "home",
    "channel": "C0GENERAL",
    "channel_type": "im",
    "text": "hello",
    "ts": "1.1",
    "thread_ts": "1.0",
    "event_ts": "1.1",
    "reaction": "pushpin",
    "item_user": "U0TOM",
    "item": {"type": "message", "channel": "C0GENERAL", "ts": "1.1"},
    "subteam": {"id": "S0TNS", "users": ["U0MEI"]},
    "subteam_id": "S0TNS",
    "inviter": "U0TOM",
    "files": [],
}
PEOPLE_EVENTS = ("user_change", "team_join")
MEMBER = {"id": "U0MEI", "name": "mei", "real_name": "Mei", "profile": {"display_name": "mei"}}


def without_a_part(whole: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The same, each time without one part at any depth, and with null in its place."""
    for name, value in whole.items():
        if name == "type":
            continue
        rest = {other: kept for other, kept in whole.items() if other != name}
        yield f"-{name}", rest
        yield f"{name}=null", {**whole, name: None}
        if isinstance(value, Mapping):
            for inner, less in without_a_part(value):
                yield f"{name}.{inner}", {**whole, name: less}


def failures(caplog: pytest.LogCaptureFixture) -> list[str]:
    kept = [r for r in caplog.records if r.name == "tocsin.handlers"]
    return [r.getMessage() for r in kept if r.levelno >= logging.ERROR or r.exc_info]


@pytest.mark.parametrize("kind", INTERACTIONS)
async def test_an_interaction_without_any_one_part_is_answered(
    stage: Stage, caplog: pytest.LogCaptureFixture, kind: str
) -> None:
    for left_out, payload in [("nothing", INTERACTIONS[kind]), *without_a_part(INTERACTIONS[kind])]:
        answered = await send(stage.url, interaction_body(payload))
        await stage.settled()
        # The bot asks to be told of no closed form: there is nothing that answers it.
        assert answered.status in (200, 404 if kind == "closed form" else 400, 400), left_out
        assert failures(caplog) == [], left_out


@pytest.mark.parametrize("kind", EVENTS)
async def test_an_event_without_any_one_part_is_answered(
    stage: Stage, caplog: pytest.LogCaptureFixture, kind: str
) -> None:
    event = {**EVENT, "type": kind, **({"user": MEMBER} if kind in PEOPLE_EVENTS else {})}
    for left_out, less in [("nothing", event), *without_a_part(event)]:
        answered = await send(stage.url, event_body(less), JSON)
        await stage.settled()
        assert answered.status in (200, 400), (left_out, answered)
        assert failures(caplog) == [], left_out


async def test_a_message_shortcut_without_its_channel_opens_the_form_all_the_same(
    stage: Stage,
) -> None:
    trigger = stage.slack.slack.triggers.issue("U0MEI")
    payload = {k: v for k, v in MESSAGE_ACTION.items() if k != "channel"} | {"trigger_id": trigger}
    assert (await send(stage.url, interaction_body(payload))).status == 200
    await stage.settled()
    shown = json.dumps(stage.person("mei").modal.payload)
    assert "app_redirect" not in shown
    assert "archives" not in shown


async def limited(stage: Stage, **changes: Any) -> Answered:
    told = {
        "token": "t",
        "type": "app_rate_limited",
        "team_id": WORKSPACE.team_id,
        "minute_rate_limited": 1_518_467_820,
        "api_app_id": "A1",
    }
    return await send(stage.url, json.dumps(told | changes).encode(), JSON)


async def test_that_slack_drops_events_is_answered_and_told(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    assert (await limited(stage)).status == 200
    [line] = [r for r in caplog.records if r.levelno == logging.WARNING]
    assert "Slack drops events" in line.getMessage()
    assert stage.dropped == 1
