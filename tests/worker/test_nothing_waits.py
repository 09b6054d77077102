"""Nothing waits behind anything else: calls that hang keep no page from being sent."""

from dataclasses import replace
from datetime import timedelta

from bot.domain.duework import DeliveryKind, DeliveryState
from playground.faults import FaultKind, FaultRule
from tests.factories import MEI, PRIYA, SOFIA, an_incident
from tests.waiting import eventually
from tests.worker.conftest import BRISK, Rig
from tests.worker.test_relay import deliveries

# Long enough that what hangs still hangs when the page has come, on a busy machine too.
PATIENT = replace(BRISK, http_timeout=timedelta(seconds=8), lease=timedelta(seconds=16))


def states(rig: Rig, kind: DeliveryKind) -> set[DeliveryState]:
    return {row.state for row in deliveries(rig, kind)}


async def test_a_method_that_hangs_leaves_room_for_pages(rig: Rig) -> None:
    rig.slack.slack.faults.add(FaultRule(FaultKind.HANG, "conversations.create", seconds=60))
    for _ in range(6):
        an_incident(rig.db, rig.policy, rig.act(MEI), teams=())
    pace = replace(PATIENT, in_flight=4, for_pages=2, slow_after=60.0)
    async with rig.working(pace, ticking=False):
        await eventually(lambda: DeliveryState.SENDING in states(rig, DeliveryKind.ROOM_CREATE))
        an_incident(rig.db, rig.policy, rig.act(MEI), teams=("legal",))
        await eventually(lambda: rig.dms_of(PRIYA))
        assert DeliveryState.UNKNOWN not in states(rig, DeliveryKind.ROOM_CREATE), "still hanging"


async def test_a_person_whose_messages_hang_keeps_nobody_else_waiting(rig: Rig) -> None:
    dm = await rig.slack.person(PRIYA).dm_with_app()
    fault = FaultRule(FaultKind.HANG, "chat.postMessage", channel=dm, seconds=60)
    rig.slack.slack.faults.add(fault)
    an_incident(rig.db, rig.policy, rig.act(MEI), teams=("legal",))
    pace = replace(PATIENT, in_flight=1, for_pages=0, slow_after=0.2)
    async with rig.working(pace, ticking=False):
        await eventually(lambda: fault.hits)
        an_incident(rig.db, rig.policy, rig.act(MEI), teams=("pr",))
        await eventually(lambda: rig.dms_of(SOFIA))
        mine = [row for row in deliveries(rig, DeliveryKind.PAGE) if row.target == PRIYA]
        assert {row.state for row in mine} == {DeliveryState.SENDING}, "still hanging"
