"""A step that fell due while the bot was down says so, where people read it."""

from datetime import datetime, timedelta

import pytest

from bot.domain.ids import TeamKey
from bot.domain.incidents.timeline import EntryKind
from bot.domain.kinds import DeliveryKind, TimerKind
from bot.domain.paging.page_messages import PageMessage
from bot.policy import Policy
from bot.store.database import Database
from bot.store.incidents import timeline
from tests.factories import NOON, an_incident, people
from tests.services import scene

FIRST_WAIT = timedelta(minutes=15)


@pytest.fixture
def incident_id(db: Database, policy: Policy) -> str:
    people(db, policy)
    opened = an_incident(db, policy, teams=(TeamKey("legal"),))
    scene.send(db, policy)
    return opened.head.id


def paged_next(db: Database, policy: Policy, at: datetime) -> list[PageMessage]:
    """Whom the tick pages then, and what they read."""
    scene.tick(db, policy, at)
    letters = scene.letters(scene.send(db, policy, at), DeliveryKind.PAGE)
    return [letter.view for letter in letters if isinstance(letter.view, PageMessage)]


def late_since(db: Database, incident_id: str) -> list[str | None]:
    """Of each step on the timeline, since when it was due if it says that it is late."""
    with db.reading() as tx:
        entries = timeline.timeline(tx, incident_id)
    return [e.data.get("late_since") for e in entries if e.kind is EntryKind.PAGED]


def test_a_step_after_a_downtime_is_late_on_the_page_and_on_the_timeline(
    db: Database, policy: Policy, incident_id: str
) -> None:
    due = scene.due_timers(db, TimerKind.PAGE_STEP)[0]
    pages = paged_next(db, policy, due + timedelta(hours=3))
    assert pages
    assert {(page.late, page.paged_at) for page in pages} == {(True, due)}
    assert late_since(db, incident_id) == [None, due.isoformat()]


def test_the_steps_after_it_are_on_time_again(
    db: Database, policy: Policy, incident_id: str
) -> None:
    first = scene.due_timers(db, TimerKind.PAGE_STEP)[0]
    paged_next(db, policy, first + timedelta(hours=3))
    second = scene.due_timers(db, TimerKind.PAGE_STEP)[0]
    assert second > first + timedelta(hours=3), "it counts from when people were told"
    assert {page.late for page in paged_next(db, policy, second)} == {False}
    assert late_since(db, incident_id)[2:] == [None]


def test_a_step_in_time_says_nothing_of_lateness(
    db: Database, policy: Policy, incident_id: str
) -> None:
    due = scene.due_timers(db, TimerKind.PAGE_STEP)[0]
    assert {page.late for page in paged_next(db, policy, due)} == {False}
    assert late_since(db, incident_id) == [None, None]
    assert due == NOON + FIRST_WAIT
