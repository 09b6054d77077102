"""Every relation of a person to an escalation, and one person for each role.

These are two sides of the matrix of rights.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import Enum
from pathlib import Path

from sqlmodel import col, select

from bot.domain.access.visibility import Tier
from bot.domain.act import Act, Role
from bot.domain.ids import TeamKey, UserId
from bot.domain.incidents.lifecycle import State
from bot.domain.incidents.severity import Severity
from bot.policy import Policy
from bot.policy.model import LadderRule, LadderStep, RoleRules
from bot.render.text.templates import Templates
from bot.render.wording import Wording
from bot.services.access import identity, manual_joins
from bot.services.access import requests as access_requests
from bot.services.followups import tasks as followups_tasks
from bot.services.incidents import lifecycle
from bot.services.incidents.opening import open_incident
from bot.services.paging import answers as paging_answers
from bot.services.paging import starting
from bot.store.access import requests
from bot.store.database import Database
from bot.store.tables import AccessRequest, Page, PagingRun, Reminder, Task
from tests.databases import fresh_url
from tests.factories import DANIEL, MEI, PRIYA, SOFIA, a_draft, an_act
from tests.handlers.stage import BYSTANDER, Stage, a_stage

LEGAL, PR = TeamKey("legal"), TeamKey("pr")
PEOPLE = {role: UserId(f"U0ROLE{role.word.upper()}") for role in Role}
FRIEND = UserId("U0FRIEND")
TITLE = "The words of it"


@asynccontextmanager
async def stage_of_the_matrix(folder: Path, policy: Policy) -> AsyncIterator[Stage]:
    """A stage on SQLite only, as rights do not depend on the database."""
    with fresh_url("sqlite", folder) as url:
        db = Database(url)
        async with a_stage(db, Wording(of_the_matrix(policy), Templates())) as ready:
            yield ready
        db.close()


def of_the_matrix(policy: Policy) -> Policy:
    """Return the policy with one person for each role.

    They are on the second step of Legal's ladder and on no team. Their role is the policy's current
    one. They may have had another when they got access.
    """
    names = {user.lower(): user for user in (*PEOPLE.values(), FRIEND)}
    roles = {PEOPLE[role]: role for role in Role} | {FRIEND: Role.MEMBER, DANIEL: Role.MEMBER}
    wait = timedelta(minutes=15)
    ladder = LadderRule(
        (LadderStep((PRIYA,), wait), LadderStep(tuple(PEOPLE.values()), wait)), rounds=1
    )
    legal = replace(policy.teams[LEGAL], ladders=dict.fromkeys(Severity, ladder))
    return replace(
        policy,
        people={**policy.people, **names},
        roles=RoleRules({**policy.roles.people, **roles}, {}, Role.NOBODY),
        teams={**policy.teams, LEGAL: legal},
    )


@dataclass
class Subject:
    """An escalation, and the ids that a button or a form may name.

    They are the ids of this person's page, task and so on, or else of another person's.
    """

    id: str
    reference: str
    page: str = ""
    run: str = ""
    task: str = ""
    reminder: str = ""
    request: str = ""
    added: str = ""


class Holds(Enum):
    """The parts of an escalation that a person may hold, and that some actions need."""

    PAGE = "a page that waits for them"
    TURN = "a place on the ladder of a team that waits"
    PART = "something that can be handed over"
    TASK = "a task"
    REMINDER = "a reminder: in the matrix, always somebody else's"


@dataclass(frozen=True)
class Standing:
    """A person's relation to an escalation. `arrive` creates it through the services."""

    name: str
    belongs: bool
    arrive: Callable[[Stage, str, UserId], None]
    holds: frozenset[Holds] = frozenset()
    tier: Tier = Tier.STANDARD
    reads: bool = True
    """Whether they read a restricted escalation. Every viewer reads a standard one."""
    opens: bool = False

    def subject(self, stage: Stage, user: UserId, state: State = State.NEW) -> Subject:
        """Open a new escalation with this relation to `user`, in the state that an action needs."""
        opener = an_act(user, role=Role.MEMBER) if self.opens else an_act(MEI)
        draft = a_draft(TITLE, tier=self.tier, teams=(PR,))
        opened = open_incident(stage.db, stage.policy, opener, draft)
        incident_id = opened.head.id
        in_an_hour = an_act(minutes=60).now
        followups_tasks.add_task(
            stage.db, stage.policy, an_act(), incident_id,
            assignee=DANIEL, text="look", due_at=in_an_hour,
        )  # fmt: skip
        followups_tasks.add_reminder(
            stage.db, an_act(), text="ask", due_at=in_an_hour, incident_id=incident_id
        )
        access_requests.request_access(
            stage.db, stage.policy, an_act(BYSTANDER, role=Role.VIEWER), incident_id
        )
        manual_joins.joined(stage.db, stage.policy, an_act(), incident_id, BYSTANDER, None)
        self.arrive(stage, incident_id, user)
        found = self._ids(stage, incident_id, user)
        _bring_to(stage, incident_id, state)
        return replace(found, reference=opened.head.reference)

    def _ids(self, stage: Stage, incident_id: str, user: UserId) -> Subject:
        with stage.db.reading() as tx:
            pages = tx.all(select(Page).where(col(Page.incident_id) == incident_id))
            runs = tx.all(select(PagingRun).where(col(PagingRun.incident_id) == incident_id))
            tasks = tx.all(select(Task).where(col(Task.incident_id) == incident_id))
            asked = tx.all(select(AccessRequest).where(col(AccessRequest.person) == BYSTANDER))
            reminders = tx.all(select(Reminder).where(col(Reminder.incident_id) == incident_id))
        legal = [run.id for run in runs if run.team_key == LEGAL]
        theirs = [page for page in pages if page.target == user and Holds.PAGE in self.holds]
        turns = [page for page in pages if page.run_id in legal and Holds.TURN in self.holds]
        others = [page for page in pages if page.target == SOFIA]
        page = (theirs or turns or others)[0]
        task = next((one for one in tasks if one.assignee == user), tasks[0])
        asking = {one.by_hand: one.id for one in asked if one.incident_id == incident_id}
        return Subject(
            incident_id,
            "",
            page.id,
            page.run_id,
            task.id,
            reminders[0].id,
            request=asking[False],
            added=asking[True],
        )


