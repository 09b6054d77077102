"""An escalation is made restricted while Slack shows it: what people read there afterwards."""

from dataclasses import replace

from bot.domain.access.visibility import Tier
from bot.domain.incidents.results import Correction
from bot.services.access import manual_joins, requests
from bot.services.incidents import corrections, lifecycle
from playground.driver import texts
from tests.factories import MEI, PRIYA, TOM, an_incident
from tests.services import scene
from tests.waiting import eventually
from tests.worker.conftest import Rig

TITLE = "Zyxomma"


def shown(rig: Rig) -> str:
    """All that stands anywhere in Slack, but in the private channels."""
    channels = rig.slack.slack.workspace.channels.values()
    open_ones = [one for one in channels if one.is_im or not one.is_private]
    return "\n".join(texts(message) for one in open_ones for message in rig.slack.messages(one.id))


async def test_pages_card_and_notices_lose_the_title_and_the_work_moves(rig: Rig) -> None:
    policy = replace(rig.policy, channel=replace(rig.policy.channel, private=False))
    rig.policy = policy
    opened = an_incident(rig.db, policy, rig.act(MEI), title=TITLE)
    async with rig.working(ticking=False):
        await eventually(lambda: rig.slack.calls("pins.add"))
        lifecycle.post_update(rig.db, rig.act(MEI), opened.head.id, f"{TITLE} goes on")
        await eventually(lambda: "goes on" in shown(rig))
        done = corrections.correct(
            rig.db, policy, rig.act(MEI), opened.head.id, Correction(tier=Tier.RESTRICTED)
        )
        await eventually(lambda: TITLE not in shown(rig))
        await eventually(lambda: len(rig.slack.calls("pins.add")) == 2)
    assert [one.channel for one in done.beyond] == [rig.slack.channel("esc-1").id]
    new = rig.slack.channel("esc-1-2")
    assert new.is_private
    assert MEI in new.members
    assert TITLE in "\n".join(texts(message) for message in rig.slack.messages(new.id))
    assert "ESC-1" in shown(rig)


async def test_who_was_added_by_hand_is_removed_from_the_channel(rig: Rig) -> None:
    opened = an_incident(rig.db, rig.policy, rig.act(MEI), teams=(), tier=Tier.RESTRICTED)
    async with rig.working(ticking=False):
        await eventually(lambda: rig.slack.calls("pins.add"))
        channel = rig.slack.channel("esc-1")
        rig.slack.slack.rooms.add_member(channel, TOM, inviter=PRIYA)
        manual_joins.joined(rig.db, rig.policy, rig.act("bot"), opened.head.id, TOM, PRIYA)
        request = scene.newest_request(rig.db)
        await eventually(lambda: "Remove" in shown_blocks(rig))
        requests.answer(rig.db, rig.act(MEI), request, granted=False)
        await eventually(lambda: TOM not in channel.members)
        await eventually(lambda: "removed them" in shown(rig))


def shown_blocks(rig: Rig) -> str:
    channels = [one for one in rig.slack.slack.workspace.channels.values() if one.is_im]
    return str([message.blocks for one in channels for message in rig.slack.messages(one.id)])
