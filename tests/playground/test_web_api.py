"""The Web API as slack_sdk's client meets it: answers, errors, scopes, visibility."""

from __future__ import annotations

from typing import Any

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from playground.testing import RunningPlayground, running_playground
from tests.playground.conftest import WORKSPACE, client_of, in_channel
from tests.playground.refusals import error, refusal

Json = dict[str, Any]


async def test_auth_test_tells_who_the_app_is_and_its_scopes() -> None:
    manifest = {"oauth_config": {"scopes": {"bot": ["chat:write", "users:read"]}}}
    async with running_playground(workspace=WORKSPACE, manifest=manifest) as slack:
        answer = await client_of(slack).auth_test()
    assert answer["team_id"] == "T00000042"
    assert (answer["user_id"], answer["bot_id"]) == ("UAPP00001", "B00000001")
    assert answer.headers["x-oauth-scopes"] == "chat:write,users:read"


async def test_tokens_are_checked(slack: RunningPlayground, web: AsyncWebClient) -> None:
    assert await error(client_of(slack, ""), "auth.test") == "not_authed"
    assert await error(client_of(slack, "xoxb-other"), "auth.test") == "invalid_auth"
    assert await error(client_of(slack, "xapp-playground"), "auth.test") == "not_allowed_token_type"
    assert await error(web, "apps.connections.open") == "not_allowed_token_type"
    slack.slack.app.revoked = True
    assert await error(web, "auth.test") == "token_revoked"


async def test_what_is_not_modelled_says_so(web: AsyncWebClient) -> None:
    assert await error(web, "admin.users.list") == "unknown_method"
    refused = await refusal(web, "files.getUploadURLExternal", filename="a", length=1)
    assert refused["error"] == "not_implemented"
    assert "not modelled" in refused["detail"]


async def test_arguments_that_are_not_modelled_are_refused_rather_than_dropped(
    slack: RunningPlayground, web: AsyncWebClient
) -> None:
    channel = await in_channel(slack)
    for unmodelled in ({"attachments": [{"text": "a"}]}, {"link_names": True}, {"parse": "full"}):
        refused = await refusal(web, "chat.postMessage", channel=channel, text="x", **unmodelled)
        assert refused["error"] == "not_implemented"
        assert next(iter(unmodelled)) in refused["detail"]
    sent = await web.chat_postMessage(channel=channel, text="x", link_names=False, attachments=[])
    assert sent["ok"]


async def test_forms_json_queries_and_multipart_are_all_understood(
    slack: RunningPlayground,
) -> None:
    channel = await in_channel(slack)
    url = slack.api_url + "chat.postMessage"
    blocks = '[{"type":"divider"}]'
    bearer = {"Authorization": "Bearer xoxb-playground"}
    multipart = aiohttp.FormData({"channel": channel, "text": "m"}, default_to_multipart=True)
    async with aiohttp.ClientSession() as session:
        form = {"token": "xoxb-playground", "channel": channel, "blocks": blocks, "text": "f"}
        ways = (
            session.post(url, data=form),
            session.post(url, json={"channel": channel, "text": "j"}, headers=bearer),
            session.get(url, params={"channel": channel, "text": "q"}, headers=bearer),
            session.post(url, data=multipart, headers=bearer),
        )
        for way in ways:
            async with way as response:
                assert (await response.json())["ok"]
        async with session.post(url, data="{", headers=bearer | JSON) as response:
            assert (await response.json())["error"] == "invalid_json"
        async with session.post(url, data="[]", headers=bearer | JSON) as response:
            assert (await response.json())["error"] == "json_not_object"
    assert [m.text for m in slack.messages("general")][-4:] == ["f", "j", "q", "m"]
    assert slack.calls("chat.postMessage")[0].args["channel"] == channel
    assert "token" not in slack.calls("chat.postMessage")[0].args


JSON = {"Content-Type": "application/json; charset=utf-8"}


async def test_ephemerals_are_seen_by_one_and_kept_by_nobody(
    slack: RunningPlayground, web: AsyncWebClient
) -> None:
    channel = await in_channel(slack)
    ada = slack.person("ada")
    sent = await web.chat_postEphemeral(channel=channel, user=ada.id, text="psst")
    assert ada.sees("general")[-1].text == "psst"
    assert "psst" not in [message.text for message in slack.person("bob").sees("general")]
    history = await web.conversations_history(channel=channel)
    assert "psst" not in [message["text"] for message in history["messages"]]
    ts = sent["message_ts"]
    assert await error(web, "chat.update", channel=channel, ts=ts, text="x") == "message_not_found"
    outsider = slack.person("gus").id
    code = await error(web, "chat.postEphemeral", channel=channel, user=outsider, text="x")
    assert code == "user_not_in_channel"


