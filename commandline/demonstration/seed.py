"""A believable past for the demonstration: eleven weeks of escalations, five of them open.

The services do everything in order of time, as if the bot had run all along. At the end, the seed
withdraws nearly all messages from that time, so that the bot sends few when it starts.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from bot.domain.act import Workspace
from bot.domain.errors import Refused
from bot.domain.followups.cadence import local_morning
from bot.domain.ids import UserId
from bot.domain.incidents.lifecycle import OPEN, State
from bot.domain.incidents.results import NewDecision, OpeningDraft
from bot.domain.incidents.severity import Severity
from bot.domain.kinds import DeliveryKind
from bot.domain.paging.ladders import Ladder
from bot.policy import Policy
from bot.services.decisions import decisions
from bot.services.incidents import lifecycle
from bot.services.people import directory
from bot.store.database import Database
from bot.store.delivery import withdrawals
from bot.store.incidents import incident_rows
from bot.store.tables.states import ChannelState
from commandline.demonstration.open_escalations import plan_open
from commandline.demonstration.past import (
    DECISIONS,
    NO_ESCALATION,
    NOTES,
    OPENERS,
    OWNERS,
    PAST,
    SECOND_WAVE,
    UPDATES,
    Ending,
    Past,
)
from commandline.demonstration.story import AllOrNothing, Story, StoryTeller

CAST = Path(__file__).resolve().parents[2] / "bot" / "demo" / "workspace.json"
FIRST_DAY, LAST_DAY = timedelta(days=76), timedelta(days=2, hours=6)
OLDEST_PAGE = timedelta(hours=3)
LEFT_OVERDUE = 2
_MOST = 1_000

_HOURS = {
    Severity.P0: (4, 9),
    Severity.P1: (9, 30),
    Severity.P2: (20, 70),
    Severity.P3: (40, 100),
}
_FOLLOW_UPS: dict[Severity, tuple[int, ...]] = {
    Severity.P0: (1, 7, 30),
    Severity.P1: (1, 7, 30),
    Severity.P2: (7,),
    Severity.P3: (),
}
_SENT_AT_START = (DeliveryKind.CHANNEL_CREATE, DeliveryKind.PAGE)


class Unfit(RuntimeError):
    """The policy lacks something that the story names: a category, a team, a person."""


def seed(db: Database, policy: Policy, workspace: Workspace, now: datetime) -> None:
    """Fill an empty, migrated database. It leaves one alone that already has an incident.

    Raises Unfit and stores nothing if the story does not fit this policy.
    """
    with db.transaction() as tx:
        if incident_rows.batch(tx, after="", number=None, limit=1):
            return
        try:
            _tell(AllOrNothing(db, tx.connection), policy, workspace, now)
        except (Refused, RuntimeError, LookupError, ValueError) as error:
            raise Unfit(str(error)) from error


def _tell(db: Database, policy: Policy, workspace: Workspace, now: datetime) -> None:
    told = StoryTeller(
        db, policy, workspace, _remember_cast(db, policy, workspace, now - FIRST_DAY)
    )
    _plan_past(told, now, Random(7))
    plan_open(told, now)
    told.play(now)
    _withdraw(db, now)


def _remember_cast(
    db: Database, policy: Policy, workspace: Workspace, at: datetime
) -> dict[str, list[str]]:
    """Store people and user groups as Slack describes them. Return each person's groups."""
    cast: dict[str, Any] = json.loads(CAST.read_text(encoding="utf-8"))
    directory.remember_people(db, policy, workspace, cast["people"], at)
    groups: dict[str, list[str]] = {}
    for group in cast["groups"]:
        directory.remember_group(db, workspace, group["id"], group["members"])
        for user in group["members"]:
            groups.setdefault(user, []).append(group["id"])
    return groups


