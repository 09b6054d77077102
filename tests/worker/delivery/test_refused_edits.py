"""Slack refuses to edit messages: pages do not ring on, and a channel's other messages go out."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.incidents.results import Correction
from bot.domain.kinds import DeliveryKind
from bot.services.channels import channel
from bot.services.incidents import lifecycle
from bot.services.incidents.corrections import correct
from playground.driver import texts
from playground.web.faults import FaultKind, FaultRule
from tests.databases import on_both
from tests.factories import MEI, PRIYA, an_incident
from tests.services import scene
from tests.waiting import eventually
from tests.worker.conftest import BRISK, Rig
from tests.worker.delivery.test_lost_places import with_its_card


def nothing_is_under_way(rig: Rig) -> bool:
    kinds = (DeliveryKind.PAGE, DeliveryKind.PAGE_UPDATE)
    return not any(scene.waiting(rig.db, kind) for kind in kinds)


@on_both
@pytest.mark.parametrize(("code", "times"), [("edit_window_closed", 1), ("message_not_found", 3)])
async def test_a_page_that_cannot_be_edited_does_not_ring_on(
    rig: Rig, code: str, times: int
) -> None:
    """A page that is posted after its step has passed is edited at once."""
    an_incident(rig.db, rig.policy, rig.act(MEI), teams=("legal",))
    rig.slack.slack.faults.add(FaultRule(FaultKind.ERROR, "chat.update", error=code))
    async with rig.working():
        await eventually(lambda: rig.dms_of(PRIYA))
        await rig.slack.advance(15 * 60)
        await eventually(lambda: len(rig.dms_of(PRIYA)) == 1 + times)
        await eventually(lambda: nothing_is_under_way(rig))
    assert len(rig.dms_of(PRIYA)) == 1 + times


async def test_a_refused_edit_holds_up_its_channel_for_five_tries(rig: Rig) -> None:
    """Slack accepts nothing else meanwhile, but it does answer."""
    incident_id = an_incident(rig.db, rig.policy, rig.act(MEI), teams=()).head.id
    async with rig.working(ticking=False):
        await eventually(lambda: with_its_card(rig, incident_id))
        await eventually(lambda: not scene.waiting(rig.db, DeliveryKind.CHANNEL_INVITE))
        refused = FaultRule(FaultKind.ERROR, "chat.update", error="no_permission")
        rig.slack.slack.faults.add(refused)
        correct(rig.db, rig.policy, rig.act(MEI), incident_id, Correction(title="Another title"))
        await eventually(lambda: refused.hits)
        lifecycle.post_update(rig.db, rig.act(MEI), incident_id, "what is behind it")
        channel = rig.slack.channel("esc-1").id
        await eventually(
            lambda: any("what is behind" in texts(one) for one in rig.slack.messages(channel))
        )
    assert refused.hits <= 14, "six tries of each edit, and a few that were under way"


async def test_an_edit_in_a_channel_that_is_gone_holds_up_nothing_in_the_next(rig: Rig) -> None:
    incident_id = an_incident(rig.db, rig.policy, rig.act(MEI), teams=()).head.id
    # What waits behind the edit would come too late.
    async with rig.working(replace(BRISK, first_refusal=timedelta(seconds=90))):
        lost = (await eventually(lambda: with_its_card(rig, incident_id))).channel_id
        gone = FaultRule(FaultKind.ERROR, "*", channel=lost, error="channel_not_found")
        rig.slack.slack.faults.add(gone)
        with rig.db.transaction() as tx:
            by_the_bot = rig.act(rig.slack.slack.app.user_id)
            channel.channel_lost(
                tx, rig.policy, by_the_bot, incident_id, lost or "", "channel_out_of_reach"
            )
        lifecycle.post_update(rig.db, rig.act(MEI), incident_id, "told in the next channel")
        await rig.slack.advance(31 * 60)
        room = await eventually(lambda: rig.slack.slack.workspace.channel_named("esc-1-2"))
        await eventually(
            lambda: any("told in the next" in texts(one) for one in rig.slack.messages(room.id))
        )
    assert gone.hits
