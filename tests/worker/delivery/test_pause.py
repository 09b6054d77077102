"""Slack takes about one post a second in a channel: the relay rests that long between two."""

from dataclasses import replace

from bot.domain.kinds import DeliveryKind
from bot.services.incidents import lifecycle
from bot.worker.timings import Timings
from playground.state.records import Message
from tests.factories import MEI, an_incident
from tests.services import scene
from tests.waiting import eventually
from tests.worker.conftest import BRISK, Rig

A_SECOND = replace(BRISK, between_posts=Timings().between_posts)


def told(rig: Rig, channel: str) -> list[Message]:
    return [one for one in rig.posted() if one.channel == channel]


async def test_two_posts_in_a_channel_are_a_second_apart(rig: Rig) -> None:
    opened = an_incident(rig.db, rig.policy, rig.act(MEI), teams=())
    async with rig.working(A_SECOND, ticking=False):
        await eventually(lambda: scene.incident(rig.db, opened.head.id).card_ts)
        lifecycle.post_update(rig.db, rig.act(MEI), opened.head.id, "under way")
        await eventually(lambda: not scene.waiting(rig.db, DeliveryKind.NOTICE))
    card, update = told(rig, rig.slack.channel("esc-1").id)
    assert float(update.ts) - float(card.ts) >= 1