def _plan_past(told: StoryTeller, now: datetime, dice: Random) -> None:
    apart = (FIRST_DAY - LAST_DAY) / (len(PAST) - 1)
    planned: list[_Ended] = []
    follow_ups: list[tuple[datetime, Story]] = []
    for number, past in enumerate(PAST):
        # Less than half the distance, so that they open in the order of the list.
        jitter = apart * (dice.uniform(-0.4, 0.4) if number else 0)
        opened_at = now - FIRST_DAY + apart * number + jitter
        if past.ending is Ending.DUPLICATE:  # Opened while its original is still open.
            opened_at = planned[-1].at(0.2)
        ended = _Ended(told, past, dice, opened_at, now)
        ended.plan(planned)
        planned.append(ended)
        follow_ups += [(due, ended.story) for due in ended.follow_ups]
    _plan_follow_ups(told, follow_ups, now, dice)


def _plan_follow_ups(
    told: StoryTeller, follow_ups: list[tuple[datetime, Story]], now: datetime, dice: Random
) -> None:
    """Finish each follow-up some hours after it was due, but leave the last two long-due ones."""
    long_due = sorted(
        (due for due, _ in follow_ups if due < now - timedelta(hours=12)), reverse=True
    )
    forgotten = set(long_due[:LEFT_OVERDUE])
    for due, story in follow_ups:
        done = due + timedelta(hours=dice.uniform(0.5, 9))
        if due not in forgotten and done < now:
            told.finishes_task(done, story)


