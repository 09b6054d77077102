"""Event by event: after each, every message in Slack says what is so.

Everything that the bot says is said, the relay stands still, and something happens. What was said
is then untrue, by a comparison with what would be said now (`tests.truth`); the table
(`bot.domain.kinds`) names each kind of it, but for the card, which is edited after each event.
The relay goes on, and everything is true again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlmodel import col, select

from bot.domain.access.rights import Deed
from bot.domain.access.visibility import Tier
from bot.domain.ids import TeamKey
from bot.domain.incidents.lifecycle import State
from bot.domain.incidents.results import Correction
from bot.domain.incidents.severity import Severity
from bot.domain.kinds import DeliveryKind, untrue_after
from bot.domain.staleness import Change
from bot.render.text.templates import Templates
from bot.render.wording import Wording
from bot.services.access import manual_joins, requests
from bot.services.channels import channel as channels_channel
from bot.services.digests import digest
from bot.services.followups import tasks, update_timing
from bot.services.incidents import lifecycle, severity_changes
from bot.services.locked import lock_incident
from bot.services.paging import answers, starting
from bot.services.people.directory import remember_people
from bot.services.staleness import keep_true
from bot.store.access import participants
from bot.store.delivery import outbox
from bot.store.tables import AccessRequest, Delivery, Incident, Page, PagingRun, Reminder, Task
from bot.store.tables.states import ReminderState
from playground.driver import texts
from tests.factories import DANIEL, MEI, PRIYA, SOFIA, TOM, an_incident
from tests.services import scene
from tests.truth import posted, untrue_kinds
from tests.waiting import eventually
from tests.worker.conftest import Rig
from tests.worker.ladder import until_nobody_is_left

AIDE = TeamKey("content-policy")
LEADERS = "tns-leadership"
HOUR = timedelta(hours=1)
ELSEWHERE = {DeliveryKind.CANARY, DeliveryKind.CARD_POST, DeliveryKind.CHANNEL_LOST}
"""The canary has its tests in test_canary.py, a lost channel in test_rooms.py."""


@dataclass(frozen=True)
class Said:
    """Two escalations of which everything has been said that the bot ever says."""

    rig: Rig
    open: str
    sealed: str

    def stale(self) -> list[tuple[DeliveryKind, str]]:
        wording = Wording(self.rig.policy, Templates())
        now = self.rig.clock.now()
        return untrue_kinds(self.rig.db, wording, self.rig.policy, self.rig.posted(), now)

    def page(self, team: str, target: str | None = None) -> Page:
        """The last page of a team (to somebody)."""
        with self.rig.db.reading() as tx:
            found = tx.all(
                select(Page)
                .join(PagingRun, col(PagingRun.id) == col(Page.run_id))
                .where(col(PagingRun.team_key) == team)
                .order_by(col(Page.round), col(Page.step))
            )
        return [page for page in found if target in (None, page.target)][-1]

    def task(self) -> str:
        with self.rig.db.reading() as tx:
            return tx.all(select(Task))[0].id

    def reminder(self) -> str:
        with self.rig.db.reading() as tx:
            return tx.all(select(Reminder))[0].id

    def request(self, person: str) -> str:
        with self.rig.db.reading() as tx:
            asked = tx.all(select(AccessRequest).where(col(AccessRequest.person) == person))
        return asked[-1].id

    def incident(self) -> Incident:
        return scene.incident(self.rig.db, self.open)


def at_rest(rig: Rig) -> bool:
    with rig.db.reading() as tx:
        return tx.first(select(Delivery).where(col(Delivery.state).in_(outbox.UNSENT))) is None


async def rest(rig: Rig) -> None:
    await eventually(lambda: at_rest(rig), "something is still to be sent")


@pytest.fixture
async def said(rig: Rig) -> Said:
    slack = rig.slack.slack
    slack.rooms.add_member(rig.slack.channel(LEADERS), slack.app.user_id)
    rig_open = an_incident(rig.db, rig.policy, rig.act(MEI)).head.id
    sealed = an_incident(
        rig.db, rig.policy, rig.act(MEI), title="Sealed", tier=Tier.RESTRICTED, teams=()
    ).head.id
    due = rig.clock.now() + 2 * HOUR
    async with rig.working():
        await eventually(lambda: rig.dms_of(SOFIA))
        story = Said(rig, rig_open, sealed)
        answers.acknowledge(rig.db, rig.act(SOFIA), story.page("pr").id)
        lifecycle.assign(rig.db, rig.act(MEI), rig_open, TOM)
        tasks.add_task(
            rig.db, rig.policy, rig.act(MEI), rig_open, assignee=PRIYA, text="Ask them", due_at=due
        )
        tasks.add_reminder(rig.db, rig.act(TOM), text="Look", due_at=due, incident_id=rig_open)
        requests.request_access(rig.db, rig.policy, rig.act(DANIEL), sealed)
        requests.request_access(rig.db, rig.policy, rig.act(TOM), sealed)
        requests.answer(rig.db, rig.act(MEI), story.request(DANIEL), granted=True)
        await rig.slack.advance(20 * 60)
        await eventually(lambda: is_said(rig, DeliveryKind.UNANSWERED), "no early word")
        await until_nobody_is_left(rig)
        await rig.slack.advance(2 * 3600)
        await eventually(lambda: story_is_whole(rig), "a kind of message was not said")
        digest.send_now(rig.db, rig.policy, rig.act(MEI), None)
        starting.page_team(rig.db, rig.policy, rig.act(MEI), rig_open, AIDE, "Read this")
        await rest(rig)
    assert {row.kind for row in posted(rig.db)} == {
        kind for kind in DeliveryKind if kind.kept_true
    } - ELSEWHERE | {DeliveryKind.CARD_POST}
    assert not story.stale(), "\n\n".join(text for _, text in story.stale())
    return story


def is_said(rig: Rig, kind: DeliveryKind) -> bool:
    return kind in {row.kind for row in posted(rig.db)}


def story_is_whole(rig: Rig) -> bool:
    wanted = {DeliveryKind.UPDATE_REMINDER, DeliveryKind.REMINDER, DeliveryKind.TASK_REMINDER}
    return at_rest(rig) and wanted <= {row.kind for row in posted(rig.db)}


def words(said: Said) -> None:
    correct(said, Change.WORDS, Correction(title="Another title"))


def tier(said: Said) -> None:
    correct(said, Change.TIER, Correction(tier=Tier.RESTRICTED))


def correct(said: Said, what: Change, to: Correction) -> None:
    db, act = said.rig.db, said.rig.act(MEI)
    with db.transaction(act) as tx, lock_incident(tx, act, said.open, Deed.UPDATE) as locked:
        locked.correct(to)
        keep_true(locked, what)


def resolve(said: Said) -> None:
    rig = said.rig
    cause = next(iter(rig.policy.root_causes))
    lifecycle.resolve(rig.db, rig.policy, rig.act(MEI), said.open, root_cause=cause)


def archived(said: Said) -> None:
    rig = said.rig
    channel = said.incident().channel_id or ""
    with rig.db.transaction() as tx:
        channels_channel.channel_lost(
            tx, rig.policy, rig.act(MEI), said.open, channel, "is_archived"
        )


Event = Callable[[Said], object]

EVENTS: dict[str, tuple[Change, Event]] = {
    "somebody acknowledges after all": (
        Change.ANSWERED,
        lambda s: answers.acknowledge(s.rig.db, s.rig.act(PRIYA), s.page("legal", PRIYA).id),
    ),
    "a page is declined": (
        Change.ANSWERED,
        lambda s: answers.decline(
            s.rig.db, s.rig.policy, s.rig.act(s.page(AIDE).target), s.page(AIDE).id, "on a plane"
        ),
    ),
    "it is resolved": (Change.ENDED, resolve),
    "it is declined, its tasks with it": (
        Change.ENDED,
        lambda s: lifecycle.decline(s.rig.db, s.rig.act(MEI), s.open, "no"),
    ),
    "its state changes": (
        Change.MOVED,
        lambda s: lifecycle.set_state(s.rig.db, s.rig.act(MEI), s.open, State.INVESTIGATING),
    ),
    "its severity rises": (
        Change.SEVERITY,
        lambda s: severity_changes.set_severity(
            s.rig.db, s.rig.policy, s.rig.act(MEI), s.open, Severity.P0, "worse"
        ),
    ),
    "its severity falls": (
        Change.SEVERITY,
        lambda s: severity_changes.set_severity(
            s.rig.db, s.rig.policy, s.rig.act(MEI), s.open, Severity.P2, "calm"
        ),
    ),
    "somebody else owns it": (
        Change.OWNER,
        lambda s: lifecycle.assign(s.rig.db, s.rig.act(MEI), s.open, SOFIA),
    ),
    "its title is corrected": (Change.WORDS, words),
    "its tier is tightened": (Change.TIER, tier),
    "an update is posted": (
        Change.UPDATED,
        lambda s: lifecycle.post_update(s.rig.db, s.rig.act(MEI), s.open, "We know more."),
    ),
    "the update is put off": (
        Change.UPDATED,
        lambda s: update_timing.snooze_update(s.rig.db, s.rig.act(MEI), s.open, HOUR),
    ),
    "no update is asked for any more": (
        Change.UPDATED,
        lambda s: update_timing.stop_updates(s.rig.db, s.rig.act(MEI), s.open),
    ),
    "the task is done": (
        Change.TASK,
        lambda s: tasks.finish_task(s.rig.db, s.rig.act(PRIYA), s.task()),
    ),
    "the task is put off": (
        Change.TASK,
        lambda s: tasks.snooze_task(s.rig.db, s.rig.act(PRIYA), s.task(), s.rig.clock.now() + HOUR),
    ),
    "the task is given to somebody else": (
        Change.TASK,
        lambda s: tasks.hand_over_task(s.rig.db, s.rig.act(PRIYA), s.task(), TOM),
    ),
    "the reminder is done": (
        Change.REMINDER,
        lambda s: tasks.end_reminder(s.rig.db, s.rig.act(TOM), s.reminder(), ReminderState.DONE),
    ),
    "the reminder is stopped": (
        Change.REMINDER,
        lambda s: tasks.end_reminder(s.rig.db, s.rig.act(TOM), s.reminder(), ReminderState.STOPPED),
    ),
    "the reminder is put off": (
        Change.REMINDER,
        lambda s: tasks.snooze_reminder(
            s.rig.db, s.rig.act(TOM), s.reminder(), s.rig.clock.now() + HOUR
        ),
    ),
    "its channel is archived": (Change.CHANNEL, archived),
    "access is given": (
        Change.ACCESS,
        lambda s: requests.answer(s.rig.db, s.rig.act(MEI), s.request(TOM), granted=True),
    ),
    "access is refused": (
        Change.ACCESS,
        lambda s: requests.answer(s.rig.db, s.rig.act(MEI), s.request(TOM), granted=False),
    ),
    "people on a list leave Slack": (
        Change.PEOPLE,
        lambda s: remember_people(
            s.rig.db,
            s.rig.policy,
            s.rig.workspace,
            [
                {"id": user, "deleted": True}
                for user in s.rig.policy.teams[AIDE].on_call
                if user != s.page(AIDE).target
            ],
            s.rig.clock.now(),
        ),
    ),
    "somebody leaves": (
        Change.PEOPLE,
        lambda s: manual_joins.left(s.rig.db, s.rig.policy, s.rig.act(DANIEL), s.sealed, DANIEL),
    ),
}


ALONG = {Change.ENDED: set(untrue_after(Change.TASK))}
"""What an event brings about beside itself: tasks are withdrawn when it is declined."""


STORIES = (
    (
        "the update is put off",
        "its title is corrected",
        "its state changes",
        "the task is put off",
        "the reminder is put off",
        "access is given",
        "its severity rises",
        "it is resolved",
    ),
    (
        "somebody acknowledges after all",
        "an update is posted",
        "the task is given to somebody else",
        "the reminder is stopped",
        "access is refused",
        "its severity falls",
        "it is declined, its tasks with it",
    ),
    (
        "no update is asked for any more",
        "a page is declined",
        "somebody else owns it",
        "the task is done",
        "the reminder is done",
        "somebody leaves",
        "its tier is tightened",
    ),
    ("people on a list leave Slack", "its channel is archived"),
)
"""One after the other: to tell a story anew for each event would take minutes."""


def test_each_event_is_in_a_story() -> None:
    assert sorted(event for story in STORIES for event in story) == sorted(EVENTS)


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story[0])
async def test_after_each_event_every_message_is_true(said: Said, story: tuple[str, ...]) -> None:
    for event in story:
        what, happens = EVENTS[event]
        happens(said)
        stale = {kind for kind, _ in said.stale()} - {DeliveryKind.CARD_POST}
        assert stale, f"nothing that was said depends on it: {event}"
        assert stale <= untrue_after(what).keys() | ALONG.get(what, set()), event
        async with said.rig.working(ticking=False):
            await rest(said.rig)
        left = [text for _, text in said.stale()]
        assert not left, "\n\n".join([event, *left])


async def test_it_is_reopened(said: Said) -> None:
    resolve(said)
    async with said.rig.working(ticking=False):
        await rest(said.rig)
    lifecycle.reopen(said.rig.db, said.rig.act(MEI), said.open, "again")
    stale = {kind for kind, _ in said.stale()} - {DeliveryKind.CARD_POST}
    assert stale
    assert stale <= untrue_after(Change.REOPENED).keys() | untrue_after(Change.TASK).keys()
    async with said.rig.working(ticking=False):
        await rest(said.rig)
    assert not said.stale(), "\n\n".join(text for _, text in said.stale())


async def test_time_passes(said: Said) -> None:
    """Steps, updates and tasks become due; what was said before them is edited in time."""
    rig = said.rig
    async with rig.working():
        for _ in range(5):
            await rig.slack.advance(6 * 3600)
            await eventually(lambda: not rig.clock.ahead(), "time still passes", within=60)
            await rest(rig)
            await eventually(lambda: not said.stale(), str(said.stale()), within=20)
    assert not said.stale(), "\n\n".join(text for _, text in said.stale())


async def test_a_tightened_escalation_is_named_nowhere_outside_its_channel(said: Said) -> None:
    rig, incident = said.rig, said.incident()
    shared = rig.slack.channel(LEADERS).id
    assert incident.title in said_in(rig, shared)
    tier(said)
    async with rig.working(ticking=False):
        await rest(rig)
    assert incident.title not in said_in(rig, shared)
    with rig.db.reading() as tx:
        invited = {*participants.participants(tx, said.open), incident.owner}
    places = {one.channel for one in rig.posted() if incident.title in texts(one)}
    direct = {rig.slack.channel(place).id for place in places} - {incident.channel_id}
    readers = {user for place in direct for user in rig.slack.channel(place).members}
    assert readers - {rig.slack.slack.app.user_id} <= invited


def said_in(rig: Rig, channel: str) -> str:
    return "\n".join(texts(one) for one in rig.posted() if one.channel == channel)


def test_every_event_of_the_table_happens_here() -> None:
    # What a duplicate's pages say of its original has its tests in test_originals.py.
    elsewhere = {Change.REOPENED, Change.WENT_ON, Change.AGAIN, Change.TOLD, Change.ORIGINAL}
    assert {what for what, _ in EVENTS.values()} == set(Change) - elsewhere


async def test_the_card_that_is_left_behind_says_where_it_went(rig: Rig) -> None:
    opened = an_incident(rig.db, rig.policy, rig.act(MEI), teams=()).head
    shared = rig.policy.channel.shared or ""
    with rig.db.transaction() as tx:
        channels_channel.channel_failed(
            tx, rig.policy, rig.act(MEI), opened.id, "restricted_action"
        )
    async with rig.working(ticking=False):
        await rest(rig)
        [card] = [one for one in rig.posted() if one.channel == shared]
        with rig.db.transaction() as tx:
            channels_channel.channel_made(tx, rig.act(MEI), opened.id, "C0ELSEWHERE", "esc-1")
        await eventually(lambda: "has moved to its own channel" in _text(rig, card.ts))
    assert "could not create" not in _text(rig, card.ts)


def _text(rig: Rig, ts: str) -> str:
    return next(texts(one) for one in rig.posted() if one.ts == ts)
