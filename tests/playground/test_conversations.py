"""Channels, direct conversations and people: who sees what, and who may do what."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from playground.state.records import Unread
from playground.testing import RunningPlayground
from tests.playground.conftest import in_channel
from tests.playground.refusals import error, refusal

Json = dict[str, Any]


async def test_hidden_channels_are_not_found_and_open_ones_want_membership(
    slack: RunningPlayground, web: AsyncWebClient
) -> None:
    hidden, general = slack.channel("hidden").id, slack.channel("general").id
    for method, more in (
        ("chat.postMessage", {"text": "x"}),
        ("conversations.history", {}),
        ("conversations.invite", {"users": slack.person("bob").id}),
        ("conversations.setTopic", {"topic": "t"}),
        ("pins.list", {}),
    ):
        assert await error(web, method, channel=hidden, **more) == "channel_not_found"
        assert await error(web, method, channel=general, **more) == "not_in_channel"
    assert await error(web, "conversations.info", channel=hidden) == "channel_not_found"
    assert (await web.conversations_info(channel=general))["channel"]["is_member"] is False
    assert (await web.conversations_join(channel=general))["ok"]
    for by in (general, "general", "#general"):
        assert (await web.chat_postMessage(channel=by, text="now"))["channel"] == general
    assert await error(web, "chat.postMessage", channel="#hidden", text="x") == "channel_not_found"
    assert await error(web, "conversations.join", channel=hidden) == "channel_not_found"


async def test_archived_channels_take_nothing(
    slack: RunningPlayground, web: AsyncWebClient
) -> None:
    old = await in_channel(slack, "old")
    assert await error(web, "chat.postMessage", channel=old, text="x") == "is_archived"
    assert await error(web, "conversations.archive", channel=old) == "already_archived"
    general = await in_channel(slack)
    assert await error(web, "conversations.archive", channel=general) == "cant_archive_general"


async def test_a_read_only_channel_takes_no_posts_of_the_app(
    slack: RunningPlayground, web: AsyncWebClient
) -> None:
    general = await in_channel(slack)
    slack.channel("general").is_read_only = True
    assert (await web.conversations_info(channel=general))["channel"]["is_read_only"] is True
    refused = await error(web, "chat.postMessage", channel=general, text="x")
    assert refused == "restricted_action_read_only_channel"
    assert (await slack.person("ada").say("people may", general)).ok


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("", "invalid_arguments"),
        ("x" * 81, "invalid_name_maxlength"),
        ("Esc-1", "invalid_name"),
        ("esc 1", "invalid_name_specials"),
        ("--", "invalid_name_punctuation"),
        ("hidden", "name_taken"),
        ("old", "name_taken"),
    ],
)
async def test_channel_names_follow_slacks_rules(web: AsyncWebClient, name: str, code: str) -> None:
    assert await error(web, "conversations.create", name=name) == code


async def test_a_private_channel_is_seen_by_its_members_alone(
    slack: RunningPlayground, web: AsyncWebClient
) -> None:
    made = (await web.conversations_create(name="esc-12", is_private=True))["channel"]
    bob = slack.person("bob")
    await web.conversations_invite(channel=made["id"], users=[bob.id])
    await web.chat_postMessage(channel=made["id"], text="inside")
    assert [message.text for message in bob.sees("esc-12")][-1] == "inside"
    assert slack.person("ada").sees("esc-12") == []
    assert "esc-12" not in [channel.name for channel in slack.person("ada").channels()]


async def test_an_invitation_is_all_or_nobody_unless_forced(
    slack: RunningPlayground, web: AsyncWebClient
) -> None:
    channel = (await web.conversations_create(name="esc-13"))["channel"]["id"]
    ids = {name: slack.person(name).id for name in ("ada", "gone", "ext", "solo", "gus")}
    app = slack.slack.app.user_id
    for user, code in (
        (app, "cant_invite_self"),
        ("U404", "user_not_found"),
        (ids["gone"], "user_disabled"),
        (ids["ext"], "cant_invite"),
        (ids["solo"], "ura_max_channels"),
    ):
        assert await error(web, "conversations.invite", channel=channel, users=user) == code
    both = f"{ids['ada']},{ids['gone']}"
    refused = await refusal(web, "conversations.invite", channel=channel, users=both)
    assert refused["errors"] == [{"user": ids["gone"], "ok": False, "error": "user_disabled"}]
    assert ids["ada"] not in slack.channel("esc-13").members
    forced = await web.conversations_invite(channel=channel, users=both, force=True)
    assert forced["errors"][0]["user"] == ids["gone"]
    assert ids["ada"] in slack.channel("esc-13").members
    again = await error(web, "conversations.invite", channel=channel, users=ids["ada"])
    assert again == "already_in_channel"
    assert (await web.conversations_invite(channel=channel, users=ids["gus"]))["ok"]
    await web.conversations_kick(channel=channel, user=ids["ada"])
    assert ids["ada"] not in slack.channel("esc-13").members


async def test_direct_messages_go_to_people_who_are_there(
    slack: RunningPlayground, web: AsyncWebClient
) -> None:
    bob, gone, app = slack.person("bob"), slack.person("gone").id, slack.slack.app.user_id
    await web.chat_postMessage(channel=bob.id, text="page")
    assert bob.dms()[-1].text == "page"
    opened = (await web.conversations_open(users=[bob.id]))["channel"]["id"]
    assert opened == bob.dms()[-1].channel
    for users, code in (
        (gone, "user_disabled"),
        ("U404", "user_not_found"),
        (app, "cannot_dm_bot"),
        (",".join(f"U{n}" for n in range(9)), "too_many_users"),
    ):
        assert await error(web, "conversations.open", users=users) == code
    assert await error(web, "chat.postMessage", channel=gone, text="x") == "user_disabled"
    assert await error(web, "chat.postMessage", channel=app, text="x") == "cannot_dm_bot"
    group = await web.conversations_open(users=[bob.id, slack.person("ada").id])
    assert (await web.chat_postMessage(channel=group["channel"]["id"], text="both"))["ok"]
    await slack.slack.change_person(bob.id, {"deleted": True})
    assert await error(web, "chat.postMessage", channel=opened, text="x") == "user_disabled"


async def test_history_finds_a_post_by_its_metadata_and_pages_with_a_cursor(
    slack: RunningPlayground, web: AsyncWebClient
) -> None:
    channel = await in_channel(slack)
    stamps = []
    for number in range(5):
        metadata = {"event_type": "d", "event_payload": {"id": f"m{number}"}}
        sent = await web.chat_postMessage(channel=channel, text=str(number), metadata=metadata)
        stamps.append(sent["ts"])
    await web.chat_postMessage(channel=channel, text="reply", thread_ts=stamps[0])
    plain = await web.conversations_history(channel=channel, limit=1)
    assert "metadata" not in plain["messages"][0]
    pages, cursor = [], None
    while cursor != "":
        page = await web.conversations_history(
            channel=channel, limit=2, cursor=cursor, oldest=stamps[1], include_all_metadata=True
        )
        pages.append([m["metadata"]["event_payload"]["id"] for m in page["messages"]])
        cursor = (page.get("response_metadata") or {}).get("next_cursor", "")
    assert pages == [["m4", "m3"], ["m2"]]
    exact = await web.conversations_history(
        channel=channel, oldest=stamps[1], latest=stamps[2], inclusive=True
    )
    assert [m["text"] for m in exact["messages"]] == ["2", "1"]
    replies = await web.conversations_replies(channel=channel, ts=stamps[0])
    assert [m["text"] for m in replies["messages"]] == ["0", "reply"]
    assert replies["messages"][0]["reply_count"] == 1
    assert (
        await error(web, "conversations.replies", channel=channel, ts="1.0") == "thread_not_found"
    )
    code = await error(web, "conversations.history", channel=channel, oldest="soon")
    assert code == "invalid_ts_oldest"
    assert slack.calls("chat.postMessage")[0].metadata_id == "m0"
    assert slack.calls("chat.postMessage")[0].ts == stamps[0]


async def test_people_groups_and_channels_are_listed(
    slack: RunningPlayground, web: AsyncWebClient
) -> None:
    names, cursor = [], None
    while cursor != "":
        page = await web.users_list(limit=3, cursor=cursor)
        names += [member["name"] for member in page["members"]]
        cursor = page["response_metadata"]["next_cursor"]
    assert names == ["ada", "bob", "cleo", "gus", "solo", "ext", "gone", "app"]
    assert await error(web, "users.list", cursor="nonsense") == "invalid_cursor"
    ada = (await web.users_info(user=slack.person("ada").id))["user"]
    assert (ada["is_admin"], ada["profile"]["email"]) == (True, "ada@harbour.example")
    ext = (await web.users_info(user=slack.person("ext").id))["user"]
    assert (ext["is_stranger"], ext["team_id"] != slack.slack.workspace.team_id) == (True, True)
    await web.conversations_join(channel=slack.channel("open").id)
    ext = (await web.users_info(user=slack.person("ext").id))["user"]
    assert (ext["is_stranger"], ext["team_id"] != slack.slack.workspace.team_id) == (False, True)
    found = await web.users_lookupByEmail(email="ADA@harbour.example")
    assert found["user"]["id"] == ada["id"]
    assert await error(web, "users.lookupByEmail", email="x@y.z") == "users_not_found"
    groups = (await web.usergroups_list(include_users=True))["usergroups"]
    members = (await web.usergroups_users_list(usergroup=groups[0]["id"]))["users"]
    assert members == groups[0]["users"] == [slack.person("ada").id, slack.person("bob").id]
    assert await error(web, "usergroups.users.list", usergroup="S404") == "no_such_subteam"
    listed = await web.conversations_list(types="public_channel,private_channel")
    assert [c["name"] for c in listed["channels"]] == ["general", "open", "old"]
    live = await web.conversations_list(exclude_archived=True)
    assert [c["name"] for c in live["channels"]] == ["general", "open"]
    assert (await web.team_info())["team"]["domain"] == "harbour"
    assert (await web.bots_info(bot="B00000001"))["bot"]["user_id"] == slack.slack.app.user_id


async def test_unread_marks_count_what_is_new_and_flag_what_pings(
    slack: RunningPlayground, web: AsyncWebClient
) -> None:
    channel = await in_channel(slack)
    bob, cleo = slack.person("bob"), slack.person("cleo")
    markers = slack.slack.workspace.read_markers
    assert markers.unread(bob.id) == {}
    await web.chat_postMessage(channel=channel, text="for everyone")
    await web.chat_postMessage(channel=channel, text=f"<@{bob.id}> look")
    assert markers.unread(bob.id)[channel] == Unread(count=2, mention=True)
    assert markers.unread(cleo.id)[channel].mention is False
    await web.chat_postMessage(channel=channel, text="<!channel> loud")
    assert markers.unread(cleo.id)[channel].mention is True
    markers.read(cleo.id, channel)
    assert markers.unread(cleo.id) == {}


async def test_timestamps_grow_and_follow_virtual_time(
    slack: RunningPlayground, web: AsyncWebClient
) -> None:
    channel = await in_channel(slack)
    first = (await web.chat_postMessage(channel=channel, text="a"))["ts"]
    await slack.advance(86_400)
    second = (await web.chat_postMessage(channel=channel, text="b"))["ts"]
    assert float(second) - float(first) >= 86_400
    assert len(second.split(".")[1]) == 6
