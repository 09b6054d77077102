"""A Slack that can do only so much at once is asked for less."""

from dataclasses import replace
from datetime import timedelta

from sqlmodel import col, select

from bot.domain.delivery.delivery_states import DeliveryState
from bot.store.delivery.outbox import UNSENT
from bot.store.tables import Delivery
from playground.web.faults import FaultKind, FaultRule
from tests.factories import MEI, an_incident
from tests.services import scene
from tests.waiting import eventually
from tests.worker.conftest import BRISK, Rig

IMPATIENT = replace(
    BRISK,
    lease=timedelta(seconds=2),
    http_timeout=timedelta(seconds=0.5),
    slow_after=0.1,
    in_flight=16,
    fewest_in_flight=1,
    for_pages=4,
    most_hanging=256,
)
"""A Slack of 25 calls a second answers the first sixteen late, and any more of them not in time."""


RECOVERING = replace(
    BRISK,
    lease=timedelta(seconds=4),
    http_timeout=timedelta(seconds=2),
    slow_after=60.0,
    in_flight=4,
    fewest_in_flight=1,
    for_pages=0,
)
"""A call without an answer halves what may be under way, once in a minute."""
MAKING = "conversations.create"


def something_waits(rig: Rig) -> bool:
    with rig.db.reading() as tx:
        return bool(tx.all(select(Delivery).where(col(Delivery.state).in_(UNSENT)).limit(1)))


async def test_an_overloaded_slack_is_not_kept_busy_with_what_was_given_up(rig: Rig) -> None:
    """It works at calls that nobody waits for any more, and at questions what became of them."""
    teams = sorted(rig.policy.teams)
    for number in range(20):
        an_incident(rig.db, rig.policy, rig.act(MEI), teams=(teams[number % len(teams)],))
    rig.slack.slack.faults.answers_a_second = 25
    async with rig.working(IMPATIENT, ticking=False):
        await eventually(lambda: not something_waits(rig), within=120)
    # 301 to 342 were measured on a busy machine. Where as many as ever may be under way, it does
    # not come to an end in two minutes: that is 3,000 calls.
    assert len(rig.slack.calls()) < 600


def under_way(rig: Rig) -> int:
    sending = col(Delivery.state) == DeliveryState.SENDING
    with rig.db.reading() as tx:
        return len(tx.all(select(Delivery).where(sending)))


async def test_after_quick_answers_as_many_calls_as_before_are_under_way(rig: Rig) -> None:
    lost = FaultRule(FaultKind.HANG, MAKING, count=1, seconds=60)
    rig.slack.slack.faults.add(lost)
    first = an_incident(rig.db, rig.policy, rig.act(MEI), teams=()).head.id
    async with rig.working(RECOVERING, ticking=False):
        await eventually(lambda: scene.incident(rig.db, first).card_ts)
        assert lost.hits == 1
        rig.slack.slack.faults.add(FaultRule(FaultKind.HANG, MAKING, seconds=60))
        for _ in range(RECOVERING.in_flight + 1):
            an_incident(rig.db, rig.policy, rig.act(MEI), teams=())
        await eventually(lambda: under_way(rig) == RECOVERING.in_flight, within=20)
        rig.slack.slack.closing.set()  # What hangs ends, or the relay's end would wait for it.
