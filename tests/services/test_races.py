"""Deeds at the same moment, on real connections: the database settles who was first."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from bot.domain.delivery.delivery_states import DeliveryState
from bot.domain.errors import AlreadyAcknowledged, Refused
from bot.domain.ids import TeamKey
from bot.domain.incidents.timeline import EntryKind
from bot.domain.kinds import DeliveryKind
from bot.kinds.due_work import DUE_WORK
from bot.kinds.messages import MESSAGES
from bot.policy import Policy
from bot.services.delivery import outcomes
from bot.services.delivery.results import Accepted, At
from bot.services.digests import digest
from bot.services.duework import firing
from bot.services.followups import tasks as followups_tasks
from bot.services.incidents import lifecycle
from bot.services.incidents.export import verify
from bot.services.paging import answers as paging_answers
from bot.store.database import Database
from bot.store.delivery import claims
from bot.store.duework import timers
from bot.store.followups import tasks_and_reminders as tasks
from bot.store.incidents import timeline
from tests.databases import fresh_database, on_both
from tests.factories import MEI, NOON, PRIYA, TOM, WORKSPACE, an_act, an_incident, people
from tests.insisting import insisted
from tests.services import scene

pytestmark = on_both

LEGAL = TeamKey("legal")
ROUNDS = 40
LATER = NOON + timedelta(minutes=15)


@pytest.fixture(autouse=True)
def everybody(db: Database, policy: Policy) -> None:
    people(db, policy)


def at_once(*deeds: Callable[[], object]) -> list[object]:
    """Run them together; return what each returned, or how the domain refused it."""
    together = threading.Barrier(len(deeds))

    def run(deed: Callable[[], object]) -> object:
        together.wait(30)
        try:
            return insisted(deed)
        except Refused as refused:
            return refused

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(run, deeds))


def test_no_page_is_made_after_an_acknowledgement_that_races_the_next_step(
    db: Database, policy: Policy
) -> None:
    for _ in range(ROUNDS if not db.is_sqlite else 5):
        opened = an_incident(db, policy, teams=(LEGAL,))
        page = scene.page_of(db, PRIYA, opened.head.id)
        with db.transaction() as tx:
            (work,) = timers.claim(tx, now=LATER, real=LATER, limit=1)
        acked, stepped = at_once(
            partial(paging_answers.acknowledge, db, an_act(PRIYA, minutes=15), page),
            partial(firing.fire, DUE_WORK, db, policy, work, LATER),
        )
        assert not isinstance(acked, Exception), "neither deadlocks nor loses"
        assert stepped is None
        before = len(scene.all_pages(db))
        scene.tick(db, policy, NOON + timedelta(days=1))
        assert len(scene.all_pages(db)) == before
        unsent = [d for d in scene.waiting(db, DeliveryKind.PAGE) if d.target == TOM]
        assert unsent == [], "a backup who was paged in the last moment is called off"


def test_of_two_who_acknowledge_at_once_one_wins(db: Database, policy: Policy) -> None:
    for _ in range(10):
        opened = an_incident(db, policy, teams=(LEGAL,))
        page = scene.page_of(db, PRIYA, opened.head.id)
        answers = at_once(
            partial(paging_answers.acknowledge, db, an_act(PRIYA), page),
            partial(paging_answers.acknowledge, db, an_act(TOM), page),
        )
        lost = [a for a in answers if isinstance(a, Exception)]
        assert [type(a) for a in lost] == [AlreadyAcknowledged]


def test_a_page_accepted_while_it_is_acknowledged_does_not_stay_open(
    db: Database, policy: Policy
) -> None:
    """Either the acknowledgement sees the message and edits it, or the sender does."""
    for number in range(ROUNDS if not db.is_sqlite else 5):
        opened = an_incident(db, policy, teams=(LEGAL,))
        page = scene.page_of(db, PRIYA, opened.head.id)
        with db.transaction() as tx:
            moment = NOON + timedelta(minutes=number)
            claimed = claims.claim(tx, kinds=MESSAGES.args, now=NOON, real=moment, limit=200)
        (sending,) = [one for one in claimed if one.subject == page]
        for other in claimed:
            if other is not sending:
                outcomes.moot(db, other, "not asked", At(NOON, moment))
        acked, stored = at_once(
            partial(paging_answers.acknowledge, db, an_act(PRIYA), page),
            partial(outcomes.sent, MESSAGES, db, sending, Accepted("D1", "1.1"), At(NOON, NOON)),
        )
        assert not isinstance(acked, Exception), "neither deadlocks nor loses"
        assert stored is True
        edits = [d for d in scene.outgoing_rows(db, DeliveryKind.PAGE_UPDATE) if d.subject == page]
        assert len(edits) == 1


def test_twenty_openings_at_once_are_numbered_without_a_gap(tmp_path: Path, policy: Policy) -> None:
    with fresh_database("postgresql", tmp_path) as db:
        people(db, policy)
        with ThreadPoolExecutor(8) as pool:
            opened = list(pool.map(lambda _: an_incident(db, policy), range(20)))
        assert sorted(int(one.head.reference[4:]) for one in opened) == list(range(1, 21))


def test_a_busy_incident_ends_in_one_state_and_an_unbroken_timeline(
    db: Database, policy: Policy
) -> None:
    opened = an_incident(db, policy)
    deeds = [
        partial(lifecycle.add_note, db, an_act(user), opened.head.id, "seen")
        for user in (MEI, PRIYA, TOM)
    ]
    answers = at_once(*deeds)
    written = sum(not isinstance(answer, Exception) for answer in answers)
    assert written > 0
    assert scene.kinds_of_entries(db, opened.head.id).count("note") == written
    assert verify(db) == (1, [])


def test_a_digest_goes_out_once_whoever_plans_it(db: Database, policy: Policy) -> None:
    monday = NOON + timedelta(hours=1)
    digest.plan_due(db, policy, WORKSPACE, monday)
    week = monday + timedelta(days=7)
    at_once(*[partial(digest.plan_due, db, policy, WORKSPACE, week) for _ in range(4)])
    sent = scene.outgoing_rows(db, DeliveryKind.DIGEST)
    keys = [row.dedup_key for row in sent]
    assert len(keys) == len(set(keys)) == 4
    assert all(row.state is DeliveryState.DUE for row in sent)


def test_a_task_that_is_done_is_not_handed_over(db: Database, policy: Policy) -> None:
    opened = an_incident(db, policy, teams=(LEGAL,))
    due = NOON + timedelta(hours=2)
    for number in range(ROUNDS if not db.is_sqlite else 5):
        text = f"task {number}"
        followups_tasks.add_task(
            db, policy, an_act(), opened.head.id, assignee=PRIYA, text=text, due_at=due
        )
        with db.reading() as tx:
            (task,) = tasks.open_tasks_of(tx, opened.head.id)
        at_once(
            partial(followups_tasks.finish_task, db, an_act(PRIYA), task.id),
            partial(followups_tasks.hand_over_task, db, an_act(PRIYA), task.id, TOM),
        )
        with db.reading() as tx:
            entries = timeline.timeline(tx, opened.head.id)
        told = [entry.kind for entry in entries if entry.data.get("task") == task.id]
        assert told[-1] is EntryKind.TASK_DONE, "nobody is given what is done"
