"""Slash commands, from the person's text to what they see."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import parse_qs

from slack_sdk.webhook.async_client import AsyncWebhookClient
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from playground.sending.signing import signature
from playground.state.records import SLACKBOT
from playground.testing import RunningPlayground, running_playground
from tests.playground.bolt_app import BoltApp
from tests.playground.conftest import WORKSPACE
from tests.serving import door, served


def test_the_signature_is_slacks_own_for_the_published_example() -> None:
    body = (
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow"
        b"&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner"
        b"&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com"
        b"%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
        b"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
    )
    made = signature("8f742231b10e8888abcd99yyyzzz85a5", "1531420618", body)
    assert made.startswith("v0=a2114d57")
    assert made.endswith("b503")


async def test_bolt_accepts_a_command_and_its_answer_is_seen_by_that_person_alone(
    slack: RunningPlayground, bolt: BoltApp
) -> None:
    @bolt.app.command("/escalate")
    async def escalate(ack: Any, command: Any) -> None:
        bolt.heard.append(command)
        await ack(f"opened: {command['text']}")

    outcome = await slack.person("ada").command("/escalate open p1 A <b> & @bob")
    assert outcome.ok
    heard = bolt.heard[0]
    assert heard["text"] == "open p1 A <b> & @bob"
    assert (heard["team_id"], heard["user_name"]) == ("T00000042", "ada")
    assert heard["channel_name"] == "general"
    assert slack.person("ada").sees("general")[-1].text == "opened: open p1 A <b> & @bob"
    assert slack.person("bob").sees("general") == []


async def test_every_form_field_of_slack_is_sent_and_signed() -> None:
    seen: dict[str, Any] = {}

    async def endpoint(request: Request) -> Response:
        body = await request.body()
        stamp = request.headers["x-slack-request-timestamp"]
        seen["signed"] = request.headers["x-slack-signature"] == signature("s3", stamp, body)
        seen["form"] = {name: value[0] for name, value in parse_qs(body.decode()).items()}
        return PlainTextResponse("")

    async with (
        served(door("/in", endpoint)) as base,
        running_playground(workspace=WORKSPACE, app_url=f"{base}/in", signing_secret="s3") as slack,
    ):
        assert (await slack.person("ada").command("/escalate help")).ok
    assert seen["signed"]
    assert set(seen["form"]) == {
        "token",
        "team_id",
        "team_domain",
        "channel_id",
        "channel_name",
        "user_id",
        "user_name",
        "command",
        "text",
        "api_app_id",
        "is_enterprise_install",
        "response_url",
        "trigger_id",
    }


async def test_mentions_become_ids_when_the_manifest_asks_for_escaping(
    slack: RunningPlayground,
) -> None:
    manifest = {"features": {"slash_commands": [{"command": "/e", "should_escape": True}]}}
    async with running_playground(workspace=WORKSPACE, manifest=manifest) as escaping:
        await escaping.person("ada").command("/e page @bob in #general <now> & @nobody")
        sent = escaping.deliveries("/e")[0].payload["text"]
    general = slack.channel("general").id
    bob = slack.person("bob").id
    assert sent == f"page <@{bob}|bob> in <#{general}|general> &lt;now&gt; &amp; @nobody"


async def test_an_app_that_is_too_slow_shows_operation_timeout() -> None:
    async def endpoint(request: Request) -> Response:
        await request.body()
        await asyncio.sleep(30)
        return PlainTextResponse("")

    async with (
        served(door("/in", endpoint)) as base,
        running_playground(workspace=WORKSPACE, app_url=f"{base}/in", ack_deadline=0.2) as slack,
    ):
        outcome = await slack.person("ada").command("/escalate")
        shown = slack.person("ada").sees("general")[-1]
        others = slack.person("bob").sees("general")
    assert (outcome.ok, outcome.error) == (False, "operation_timeout")
    assert shown.user == SLACKBOT
    assert shown.text == '`/escalate` failed with the error "operation_timeout"'
    assert others == []


async def test_an_app_that_answers_500_or_is_away_shows_dispatch_failed() -> None:
    async def endpoint(request: Request) -> Response:
        await request.body()
        return PlainTextResponse("boom", status_code=500)

    async with running_playground(workspace=WORKSPACE) as slack:
        async with served(door("/in", endpoint)) as base:
            slack.send_to(f"{base}/in")
            assert (await slack.person("ada").command("/escalate")).error == "dispatch_failed"
            assert slack.deliveries()[-1].status == 500
        outcome = await slack.person("ada").command("/escalate")
        assert outcome.error == "dispatch_failed"
        assert slack.deliveries()[-1].status is None
        assert len(slack.person("ada").sees("general")) == 2


async def test_in_channel_answers_are_for_everybody_and_bad_ones_for_nobody(
    slack: RunningPlayground, bolt: BoltApp
) -> None:
    @bolt.app.command("/loud")
    async def loud(ack: Any) -> None:
        await ack({"response_type": "in_channel", "text": "to all"})

    @bolt.app.command("/bad")
    async def bad(ack: Any) -> None:
        await ack({"blocks": [{"type": "nonsense"}]})

    await slack.person("ada").command("/loud")
    assert slack.person("bob").sees("general")[-1].text == "to all"
    outcome = await slack.person("ada").command("/bad")
    assert outcome.error == "invalid_command_response"


async def test_commands_that_slack_itself_refuses_never_reach_the_app() -> None:
    manifest = {"features": {"slash_commands": [{"command": "/escalate"}]}}
    async with running_playground(workspace=WORKSPACE, manifest=manifest) as strict:
        ada = strict.person("ada")
        assert (await ada.command("/unknown")).error == "unknown_command"
        assert (await ada.command("/escalate", "old")).error == "is_archived"
        assert (await strict.person("ext").command("/escalate", "open")).error == "unknown_command"
        assert (await strict.person("bob").command("/escalate", "hidden")).error == (
            "channel_not_found"
        )
        said = await ada.say("topic", "general")
        assert said.message is not None
        in_thread = await ada.say("/escalate list", "general", said.message.ts)
        assert in_thread.error == "not_in_threads"
        assert strict.deliveries() == []


async def test_commands_need_their_scope() -> None:
    manifest = {
        "features": {"slash_commands": [{"command": "/escalate"}]},
        "oauth_config": {"scopes": {"bot": ["chat:write"]}},
    }
    async with running_playground(workspace=WORKSPACE, manifest=manifest) as slack:
        assert (await slack.person("ada").command("/escalate")).error == "unknown_command"


async def test_a_response_url_works_five_times_and_is_ephemeral_unless_it_says_otherwise(
    slack: RunningPlayground, bolt: BoltApp
) -> None:
    @bolt.app.command("/later")
    async def later(ack: Any, command: Any) -> None:
        bolt.heard.append(command["response_url"])
        await ack()

    await slack.person("ada").command("/later")
    hook = AsyncWebhookClient(bolt.heard[0], retry_handlers=[])
    assert (await hook.send(text="one")).status_code == 200
    assert slack.person("bob").sees("general") == []
    assert (await hook.send(text="two", response_type="in_channel")).status_code == 200
    assert slack.person("bob").sees("general")[-1].text == "two"
    assert (await hook.send(text="x", blocks=[{"type": "nope"}])).status_code == 400
    for _ in range(2):
        assert (await hook.send(text="more")).status_code == 200
    refused = await hook.send(text="six")
    assert (refused.status_code, "used_url" in refused.body) == (404, True)


async def test_a_response_url_expires() -> None:
    async with running_playground(workspace=WORKSPACE, response_url_lifetime=0.0) as slack:
        await slack.person("ada").command("/later")
        url = slack.deliveries("/later")[0].payload["response_url"]
        answer = await AsyncWebhookClient(url, retry_handlers=[]).send(text="too late")
        assert (answer.status_code, "expired_url" in answer.body) == (404, True)


async def test_the_same_delivery_can_be_sent_again(slack: RunningPlayground, bolt: BoltApp) -> None:
    @bolt.app.command("/escalate")
    async def escalate(ack: Any, command: Any) -> None:
        bolt.heard.append(command["trigger_id"])
        await ack()

    first = await slack.person("ada").command("/escalate open")
    assert first.delivery is not None
    assert (await slack.slack.redeliver(first.delivery.seq)).ok
    assert bolt.heard[0] == bolt.heard[1]
    assert slack.deliveries()[-1].redelivery_of == first.delivery.seq
