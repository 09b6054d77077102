"""Clicks, forms, shortcuts: as Bolt hears them, and what its answers do to the screen."""

from __future__ import annotations

import asyncio
from typing import Any

from playground.testing import RunningPlayground
from tests.playground.bolt_app import BUTTONS, MODAL, BoltApp
from tests.playground.conftest import in_channel

Json = dict[str, Any]


async def test_a_button_in_a_message_carries_all_that_slack_sends(
    slack: RunningPlayground, bolt: BoltApp
) -> None:
    @bolt.app.action("ack")
    async def acked(ack: Any, body: Any) -> None:
        bolt.heard.append(body)
        await ack()

    channel = await in_channel(slack)
    await bolt.web.chat_postMessage(channel=channel, text="page", blocks=BUTTONS)
    page = slack.person("ada").sees("general")[-1]
    assert (await slack.person("bob").click(page, "ack")).ok
    body = bolt.heard[0]
    assert body["user"]["username"] == "bob"
    assert body["container"] == {
        "type": "message",
        "message_ts": page.ts,
        "channel_id": channel,
        "is_ephemeral": False,
    }
    assert body["message"]["ts"] == page.ts
    assert body["actions"][0]["value"] == "page-1"
    assert body["actions"][0]["block_id"] == "row"
    assert body["response_url"].startswith("http://127.0.0.1:")


async def test_selects_and_overflows_send_what_was_chosen(
    slack: RunningPlayground, bolt: BoltApp
) -> None:
    async def chosen(ack: Any, body: Any) -> None:
        bolt.heard.append((body["actions"][0], body["state"]["values"]))
        await ack()

    bolt.app.action("who")(chosen)
    bolt.app.action("menu")(chosen)
    channel = await in_channel(slack)
    await bolt.web.chat_postMessage(channel=channel, text="page", blocks=BUTTONS)
    ada, bob = slack.person("ada"), slack.person("bob")
    page = ada.sees("general")[-1]
    await ada.click(page, "who", bob.id)
    await ada.click(page, "menu", "s30")
    assert (await ada.click(page, "menu", "forged")).error == "no_such_option"
    assert (await ada.click(page, "nowhere")).error == "no_such_element"
    (who, state), (menu, _) = bolt.heard
    assert who["selected_user"] == bob.id
    assert state["row"]["who"]["selected_user"] == bob.id
    assert menu["selected_option"]["value"] == "s30"


async def test_a_response_url_replaces_and_deletes_the_original(
    slack: RunningPlayground, bolt: BoltApp
) -> None:
    @bolt.app.action("ack")
    async def acked(ack: Any, respond: Any) -> None:
        await ack()
        await respond(text="done", replace_original=True)

    @bolt.app.action("who")
    async def gone(ack: Any, respond: Any) -> None:
        await ack()
        await respond(delete_original=True)

    channel = await in_channel(slack)
    await bolt.web.chat_postMessage(channel=channel, text="page", blocks=BUTTONS)
    ada = slack.person("ada")
    page = ada.sees("general")[-1]
    await ada.click(page, "ack")
    await ada.until_sees("general", lambda message: message.text == "done")
    assert ada.sees("general")[-1].blocks == []
    await bolt.web.chat_postEphemeral(channel=channel, user=ada.id, text="only you", blocks=BUTTONS)
    whisper = ada.sees("general")[-1]
    assert slack.person("bob").sees("general")[-1].text == "done"
    await ada.click(whisper, "who", ada.id)
    await slack.until(lambda: ada.sees("general")[-1].text == "done" or None)
    assert "message" not in slack.deliveries("block_actions")[-1].payload


async def test_shortcuts_reach_the_app(slack: RunningPlayground, bolt: BoltApp) -> None:
    async def heard(ack: Any, body: Any) -> None:
        bolt.heard.append(body)
        await ack()

    bolt.app.shortcut("escalate_message")(heard)
    bolt.app.shortcut("escalate")(heard)
    ada = slack.person("ada")
    said = await ada.say("look at this", "general")
    assert said.message is not None
    assert (await ada.shortcut("escalate_message", said.message)).ok
    assert (await ada.shortcut("escalate")).ok
    message, everywhere = bolt.heard
    assert (message["type"], message["message"]["text"]) == ("message_action", "look at this")
    assert message["channel"]["id"] == slack.channel("general").id
    assert everywhere["type"] == "shortcut"
    assert everywhere["trigger_id"]


async def test_the_home_tab_is_published_when_it_is_opened(
    slack: RunningPlayground, bolt: BoltApp
) -> None:
    home = {"type": "home", "callback_id": "home", "blocks": [dict(MODAL["blocks"][2])]}

    @bolt.app.event("app_home_opened")
    async def opened(event: Any) -> None:
        await bolt.web.views_publish(user_id=event["user"], view=home)

    @bolt.app.action("deeper")
    async def deeper(ack: Any, body: Any) -> None:
        bolt.heard.append(body)
        await ack()

    ada = slack.person("ada")
    await ada.open_home()
    await ada.until_home()
    assert (await ada.click_view("deeper", home=True)).ok
    assert bolt.heard[0]["view"]["type"] == "home"
    assert slack.slack.workspace.home_view(slack.person("bob").id) is None


async def test_a_click_that_nobody_answers_is_told_to_the_person(
    slack: RunningPlayground, bolt: BoltApp
) -> None:
    channel = await in_channel(slack)
    await bolt.web.chat_postMessage(channel=channel, text="page", blocks=BUTTONS)
    ada = slack.person("ada")
    page = ada.sees("general")[-1]
    outcome = await ada.click(page, "ack")
    assert outcome.error == "dispatch_failed"
    assert ada.sees("general")[-1].user == "USLACKBOT"
    assert slack.person("bob").sees("general")[-1].ts == page.ts


async def test_clicks_of_many_at_once_all_arrive(slack: RunningPlayground, bolt: BoltApp) -> None:
    @bolt.app.action("ack")
    async def acked(ack: Any, body: Any) -> None:
        bolt.heard.append(body["user"]["id"])
        await ack()

    channel = await in_channel(slack)
    await bolt.web.chat_postMessage(channel=channel, text="page", blocks=BUTTONS)
    people = [slack.person(name) for name in ("ada", "bob", "cleo")]
    page = people[0].sees("general")[-1]
    outcomes = await asyncio.gather(*(who.click(page, "ack") for who in people * 10))
    assert all(outcome.ok for outcome in outcomes)
    assert len(bolt.heard) == 30
