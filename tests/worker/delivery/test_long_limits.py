"""A 429 that lasts longer than people can wait: another is paged, the card stands elsewhere."""

from functools import partial

from bot.domain.kinds import DeliveryKind
from bot.services.delivery.results import At
from bot.services.unanswered import long_limits
from bot.worker.metrics.process_metrics import TICK
from playground.web.faults import FaultKind, FaultRule
from tests.databases import on_both
from tests.factories import MEI, PRIYA, TOM, an_incident
from tests.waiting import eventually
from tests.worker.conftest import Rig
from tests.worker.delivery.test_relay import deliveries

ELENA = "U0ELENA"  # Paged with everyone, at the last step.
HOUR = 3_600
MAKING = "conversations.create"


async def test_pages_behind_a_long_limit_page_the_backups_too(rig: Rig) -> None:
    """Also those that come when the limit is known, and are not tried at all."""
    dm = await rig.slack.person(PRIYA).dm_with_app()
    limited = FaultRule(
        FaultKind.RATE_LIMITED, "chat.postMessage", channel=dm, count=1, seconds=HOUR
    )
    rig.slack.slack.faults.add(limited)
    async with rig.working():
        await _a_tick(rig)
        for _ in range(2):
            an_incident(rig.db, rig.policy, rig.act(MEI), teams=("legal",))
        await eventually(lambda: limited.hits)
        an_incident(rig.db, rig.policy, rig.act(MEI), teams=("legal",))
        await eventually(lambda: len(rig.dms_of(TOM)) == 3)
    assert not rig.dms_of(PRIYA)
    asked = sorted(str(row.target) for row in deliveries(rig, DeliveryKind.PAGE))
    assert asked == sorted([PRIYA, TOM] * 3), "once each: nobody is on the next step"


async def test_a_limit_of_everybodys_messages_uses_up_no_ladder(rig: Rig) -> None:
    """Each is asked once, and the rounds come in their own time."""
    limited = FaultRule(FaultKind.RATE_LIMITED, "chat.postMessage", count=50, seconds=HOUR)
    rig.slack.slack.faults.add(limited)
    async with rig.working():
        await _a_tick(rig)
        an_incident(rig.db, rig.policy, rig.act(MEI), teams=("legal",))
        await eventually(lambda: "ratelimited" in _outcomes(rig, ELENA))
        await eventually(
            lambda: long_limits.held_up(rig.db, At(rig.clock.now(), rig.clock.real())) is None
        )
    assert not deliveries(rig, DeliveryKind.EXHAUSTED)


def _outcomes(rig: Rig, user: str) -> set[str | None]:
    return {row.error for row in deliveries(rig, DeliveryKind.PAGE) if row.target == user}


@on_both
async def test_an_incident_does_not_wait_an_hour_for_its_channel(rig: Rig) -> None:
    limited = FaultRule(FaultKind.RATE_LIMITED, MAKING, count=1, seconds=HOUR)
    rig.slack.slack.faults.add(limited)
    async with rig.working():
        await _a_tick(rig)
        for number in (1, 2):
            an_incident(rig.db, rig.policy, rig.act(MEI), teams=())
            await eventually(partial(_cards_stand_in_the_shared_channel, rig, number))
    assert len(rig.slack.calls(MAKING)) == 1


def _cards_stand_in_the_shared_channel(rig: Rig, how_many: int) -> bool:
    cards = deliveries(rig, DeliveryKind.CARD_POST)
    there = [card for card in cards if card.slack_channel == rig.policy.channel.shared]
    return len(there) == how_many


async def _a_tick(rig: Rig) -> None:
    """The first one of a process forgets long limits: it cannot know who set the clock."""
    await eventually(lambda: rig.figures.seconds_since(TICK) is not None)
