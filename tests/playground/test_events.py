"""Events: what the app hears, when it hears it again, and what it never hears."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from playground.testing import RunningPlayground, running_playground
from tests.playground.bolt_app import BoltApp
from tests.playground.conftest import WORKSPACE, in_channel
from tests.serving import door, served


def heard(slack: RunningPlayground) -> list[str]:
    return [entry.payload["event"]["type"] for entry in slack.deliveries()]


async def test_bolt_hears_messages_mentions_reactions_and_pins(
    slack: RunningPlayground, bolt: BoltApp
) -> None:
    async def note(event: Any) -> None:
        await bolt.note(event)

    for name in ("message", "app_mention", "reaction_added", "pin_added"):
        bolt.app.event(name)(note)
    channel = await in_channel(slack)
    ada = slack.person("ada")
    said = await ada.say("hello @app & <all>", "general")
    assert said.message is not None
    await ada.react(said.message, "pushpin")
    await slack.slack.pin(ada.id, channel, said.message.ts)
    by_type = {event["type"]: event for event in await bolt.until_heard(4)}
    mention = by_type["app_mention"]
    assert mention["text"] == f"hello <@{slack.slack.app.user_id}> &amp; &lt;all&gt;"
    assert by_type["reaction_added"]["reaction"] == "pushpin"
    assert by_type["reaction_added"]["item"] == {
        "type": "message",
        "channel": channel,
        "ts": said.message.ts,
    }
    assert by_type["pin_added"]["channel_id"] == channel
    assert {event["channel_type"] for event in bolt.heard if event["type"] == "message"} == {
        "channel"
    }


async def test_edits_deletions_joins_and_archiving_are_told_as_slack_tells_them(
    slack: RunningPlayground,
) -> None:
    channel = await in_channel(slack)
    ada = slack.person("ada")
    said = await ada.say("one", "general")
    assert said.message is not None
    await slack.slack.edit_message(ada.id, channel, said.message.ts, "two")
    await slack.slack.delete_message(ada.id, channel, said.message.ts)
    await slack.slack.invite(ada.id, channel, slack.person("gus").id)
    await slack.slack.leave_channel(slack.person("gus").id, channel)
    await slack.slack.archive_channel(ada.id, channel)
    await slack.settled()
    events = [entry.payload["event"] for entry in slack.deliveries()]
    kinds = [(event["type"], event.get("subtype")) for event in events]
    for expected in (
        ("message", None),
        ("message", "message_changed"),
        ("message", "message_deleted"),
        ("message", "channel_join"),
        ("member_joined_channel", None),
        ("member_left_channel", None),
        ("channel_archive", None),
    ):
        assert expected in kinds
    changed = next(event for event in events if event.get("subtype") == "message_changed")
    assert (changed["previous_message"]["text"], changed["message"]["text"]) == ("one", "two")


async def test_the_app_hears_nothing_of_channels_it_is_not_in_and_of_ephemerals(
    slack: RunningPlayground,
) -> None:
    await slack.person("ada").say("secret", "hidden")
    await slack.person("ada").say("public, but without the app", "general")
    await slack.settled()
    assert slack.deliveries() == []


async def test_only_subscribed_events_with_their_scope_are_sent() -> None:
    manifest = {
        "oauth_config": {"scopes": {"bot": ["channels:history"]}},
        "settings": {"event_subscriptions": {"bot_events": ["message.channels", "reaction_added"]}},
    }
    async with running_playground(workspace=WORKSPACE, manifest=manifest) as slack:
        await in_channel(slack)
        said = await slack.person("ada").say("hi", "general")
        assert said.message is not None
        await slack.person("ada").react(said.message, "eyes")
        await slack.settled()
        assert set(heard(slack)) == {"message"}


async def test_a_failed_event_comes_three_times_more_with_the_same_id() -> None:
    seen: list[tuple[str | None, str | None, str]] = []

    async def endpoint(request: Request) -> Response:
        body = await request.json()
        headers = request.headers
        number, reason = headers.get("x-slack-retry-num"), headers.get("x-slack-retry-reason")
        seen.append((number, reason, body["event_id"]))
        return PlainTextResponse("no", status_code=500)

    async with (
        served(door("/in", endpoint)) as base,
        running_playground(workspace=WORKSPACE, app_url=f"{base}/in", retry_scale=0.0) as failing,
    ):
        await failing.person("ada").open_home()
        await failing.settled()
    first = seen[0][2]
    assert seen == [
        (None, None, first),
        ("1", "http_error", first),
        ("2", "http_error", first),
        ("3", "http_error", first),
    ]


async def test_an_event_is_not_repeated_once_accepted_or_when_the_app_says_so() -> None:
    answers = [
        PlainTextResponse("no", status_code=500),
        PlainTextResponse("ok"),
        PlainTextResponse("no", status_code=500, headers={"X-Slack-No-Retry": "1"}),
    ]
    seen: list[str] = []

    async def endpoint(request: Request) -> Response:
        seen.append((await request.json())["event_id"])
        return answers[len(seen) - 1]

    async with (
        served(door("/in", endpoint)) as base,
        running_playground(workspace=WORKSPACE, app_url=f"{base}/in", retry_scale=0.0) as slack,
    ):
        await slack.person("ada").open_home()
        await slack.settled()
        await slack.person("ada").open_home()
        await slack.settled()
    assert len(seen) == 3
    assert seen[0] == seen[1] != seen[2]


async def test_the_request_url_is_verified_by_its_challenge(
    slack: RunningPlayground, bolt: BoltApp
) -> None:
    assert await slack.slack.deliveries.verify_url()

    async def deaf(request: Request) -> Response:
        await request.body()
        return JSONResponse({"challenge": "another"})

    async with served(door("/in", deaf)) as base:
        slack.send_to(f"{base}/in")
        assert not await slack.slack.deliveries.verify_url()
        slack.send_to(bolt.url)


async def test_people_and_groups_that_change_are_told(slack: RunningPlayground) -> None:
    ada = slack.person("ada")
    await slack.slack.add_person("dora", {})
    await slack.slack.change_person(ada.id, {"deleted": True})
    group = slack.slack.workspace.group("legal-oncall")
    assert group is not None
    await slack.slack.set_group(group.id, [slack.person("cleo").id])
    await slack.settled()
    events = {
        entry.payload["event"]["type"]: entry.payload["event"] for entry in slack.deliveries()
    }
    assert events["team_join"]["user"]["name"] == "dora"
    assert events["user_change"]["user"]["deleted"] is True
    assert events["subteam_members_changed"]["added_users"] == [slack.person("cleo").id]
    assert len(events["subteam_members_changed"]["removed_users"]) == 2
    assert events["subteam_updated"]["subteam"]["users"] == [slack.person("cleo").id]


async def test_a_shared_file_is_told_and_its_content_is_refused(slack: RunningPlayground) -> None:
    channel = await in_channel(slack)
    await slack.slack.share_file(slack.person("ada").id, channel, "evidence.png")
    await slack.settled()
    assert "file_shared" in heard(slack)
    subtypes = [entry.payload["event"].get("subtype") for entry in slack.deliveries()]
    assert "file_share" in subtypes


async def test_an_event_of_another_run_has_another_id() -> None:
    """An app that keeps its database remembers them, and drops what it has had already."""
    seen: list[str] = []

    async def endpoint(request: Request) -> Response:
        seen.append((await request.json())["event_id"])
        return PlainTextResponse("")

    async with served(door("/in", endpoint)) as base:
        for _ in range(2):
            async with running_playground(workspace=WORKSPACE, app_url=f"{base}/in") as slack:
                await slack.person("ada").open_home()
                await slack.settled()
    assert len(set(seen)) == len(seen) == 2
