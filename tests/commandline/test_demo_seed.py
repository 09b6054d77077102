"""The demonstration's past: believable, whole, and quiet when the bot starts."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from bot.domain.access.visibility import Tier
from bot.domain.act import Act, Role, Workspace
from bot.domain.duework.timer_states import TimerState
from bot.domain.ids import UserId
from bot.domain.incidents.lifecycle import ENDED, OPEN, State
from bot.domain.incidents.severity import Severity
from bot.domain.incidents.timeline import EntryKind
from bot.domain.kinds import DeliveryKind
from bot.domain.paging.ladders import RunState
from bot.kinds.due_work import DUE_WORK
from bot.policy import Policy, load
from bot.services.digests import digest
from bot.services.duework import firing
from bot.services.incidents import export, lists
from bot.services.incidents import home as incidents_home
from bot.store.database import Database
from bot.store.delivery import outbox
from bot.store.duework import timers
from bot.store.incidents import incident_rows, timeline
from bot.store.paging import pages
from bot.store.people import people_and_groups
from bot.store.tables import Delivery, Incident, Task, TimelineEntry, Timer
from bot.store.tables.states import TaskState
from commandline.demonstration.seed import seed
from tests.databases import KINDS, fresh_database, on_both

NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
THERE = Workspace("T00000001")
MEI = Act(THERE, UserId("U0MEI"), Role.ADMIN, NOW)
POLICY = Path(__file__).resolve().parents[2] / "escalation.toml"


@pytest.fixture(scope="module")
def shipped() -> Policy:
    return load(POLICY)


@pytest.fixture(scope="module", params=KINDS)
def seeded(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, shipped: Policy
) -> Iterator[Database]:
    """A database that these tests only read."""
    with fresh_database(request.param, tmp_path_factory.mktemp("seeded")) as db:
        seed(db, shipped, THERE, NOW)
        yield db


def all_incidents(db: Database) -> list[Incident]:
    with db.reading() as tx:
        return incident_rows.batch(tx, after="", number=None, limit=500)


def due_deliveries(db: Database) -> list[Delivery]:
    unsent = select(Delivery).where(col(Delivery.state).in_(outbox.UNSENT))
    with db.reading() as tx:
        return tx.all(unsent)


def open_one(db: Database, severity: Severity, state: State) -> Incident:
    [found] = [one for one in all_incidents(db) if (one.severity, one.state) == (severity, state)]
    return found


def test_eleven_weeks_lie_behind_and_five_incidents_are_open(seeded: Database) -> None:
    told = all_incidents(seeded)
    states = Counter(one.state for one in told)
    assert sum(states[state] for state in ENDED) == 45
    assert sum(states[state] for state in OPEN) == 5
    assert states[State.REVIEWED] >= 8
    assert (states[State.DUPLICATE], states[State.DECLINED]) == (1, 1)
    assert Counter(one.tier for one in told if one.state in ENDED)[Tier.RESTRICTED] == 3
    assert {one.severity for one in told} == set(Severity)
    assert NOW - told[0].opened_at == timedelta(days=76)


def test_incidents_are_numbered_in_the_order_in_which_they_were_opened(seeded: Database) -> None:
    told = sorted(all_incidents(seeded), key=lambda one: one.number)
    assert [one.number for one in told] == list(range(1, 51))
    assert told == sorted(told, key=lambda one: one.opened_at)


def test_two_were_reopened_and_resolved_again(seeded: Database) -> None:
    reopened = select(TimelineEntry).where(col(TimelineEntry.kind) == EntryKind.REOPENED)
    with seeded.reading() as tx:
        entries = tx.all(reopened)
        again = incident_rows.get_many(tx, [entry.incident_id for entry in entries])
    assert len(again) == 2
    assert {one.state for one in again.values()} == {State.RESOLVED}


def test_every_timeline_is_chained_and_in_order_of_time(seeded: Database) -> None:
    assert export.verify(seeded) == (50, [])
    with seeded.reading() as tx:
        for one in all_incidents(seeded):
            moments = [entry.at for entry in timeline.timeline(tx, one.id)]
            assert moments == sorted(moments)
            assert moments[-1] <= NOW


def test_the_digest_has_a_baseline_and_every_kind_of_answer(
    seeded: Database, shipped: Policy
) -> None:
    figures = digest.preview(seeded, shipped, MEI, None).figures
    assert figures.opened.weeks >= 8
    assert figures.opened.mean is not None
    assert figures.opened.count >= 6
    assert figures.acks.attainment is not None
    assert 0.5 < figures.acks.attainment.share < 1
    open_now = [one for one in all_incidents(seeded) if one.state in OPEN]
    named = {f"ESC-{one.number}" for one in open_now if one.tier is Tier.STANDARD}
    assert len(open_now) == 5
    assert {one.incident.reference for one in figures.oldest_open} == named


def test_two_follow_ups_and_one_task_are_overdue_and_several_are_open(seeded: Database) -> None:
    with seeded.reading() as tx:
        tasks = tx.all(select(Task).where(col(Task.state) == TaskState.OPEN))
    overdue = Counter(task.kind.value for task in tasks if task.due_at < NOW)
    assert overdue == {"follow-up": 2, "task": 1}
    assert len(tasks) >= 8


def test_the_p0_has_legal_and_waits_for_pr(seeded: Database) -> None:
    newest = open_one(seeded, Severity.P0, State.INVESTIGATING)
    assert NOW - newest.opened_at == timedelta(minutes=20)
    with seeded.reading() as tx:
        runs = {run.team_key: run for run in pages.runs_of(tx, [newest.id])}
        asked = [page.target for page in pages.pages_of_run(tx, runs["pr"].id)]
    assert runs["legal"].state is RunState.ACKNOWLEDGED
    assert runs["pr"].state is RunState.PAGING
    assert runs["pr"].ack_due_at < NOW < (runs["pr"].next_at or NOW)
    assert asked == ["U0SOFIA", "U0DANIEL"]


def test_mei_finds_her_decision_on_her_home_tab(seeded: Database) -> None:
    waiting = open_one(seeded, Severity.P1, State.AWAITING_DECISION)
    home = incidents_home.home_of(seeded, MEI)
    assert waiting.owner == "U0MEI"
    assert waiting.id in {head.id for head in home.mine}
    assert home.total_open == 5


def test_the_restricted_one_shows_a_codename_only(seeded: Database, shipped: Policy) -> None:
    [secret] = [
        one for one in all_incidents(seeded) if one.tier is not Tier.STANDARD and one.state in OPEN
    ]
    listing = lists.listing(seeded, shipped, MEI, "open")
    named = {str(head.id): head.name for head in listing.heads}
    assert named[secret.id] == secret.codename
    overdue = lists.listing(seeded, shipped, MEI, "overdue")
    assert secret.id not in {str(head.id) for head in overdue.heads}


def test_at_start_only_channels_and_fresh_pages_of_open_incidents_go_out(
    seeded: Database,
) -> None:
    due = due_deliveries(seeded)
    still_open = {one.id for one in all_incidents(seeded) if one.state in OPEN}
    assert {delivery.incident_id for delivery in due} <= still_open
    assert len(due) <= 10
    kinds = Counter(delivery.kind for delivery in due)
    assert kinds == {DeliveryKind.CHANNEL_CREATE: 5, DeliveryKind.PAGE: 2}
    fresh = NOW - timedelta(hours=3)
    assert all(d.created_at > fresh for d in due if d.kind is DeliveryKind.PAGE)


def test_lanes_of_what_was_withdrawn_are_asleep(seeded: Database) -> None:
    """A lane that waits for nothing would cost the relay a look each."""
    with seeded.reading() as tx:
        pending = tx.connection.exec_driver_sql(
            "SELECT count(*) FROM lane WHERE pending_at IS NOT NULL"
        ).scalar_one()
    assert pending == len({delivery.lane for delivery in due_deliveries(seeded)})


def test_no_timer_is_due_at_start(seeded: Database) -> None:
    with seeded.reading() as tx:
        assert timers.oldest_overdue(tx, NOW) is None
        later = tx.all(select(Timer).where(col(Timer.state) == TimerState.DUE))
    ended = {one.id for one in all_incidents(seeded) if one.state in ENDED}
    of_ended = {timer.kind.value for timer in later if timer.incident_id in ended}
    assert of_ended <= {"task due"}


@on_both
def test_pr_s_ladder_goes_on_and_a_second_telling_changes_nothing(
    db: Database, policy: Policy
) -> None:
    now = datetime(2027, 4, 5, 1, tzinfo=UTC)
    soon = now + timedelta(minutes=2)
    seed(db, policy, THERE, now)
    seed(db, policy, THERE, now)
    assert len(all_incidents(db)) == 50
    newest = open_one(db, Severity.P0, State.INVESTIGATING)
    with db.transaction() as tx:
        [work] = timers.claim(tx, now=soon, real=soon, limit=10)
    firing.fire(DUE_WORK, db, policy, work, soon)
    with db.reading() as tx:
        [run] = [run for run in pages.runs_of(tx, [newest.id]) if run.team_key == "pr"]
        asked = {page.target for page in pages.pages_of_run(tx, run.id) if page.step == 2}
    assert asked == {"U0SOFIA", "U0DANIEL", "U0HANA"}


@on_both
def test_nothing_stays_of_a_telling_that_fails(db: Database, policy: Policy) -> None:
    """A policy that knows none of the actions breaks off at the first decision."""
    lacking = replace(policy, actions={})
    with pytest.raises(RuntimeError, match="does not hold"):
        seed(db, lacking, THERE, NOW)
    assert all_incidents(db) == []
    with db.reading() as tx:
        assert people_and_groups.person(tx, THERE, MEI.user) is None