def _bring_to(stage: Stage, incident_id: str, state: State) -> None:
    act = an_act()
    if state is State.RESOLVED:
        cause = next(iter(stage.policy.root_causes))
        lifecycle.resolve(
            stage.db, stage.policy, act, incident_id, root_cause=cause, follow_up_days=()
        )
    elif state is State.DECLINED:
        lifecycle.decline(stage.db, act, incident_id, "no escalation")


def _member(user: UserId) -> Act:
    return an_act(user, role=Role.MEMBER)


def _nothing(_stage: Stage, _incident_id: str, _user: UserId) -> None:
    pass


def _owns(stage: Stage, incident_id: str, user: UserId) -> None:
    lifecycle.assign(stage.db, an_act(), incident_id, user)


def _was_given_access(stage: Stage, incident_id: str, user: UserId) -> None:
    asking = an_act(user, role=Role.VIEWER)
    access_requests.request_access(stage.db, stage.policy, asking, incident_id)
    with stage.db.reading() as tx:
        request = requests.last(tx, incident_id, user)
    assert request is not None
    access_requests.answer(stage.db, an_act(), request.id, granted=True)


def _came_in(stage: Stage, incident_id: str, user: UserId) -> None:
    identity.enter(stage.db, _member(user), incident_id)


def _paged_by(act: Callable[[UserId], Act], *, answers: bool) -> Callable[..., None]:
    def page(stage: Stage, incident_id: str, user: UserId) -> None:
        starting.page_person(stage.db, stage.policy, act(user), incident_id, user)
        if answers:
            paging_answers.acknowledge_mine(stage.db, _member(user), incident_id)

    return page


def _has_a_task(stage: Stage, incident_id: str, user: UserId) -> None:
    due = an_act(minutes=60).now
    followups_tasks.add_task(
        stage.db, stage.policy, an_act(), incident_id, assignee=user, text="draft", due_at=due
    )


def _next_on_the_ladder(stage: Stage, incident_id: str, _user: UserId) -> None:
    starting.page_team(stage.db, stage.policy, an_act(), incident_id, LEGAL)


_PAGED = frozenset({Holds.PAGE, Holds.TURN, Holds.PART})
_PART = frozenset({Holds.PART})


def _entitled(_user: UserId) -> Act:
    return an_act(SOFIA, role=Role.RESPONDER)


STANDINGS = (
    Standing("none", belongs=False, arrive=_nothing),
    Standing("none, restricted", False, _nothing, tier=Tier.RESTRICTED, reads=False),
    Standing("opener", True, _nothing, opens=True),
    Standing("owner", True, _owns, _PART),
    Standing("access given", False, _was_given_access, tier=Tier.RESTRICTED),
    Standing("came in by Open channel", False, _came_in),
    Standing("paged by someone entitled", False, _paged_by(_entitled, answers=False), _PAGED),
    Standing(
        "paged by someone entitled, restricted",
        False,
        _paged_by(lambda _: an_act(), answers=False),
        _PAGED,
        Tier.RESTRICTED,
        reads=False,
    ),
    Standing("acknowledged that", True, _paged_by(_entitled, answers=True), _PART),
    Standing("acknowledged their own request", False, _paged_by(_member, answers=True), _PART),
    Standing(
        "acknowledged a friend's request",
        False,
        _paged_by(lambda _: _member(FRIEND), answers=True),
        _PART,
    ),
    Standing("assignee", True, _has_a_task, frozenset({Holds.TASK, Holds.PART})),
    Standing("next on the ladder", False, _next_on_the_ladder, frozenset({Holds.TURN})),
    Standing(
        "next on the ladder, restricted",
        False,
        _next_on_the_ladder,
        frozenset({Holds.TURN}),
        Tier.RESTRICTED,
        reads=False,
    ),
)
