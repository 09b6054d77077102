"""Places that are gone when Slack is asked for them: an archived channel, a deleted card."""

from bot.services.channels import channel as channels_channel
from bot.services.incidents import lifecycle
from bot.store.tables import Incident
from bot.store.tables.states import ChannelState
from playground.driver import texts
from playground.web.faults import FaultKind, FaultRule
from tests.factories import MEI, an_incident
from tests.services import scene
from tests.waiting import eventually
from tests.worker.conftest import Rig

SHARED = "C0ESCALATIONS"


def with_its_card(rig: Rig, incident_id: str) -> Incident | None:
    found = scene.incident(rig.db, incident_id)
    return found if found.card_ts is not None else None


def post_update(rig: Rig, incident_id: str) -> None:
    lifecycle.post_update(rig.db, rig.act(MEI), incident_id, "under way")


async def test_a_card_that_somebody_deleted_is_posted_again_in_its_channel(rig: Rig) -> None:
    incident_id = an_incident(rig.db, rig.policy, rig.act(MEI), teams=()).head.id
    async with rig.working(ticking=False):
        placed = await eventually(lambda: with_its_card(rig, incident_id))
        room = rig.slack.channel("esc-1")
        [card] = [one for one in rig.slack.messages(room.id) if one.ts == placed.card_ts]
        rig.slack.slack.rooms.delete(card)
        post_update(rig, incident_id)
        await eventually(lambda: scene.incident(rig.db, incident_id).card_ts != card.ts)
        again = await eventually(lambda: with_its_card(rig, incident_id))
    assert again.channel_id == room.id
    assert again.card_ts in [one.ts for one in rig.slack.messages(room.id)]


async def test_an_archived_channel_is_told_nothing_more(rig: Rig) -> None:
    incident_id = an_incident(rig.db, rig.policy, rig.act(MEI), teams=()).head.id
    async with rig.working(ticking=False):
        await eventually(lambda: with_its_card(rig, incident_id))
        rig.slack.slack.rooms.archive(rig.slack.channel("esc-1"), MEI)
        post_update(rig, incident_id)
        await eventually(lambda: scene.incident(rig.db, incident_id).room is ChannelState.ARCHIVED)


async def test_an_archived_fallback_channel_leaves_it_without_a_place(rig: Rig) -> None:
    rig.slack.slack.faults.add(
        FaultRule(FaultKind.ERROR, "conversations.create", error="restricted_action")
    )
    incident_id = an_incident(rig.db, rig.policy, rig.act(MEI), teams=()).head.id
    async with rig.working(ticking=False):
        await eventually(lambda: with_its_card(rig, incident_id))
        rig.slack.slack.rooms.archive(rig.slack.slack.workspace.channels[SHARED], MEI)
        post_update(rig, incident_id)
        await eventually(lambda: scene.incident(rig.db, incident_id).channel_id is None)
    assert scene.incident(rig.db, incident_id).room is ChannelState.THREAD


async def test_a_channel_that_the_bot_was_removed_from_is_told_of_and_comes_back(rig: Rig) -> None:
    incident_id = an_incident(rig.db, rig.policy, rig.act(MEI), teams=()).head.id
    [manager] = rig.policy.managers_on_duty[:1]
    async with rig.working(ticking=False):
        await eventually(lambda: with_its_card(rig, incident_id))
        room, space = rig.slack.channel("esc-1"), rig.slack.slack
        space.rooms.remove_member(room, space.app.user_id, MEI)
        post_update(rig, incident_id)
        await eventually(lambda: scene.incident(rig.db, incident_id).room is ChannelState.ARCHIVED)
        told = await eventually(lambda: about_the_channel(rig, manager))
        assert "Tocsin was removed from it" in told
        assert "was archived" not in told
        space.rooms.add_member(room, space.app.user_id, MEI)
        with rig.db.transaction() as tx:
            channels_channel.channel_restored(tx, rig.act(MEI), incident_id, room.id)
        await eventually(lambda: [one for one in said_in(rig, room.id) if "under way" in one])
    assert len([one for one in said_in(rig, room.id) if "under way" in one]) == 1


async def test_one_wrong_answer_about_a_channel_loses_nothing(rig: Rig) -> None:
    """Slack says it of the post, and shows the channel to whoever asks."""
    incident_id = an_incident(rig.db, rig.policy, rig.act(MEI), teams=()).head.id
    async with rig.working(ticking=False):
        await eventually(lambda: with_its_card(rig, incident_id))
        room = rig.slack.channel("esc-1")
        rule = FaultRule(
            FaultKind.ERROR, "chat.postMessage", error="channel_not_found", channel=room.id, count=3
        )
        rig.slack.slack.faults.add(rule)
        post_update(rig, incident_id)
        await eventually(lambda: [one for one in said_in(rig, room.id) if "under way" in one])
    assert scene.incident(rig.db, incident_id).room is ChannelState.CHANNEL


def said_in(rig: Rig, channel: str) -> list[str]:
    return [texts(one) for one in rig.slack.messages(channel)]


def about_the_channel(rig: Rig, user: str) -> str:
    return next(
        (one for one in map(texts, rig.dms_of(user)) if "Tocsin lost the channel" in one), ""
    )
