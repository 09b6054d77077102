"""A Slack that can do only so much at once is asked for less."""

from dataclasses import replace
from datetime import timedelta

from sqlmodel import col, select

from bot.store.delivery.outbox import UNSENT
from bot.store.tables import Delivery
from tests.factories import MEI, an_incident
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