class _Ended:
    """The plan of one incident that is over."""

    def __init__(
        self, told: StoryTeller, past: Past, dice: Random, opened_at: datetime, now: datetime
    ) -> None:
        self.told, self.past, self.dice, self.now = told, past, dice, now
        self.opened_at = opened_at
        wanted = timedelta(hours=dice.uniform(*_HOURS[past.severity]))
        self.span = min(wanted, (now - opened_at) * 0.7)
        self.story = Story(
            OpeningDraft(
                title=past.title,
                severity=past.severity,
                category=past.category,
                surface=past.surface,
                market=past.market,
                source=past.source,
                affected=past.affected,
                tier=past.tier,
                references=(f"item {dice.randrange(10**11, 10**12)}",),
            ),
            opener=dice.choice(OPENERS),
            owner=dice.choice(OWNERS),
        )
        self.follow_ups: list[datetime] = []

    def at(self, share: float) -> datetime:
        return self.opened_at + self.span * share

    def plan(self, before: Sequence["_Ended"]) -> None:
        told, story, db = self.told, self.story, self.told.db
        told.opens(self.opened_at, story)
        match self.past.ending:
            case Ending.DECLINED:
                told.plan(
                    self.at(0.1),
                    "U0AOIFE",
                    lambda act: lifecycle.decline(db, act, story.id, NO_ESCALATION),
                )
            case Ending.DUPLICATE:
                original = before[-1].story
                told.plan(
                    before[-1].at(0.4),
                    "U0AOIFE",
                    lambda act: lifecycle.duplicate(db, act, story.id, original.reference),
                )
            case Ending.RESOLVED | Ending.REVIEWED | Ending.REOPENED:
                self._plan_acknowledgements()
                self._plan_work()
                self._plan_end()

    def _plan_acknowledgements(self) -> None:
        """Four of five acknowledge in time. Some backups acknowledge late, and some never do."""
        policy, severity = self.told.policy, self.past.severity
        for team in policy.proposed_teams(self.past.category, severity):
            first, backup, *_ = policy.teams[team].on_call
            ladder = policy.ladder(team, severity)
            fate = self.dice.random()
            in_time, never = fate < 0.8, fate > 0.94
            share = self.dice.uniform(0.05, 0.9) if in_time else 1.5
            moment = self.opened_at + ladder.steps[0].wait * share
            never = never or moment > self.at(0.9)
            if not never:
                self.told.acknowledges(moment, first if in_time else backup, self.story)
            for step in _steps_of(ladder, self.opened_at):
                if step < (self.at(1) if never else moment):
                    self.told.steps(step)

    def _plan_work(self) -> None:
        told, story, db, dice = self.told, self.story, self.told.db, self.dice
        owner = story.owner
        (update, second), note = dice.sample(UPDATES, 2), dice.choice(NOTES)
        told.plan(
            self.at(0.04),
            story.opener,
            lambda act: lifecycle.assign(db, act, story.id, UserId(owner)),
        )
        if dice.random() < 0.4:
            told.plan(self.at(0.3), owner, lambda act: lifecycle.add_note(db, act, story.id, note))
        told.plan(
            self.at(0.15),
            owner,
            lambda act: lifecycle.post_update(db, act, story.id, update, State.INVESTIGATING),
        )
        if self.past.severity in (Severity.P0, Severity.P1):
            told.plan(
                self.at(0.6),
                owner,
                lambda act: lifecycle.post_update(
                    db, act, story.id, second, State.AWAITING_DECISION
                ),
            )
        if dice.random() < 0.75:
            self._plan_decision()

    def _plan_decision(self) -> None:
        told, story = self.told, self.story
        actions, scope, clause, rationale = self.dice.choice(DECISIONS)
        decision = NewDecision(
            actions=actions,
            scope=scope,
            clause=clause,
            policy_version="2026.3",
            rationale=rationale,
            approvers=(UserId("U0WEI"), UserId("U0PRIYA")),
            precedent=self.dice.choice(("one-off", "one-off", "binding")),
        )
        told.plan(
            self.at(0.75),
            story.owner,
            lambda act: decisions.record_decision(told.db, told.policy, act, story.id, decision),
        )

    def _plan_end(self) -> None:
        told, story, db = self.told, self.story, self.told.db
        resolved_at, days = self.at(1), _FOLLOW_UPS[self.past.severity]
        self._plan_resolution(resolved_at, days)
        if self.past.ending is Ending.REOPENED:
            again = resolved_at + timedelta(hours=14)
            told.plan(
                again, story.owner, lambda act: lifecycle.reopen(db, act, story.id, SECOND_WAVE)
            )
            # Reopening withdraws the follow-ups of the first resolution.
            resolved_at = again + timedelta(hours=9)
            self._plan_resolution(resolved_at, days)
        zone = told.policy.default_zone
        self.follow_ups = [local_morning(resolved_at, zone, days=day) for day in days]
        reviewed_at = resolved_at + timedelta(hours=self.dice.uniform(20, 70))
        if self.past.ending is Ending.REVIEWED and reviewed_at < self.now:
            told.plan(reviewed_at, story.owner, lambda act: lifecycle.close(db, act, story.id))

    def _plan_resolution(self, at: datetime, days: tuple[int, ...]) -> None:
        told, story = self.told, self.story
        cause = self.dice.choice(sorted(told.policy.root_causes))
        told.plan(
            at,
            story.owner,
            lambda act: lifecycle.resolve(
                told.db, told.policy, act, story.id, root_cause=cause, follow_up_days=days
            ),
        )


def _steps_of(ladder: Ladder, start: datetime) -> Iterator[datetime]:
    """Yield the moments when a ladder takes its steps if no one answers."""
    for step in ladder.steps * ladder.rounds:
        start += step.wait
        yield start


def _withdraw(db: Database, now: datetime) -> None:
    """Withdraw all messages but the channels and fresh pages of open incidents.

    Channels of ended incidents count as archived, so nothing waits for them.
    """
    others = [kind for kind in DeliveryKind if kind not in _SENT_AT_START]
    with db.transaction() as tx:
        told = incident_rows.batch(tx, after="", number=None, limit=_MOST)
        ended = [incident.id for incident in told if incident.state not in OPEN]
        still_open = [incident.id for incident in told if incident.state in OPEN]
        withdrawals.withdraw(tx, ended)
        withdrawals.withdraw(tx, still_open, others)
        withdrawals.withdraw(tx, still_open, [DeliveryKind.PAGE], due_before=now - OLDEST_PAGE)
        for incident_id in ended:
            incident_rows.change(tx, incident_id, {"room": ChannelState.ARCHIVED})