async def test_posts_are_checked_cut_and_changed_as_slack_does(
    slack: RunningPlayground, web: AsyncWebClient
) -> None:
    channel = await in_channel(slack)
    assert await error(web, "chat.postMessage", channel=channel) == "no_text"
    bad = [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}]
    refused = await refusal(web, "chat.postMessage", channel=channel, text="t", blocks=bad)
    assert refused["error"] == "invalid_blocks"
    assert refused["response_metadata"]["messages"] == [
        "[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]"
    ]
    much = [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 2400}}] * 4
    refused = await refusal(web, "chat.postMessage", channel=channel, text="t", blocks=much)
    assert refused["error"] == "msg_blocks_too_long"
    long = await web.chat_postMessage(channel=channel, text="x" * 40_001)
    assert len(long["message"]["text"]) == 40_000
    ts = long["ts"]
    code = await error(web, "chat.update", channel=channel, ts=ts, text="x" * 4001)
    assert code == "msg_too_long"
    metadata = {"event_type": "t", "event_payload": {"id": "m1"}}
    await web.chat_update(channel=channel, ts=ts, text="short", metadata=metadata)
    edited = slack.messages("general")[-1]
    assert (edited.text, edited.edited is None) == ("short", False)
    said = await slack.person("ada").say("mine", "general")
    assert said.message is not None
    theirs = said.message.ts
    for method in ("chat.update", "chat.delete"):
        code = await error(web, method, channel=channel, ts=theirs, text="x")
        assert code == f"cant_{method.split('.')[1]}_message"
    await web.chat_delete(channel=channel, ts=ts)
    assert await error(web, "chat.delete", channel=channel, ts=ts) == "message_not_found"


async def test_pins_and_reactions_are_made_once(
    slack: RunningPlayground, web: AsyncWebClient
) -> None:
    channel = await in_channel(slack)
    ts = (await web.chat_postMessage(channel=channel, text="card"))["ts"]
    item = {"channel": channel, "timestamp": ts}
    await web.api_call("pins.add", json=item)
    assert await error(web, "pins.add", **item) == "already_pinned"
    assert (await web.pins_list(channel=channel))["items"][0]["message"]["text"] == "card"
    await web.api_call("pins.remove", json=item)
    assert await error(web, "pins.remove", **item) == "no_pin"
    await web.api_call("reactions.add", json=item | {"name": "eyes"})
    assert await error(web, "reactions.add", **item, name="eyes") == "already_reacted"
    assert (await web.reactions_get(**item))["message"]["reactions"][0]["count"] == 1
    await web.api_call("reactions.remove", json=item | {"name": "eyes"})
    assert await error(web, "reactions.remove", **item, name="eyes") == "no_reaction"
    assert (
        await error(web, "pins.add", channel=channel, timestamp="1.000000") == "message_not_found"
    )
    assert await error(web, "pins.add", channel=channel, timestamp="soon") == "bad_timestamp"


async def test_a_missing_scope_is_named() -> None:
    manifest = {"oauth_config": {"scopes": {"bot": ["chat:write", "channels:manage"]}}}
    async with running_playground(workspace=WORKSPACE, manifest=manifest) as slack:
        web = client_of(slack)
        refused = await refusal(web, "conversations.create", name="esc-1", is_private=True)
        assert refused["error"] == "missing_scope"
        assert refused["needed"] == "groups:write"
        assert refused["provided"] == "channels:manage,chat:write"
        assert (await web.conversations_create(name="esc-1"))["ok"]
        assert await error(web, "users.list") == "missing_scope"
        dm = await web.chat_postMessage(channel=slack.person("ada").id, text="hi")
        code = await error(web, "conversations.history", channel=dm["channel"])
        assert code == "missing_scope"
        assert await error(web, "conversations.open", users=slack.person("ada").id) == (
            "missing_scope"
        )


async def test_the_tabs_of_the_app_are_as_the_manifest_sets_them() -> None:
    home = {"type": "home", "blocks": []}
    tabs = {"home_tab_enabled": False, "messages_tab_read_only_enabled": True}
    manifest = {"features": {"app_home": tabs, "slash_commands": [{"command": "/escalate"}]}}
    async with running_playground(workspace=WORKSPACE, manifest=manifest) as slack:
        web, ada = client_of(slack), slack.person("ada")
        assert await error(web, "views.publish", user_id=ada.id, view=home) == "not_enabled"
        assert (await web.chat_postMessage(channel=ada.id, text="page"))["ok"]
        direct = await ada.dm_with_app()
        assert (await ada.say("hello", direct)).error == "messages_tab_read_only"
        assert (await ada.command("/escalate", direct)).error == "messages_tab_read_only"
    manifest = {"features": {"app_home": {"home_tab_enabled": True, "messages_tab_enabled": False}}}
    async with running_playground(workspace=WORKSPACE, manifest=manifest) as slack:
        web, ada = client_of(slack), slack.person("ada")
        assert (await web.views_publish(user_id=ada.id, view=home))["ok"]
        code = await error(web, "chat.postMessage", channel=ada.id, text="x")
        assert code == "messages_tab_disabled"


async def test_posting_without_membership_takes_a_scope_of_its_own() -> None:
    scopes = ["chat:write", "chat:write.public"]
    manifest = {"oauth_config": {"scopes": {"bot": scopes}}}
    async with running_playground(workspace=WORKSPACE, manifest=manifest) as slack:
        web = client_of(slack)
        assert (await web.chat_postMessage(channel=slack.channel("general").id, text="x"))["ok"]
        hidden = slack.channel("hidden").id
        assert await error(web, "chat.postMessage", channel=hidden, text="x") == "channel_not_found"
