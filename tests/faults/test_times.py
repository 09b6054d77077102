"""Long absences, nights of 23 and 25 hours, and machines whose clocks are wrong."""

import asyncio
import re
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import select

from bot.domain.delivery.delivery_states import DeliveryState
from bot.domain.kinds import DeliveryKind
from bot.store.database import Database
from bot.store.tables import DigestRun
from playground.driver import texts
from playground.web.faults import FaultKind
from tests.databases import on_both, on_postgresql
from tests.faults import rows
from tests.faults.policies import ROOT, shipped
from tests.faults.replicas import Bots, Replica
from tests.faults.verdict import Verdict, fault
from tests.waiting import eventually

OPENING = "open p1 Pile-on against a creator"
HOOKED = (str(ROOT / "tests" / "faults" / "hooked.py"), "serve")
HOUR = 3600.0
DAY = 24 * HOUR
DUBLIN = ZoneInfo("Europe/Dublin")
_LAST_TICK = re.compile(r"^tocsin_last_tick_timestamp_seconds (\S+)$", re.MULTILINE)
ON_SUNDAY = """
[[digest]]
key      = "sunday"
name     = "On the nights that change"
weekday  = "sunday"
at       = "01:30"
zone     = "Europe/Dublin"
channels = ["C0TNSWEEKLY"]
"""


def digests(db: Database) -> list[DigestRun]:
    with db.reading() as tx:
        return tx.all(select(DigestRun))


async def settled(db: Database) -> None:
    await eventually(lambda: not rows.unsent(db), within=60)


@on_both
@fault(19, "Down for 8 days", passes="each reminder once, marked late; one catch-up digest")
async def test_a_bot_that_was_away_for_eight_days_makes_up_for_it_once(
    stage: Bots, db: Database, verdict: Verdict
) -> None:
    first = await stage.start()
    await stage.command(OPENING)
    await stage.command("remind in 2h ask Legal for the opinion")
    await stage.command("task ESC-1 me write the statement by tomorrow 17:00")
    await eventually(lambda: len(digests(db)) == 2, "the schedules have been seen")
    await settled(db)
    await first.killed()
    await stage.advance(8 * DAY)
    await stage.start()
    once = (DeliveryKind.REMINDER, DeliveryKind.TASK_REMINDER, DeliveryKind.UPDATE_REMINDER)
    await eventually(lambda: {row.kind for row in rows.deliveries(db, *once)} == set(once))
    await eventually(lambda: rows.deliveries(db, DeliveryKind.DIGEST))
    await settled(db)
    for kind in (DeliveryKind.REMINDER, DeliveryKind.UPDATE_REMINDER):
        per_person = Counter(row.target for row in rows.deliveries(db, kind))
        assert set(per_person.values()) == {1}, kind
    # Both of a task's reminders were due, the hour before and its end: it speaks once.
    assert len(rows.deliveries(db, DeliveryKind.TASK_REMINDER)) == 1
    for row in rows.deliveries(db, *once, DeliveryKind.DIGEST):
        assert row.state is DeliveryState.SENT
        assert "late" in said(stage, row.id).lower(), row.kind
    per_schedule = Counter(
        (row.subject, row.lane) for row in rows.deliveries(db, DeliveryKind.DIGEST)
    )
    assert set(per_schedule.values()) == {1}
    verdict.exactly_once(stage, db)


def said(stage: Bots, delivery: str) -> str:
    """What stands in the message of a delivery."""
    space = stage.slack.slack.workspace
    [found] = [
        message
        for channel in space.channels.values()
        for message in space.all_messages(channel.id)
        if message.metadata and message.metadata["event_payload"]["id"] == delivery
    ]
    return texts(found)


@on_postgresql
@fault(20, "Both nights that change the clocks, three replicas", passes="one digest a period")
async def test_in_both_nights_that_change_the_clocks_one_digest_goes_out(
    stage: Bots, db: Database, verdict: Verdict
) -> None:
    """At 01:30, which comes twice in autumn and never in spring."""
    stage.policy_file.write_text(shipped().partition("[[digest]]")[0] + ON_SUNDAY)
    now = datetime.now(UTC)
    nights = sorted(last_sunday(now.year + 1, month) for month in (3, 10))
    moments = [at for night in nights for at in through(night)]
    moved = moments[0] - timedelta(days=3)
    await stage.advance((moved - now).total_seconds())
    await stage.start_many(3)
    await eventually(lambda: len(digests(db)) == 1, "the schedule has been seen")
    for at in moments:
        await stage.advance((at - moved).total_seconds())
        moved = at
        await every_replica_has_ticked(stage)
    await settled(db)
    days = {night.date() for night in nights}
    sent = [run for run in digests(db) if run.due_at.astimezone(DUBLIN).date() in days]
    assert len(sent) == len(nights)
    out = rows.deliveries(db, DeliveryKind.DIGEST)
    assert len(out) == len({row.dedup_key for row in out})
    verdict.exactly_once(stage, db)


def last_sunday(year: int, month: int) -> datetime:
    """The day in March or October in whose night the clocks change."""
    last = datetime(year, month, 31, tzinfo=DUBLIN)
    sunday = last - timedelta(days=(last.weekday() + 1) % 7)
    assert sunday.utcoffset() != (sunday + timedelta(days=1)).utcoffset()
    return sunday


def through(night: datetime) -> list[datetime]:
    """From midnight on, every 20 minutes, in world time."""
    midnight = night.astimezone(UTC)
    return [midnight + timedelta(minutes=20 * number) for number in range(12)]


async def every_replica_has_ticked(stage: Bots) -> None:
    """Each has done a whole tick that began after now."""
    for _ in range(2):
        now = time.time()
        for replica in stage.replicas:
            while await last_tick(replica) <= now:  # noqa: ASYNC110 - nobody announces a tick
                await asyncio.sleep(0.05)


async def last_tick(replica: Replica) -> float:
    _, metrics = await replica.get("/metrics")
    found = _LAST_TICK.search(metrics)
    assert found, "the metric of the last tick"
    return float(found[1])


@on_postgresql
@pytest.mark.parametrize("off", ["+3600", "-3600"])
@fault(21, "The wall clock of one replica an hour off", passes="no page early, none twice")
async def test_a_replica_an_hour_off_pages_nobody_early_or_twice(
    stage: Bots, db: Database, verdict: Verdict, off: str
) -> None:
    wrong = await stage.start(command=HOOKED, env={"FAULT": f"clock:{off}"})
    right = await stage.start()
    # Slow enough that a lease which looks run out would be taken over.
    stage.fault(FaultKind.DELAY, count=6, seconds=2)
    stage.listens(wrong)
    await stage.command(OPENING)
    stage.listens(right)
    await stage.command(OPENING)
    await settled(db)
    stage.heal()
    await right.killed()
    stage.listens(wrong)
    paged = len(rows.asked(db))
    await stage.command("remind in 10m look at the clock")
    await stage.advance(11 * 60)
    await eventually(lambda: rows.deliveries(db, DeliveryKind.REMINDER), "its tick goes on")
    await settled(db)
    assert len(rows.asked(db)) == paged, "nobody was paged early"
    await stage.advance(5 * 60)
    await eventually(lambda: len(rows.asked(db)) > paged, "and nobody late")
    await settled(db)
    assert wrong.runs
    verdict.exactly_once(stage, db)
