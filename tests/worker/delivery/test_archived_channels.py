"""An archived channel: it comes back, or another is made, and what waited follows in order."""

import logging
from collections.abc import Awaitable, Callable

import pytest

from bot.domain.kinds import DeliveryKind
from bot.services.channels import channel as channels_channel
from bot.services.incidents import lifecycle
from bot.store.tables.states import ChannelState
from playground.driver import texts
from playground.state.records import Channel, Message
from tests.factories import MEI, an_incident
from tests.services import scene
from tests.waiting import eventually
from tests.worker.conftest import Rig

SAID = ("alpha", "bravo", "charlie")
HALF_AN_HOUR = 30 * 60


async def an_archived_one(rig: Rig) -> str:
    """An incident whose channel was archived, and what was said in it afterwards."""
    incident_id = an_incident(rig.db, rig.policy, rig.act(MEI), teams=()).head.id
    async with rig.working(ticking=False):
        await eventually(lambda: scene.incident(rig.db, incident_id).card_ts)
        rig.slack.slack.rooms.archive(rig.slack.channel("esc-1"), MEI)
        for words in SAID:
            lifecycle.post_update(rig.db, rig.act(MEI), incident_id, words)
        await eventually(lambda: scene.incident(rig.db, incident_id).room is ChannelState.ARCHIVED)
        await eventually(lambda: not scene.waiting(rig.db, DeliveryKind.NOTICE))
    assert updates_in(rig, rig.slack.channel("esc-1")) == []
    return incident_id


def updates_in(rig: Rig, channel: Channel) -> list[str]:
    """The words of the updates that stand in a channel, in their order."""
    told = [texts(message) for message in rig.slack.messages(channel.id)]
    return [words for one in told for words in SAID if f"{words}" in one and "update" in one]


def made(rig: Rig, name: str) -> Channel | None:
    return rig.slack.slack.workspace.channel_named(name)


async def test_an_archived_channel_is_no_error_in_the_log(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    await an_archived_one(rig)
    said = [one for one in caplog.records if one.__dict__.get("code") == "is_archived"]
    assert said
    assert {one.levelno for one in said} == {logging.INFO}


async def test_who_answers_for_it_is_told_once_and_how_it_ended(rig: Rig) -> None:
    incident_id = await an_archived_one(rig)
    async with rig.working(ticking=False):
        await eventually(lambda: about_the_room(rig))
    for user in rig.policy.managers_on_duty:
        [said] = [one for one in map(texts, rig.dms_of(user)) if "was archived" in one]
        assert "Unarchive it in Slack and invite Tocsin" in said
    room = rig.slack.channel("esc-1")
    rig.slack.slack.rooms.unarchive(room, MEI)
    with rig.db.transaction() as tx:
        channels_channel.channel_restored(tx, rig.act(MEI), incident_id, room.id)
    async with rig.working(ticking=False):
        await eventually(
            lambda: all("Work continues in" in texts(one) for one in about_the_room(rig))
        )


def about_the_room(rig: Rig) -> list[Message]:
    told = [one for user in rig.policy.managers_on_duty for one in rig.dms_of(user)]
    found = [one for one in told if "was archived" in texts(one)]
    return found if len(found) == len(rig.policy.managers_on_duty) else []


async def test_what_was_said_meanwhile_follows_in_order_when_it_comes_back(rig: Rig) -> None:
    incident_id = await an_archived_one(rig)
    room = rig.slack.channel("esc-1")
    rig.slack.slack.rooms.unarchive(room, MEI)
    for _ in range(2):
        with rig.db.transaction() as tx:
            channels_channel.channel_restored(tx, rig.act(MEI), incident_id, room.id)
    lifecycle.post_update(rig.db, rig.act(MEI), incident_id, "last")
    async with rig.working(ticking=False):
        await eventually(lambda: "last" in texts(rig.slack.messages(room.id)[-1]))
    assert updates_in(rig, room) == list(SAID), "each once"
    assert scene.incident(rig.db, incident_id).room is ChannelState.CHANNEL


async def another_after_half_an_hour(rig: Rig, _incident_id: str) -> None:
    await rig.slack.advance(HALF_AN_HOUR + 1)


async def reopening(rig: Rig, incident_id: str) -> None:
    lifecycle.decline(rig.db, rig.act(MEI), incident_id, "no escalation")
    lifecycle.reopen(rig.db, rig.act(MEI), incident_id, "it is back")


@pytest.mark.parametrize("way", [another_after_half_an_hour, reopening])
async def test_another_channel_is_made_where_it_does_not_come_back(
    rig: Rig, way: Callable[[Rig, str], Awaitable[None]]
) -> None:
    incident_id = await an_archived_one(rig)
    await way(rig, incident_id)
    async with rig.working():
        other = await eventually(lambda: made(rig, "esc-1-2"))
        await eventually(lambda: len(updates_in(rig, other)) == len(SAID))
        await eventually(lambda: MEI in other.members)
    assert updates_in(rig, other) == list(SAID)
    assert scene.incident(rig.db, incident_id).channel_id == other.id


async def test_reopening_takes_a_channel_again_that_somebody_has_unarchived(rig: Rig) -> None:
    incident_id = await an_archived_one(rig)
    room = rig.slack.channel("esc-1")
    rig.slack.slack.rooms.unarchive(room, MEI)
    await reopening(rig, incident_id)
    async with rig.working(ticking=False):
        await eventually(lambda: len(updates_in(rig, room)) == len(SAID))
    assert made(rig, "esc-1-2") is None
    assert scene.incident(rig.db, incident_id).channel_id == room.id


async def test_a_channel_that_is_archived_after_the_end_is_nobodys_news(rig: Rig) -> None:
    incident_id = an_incident(rig.db, rig.policy, rig.act(MEI), teams=()).head.id
    async with rig.working(ticking=False):
        await eventually(lambda: scene.incident(rig.db, incident_id).card_ts)
        lifecycle.decline(rig.db, rig.act(MEI), incident_id, "no escalation")
        await eventually(lambda: not scene.waiting(rig.db, DeliveryKind.NOTICE))
    with rig.db.transaction() as tx:
        channel = scene.incident(rig.db, incident_id).channel_id
        assert channel is not None
        channels_channel.channel_lost(
            tx, rig.policy, rig.act(MEI), incident_id, channel, "is_archived"
        )
    assert scene.waiting(rig.db, DeliveryKind.CHANNEL_LOST) == []
