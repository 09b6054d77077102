"""Time that is moved forward at once passes in order, as real time would have."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlmodel import col, select

from bot.domain.ids import TeamKey
from bot.domain.incidents.severity import Severity
from bot.services.followups import tasks
from bot.store.tables import Delivery, TimelineEntry
from bot.time_source import TimeSource
from playground.web.faults import FaultKind, FaultRule
from tests.databases import on_both
from tests.factories import MEI, PRIYA, SOFIA, an_incident
from tests.waiting import eventually
from tests.worker.conftest import BRISK, Rig

STEPS = replace(BRISK, time_in_steps=True, stop_waits=0.1, all_stops_wait=0.5)
PATIENT = replace(STEPS, stop_waits=60, all_stops_wait=120)
"""However busy the machine is, what a stop brought about is sent before time goes on."""
HOUR = timedelta(hours=1)
CLOSE = timedelta(minutes=10)
LEGAL = TeamKey("legal")


def in_steps(rig: Rig, clock_file: Path) -> None:
    rig.clock = TimeSource(clock_file, in_steps=True)
    assert rig.clock.ahead() == timedelta(0)


def paged_at(rig: Rig, incident_id: str) -> list[datetime]:
    with rig.db.reading() as tx:
        entries = tx.all(
            select(TimelineEntry)
            .where(col(TimelineEntry.incident_id) == incident_id)
            .order_by(col(TimelineEntry.seq))
        )
    return [entry.at for entry in entries if entry.kind in ("paged", "exhausted")]


def made_at(rig: Rig, kind: str) -> list[datetime]:
    with rig.db.reading() as tx:
        rows = tx.all(select(Delivery).order_by(col(Delivery.created_at)))
    return [row.created_at for row in rows if row.kind == kind]


async def test_a_jump_of_hours_fires_what_is_due_in_order(rig: Rig, tmp_path: Path) -> None:
    in_steps(rig, tmp_path / "clock")
    act = rig.act(MEI)
    incident_id = an_incident(rig.db, rig.policy, act, teams=(LEGAL,)).head.id
    tasks.add_reminder(rig.db, act, text="look again", due_at=act.now + 40 * HOUR / 60)
    due_at = act.now + 3 * HOUR
    tasks.add_task(
        rig.db, rig.policy, act, incident_id, assignee=SOFIA, text="draft", due_at=due_at
    )
    async with rig.working(PATIENT):
        await eventually(lambda: rig.dms_of(PRIYA))
        await eventually(lambda: rig.dms_of(SOFIA))
        await rig.slack.advance(5 * 3600)
        await eventually(lambda: rig.clock.now() > act.now + 5 * HOUR, within=120)
    ladder = rig.policy.ladder(LEGAL, Severity.P1)
    due = [act.now]
    for step in [step for _ in range(ladder.rounds) for step in ladder.steps]:
        due.append(due[-1] + step.wait)
    there = paged_at(rig, incident_id)
    expected = [moment for moment in due if moment <= act.now + 5 * HOUR]
    assert len(there) == len(expected)
    assert all(abs(at - wanted) < CLOSE for at, wanted in zip(there, expected, strict=True))
    [reminded] = made_at(rig, "reminder")
    assert abs(reminded - (act.now + 40 * HOUR / 60)) < CLOSE
    given, before, overdue = made_at(rig, "task reminder")
    assert abs(before - (act.now + 2 * HOUR)) < CLOSE
    assert abs(overdue - (act.now + 3 * HOUR)) < CLOSE
    assert given < reminded < before < overdue


async def test_what_was_moved_before_the_start_counts_as_a_downtime(
    rig: Rig, tmp_path: Path
) -> None:
    act = rig.act(MEI)
    tasks.add_reminder(rig.db, act, text="look again", due_at=act.now + HOUR)
    await rig.slack.advance(5 * 3600)
    in_steps(rig, tmp_path / "clock")
    assert rig.clock.now() > act.now + 5 * HOUR


@on_both
async def test_where_slack_is_away_time_goes_on(rig: Rig, tmp_path: Path) -> None:
    in_steps(rig, tmp_path / "clock")
    act = rig.act(MEI)
    an_incident(rig.db, rig.policy, act, teams=(LEGAL,))
    rig.slack.slack.set_faults([FaultRule(FaultKind.HTTP_500)])
    async with rig.working(STEPS):
        await rig.slack.advance(5 * 3600)
        await eventually(lambda: rig.clock.now() > act.now + 5 * HOUR, within=60)
