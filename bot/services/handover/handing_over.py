"""Handing over: a person's part passes to a team or another person, with a written summary."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.access.rights import Deed
from bot.domain.act import Act
from bot.domain.errors import BadInput, NobodyToPage
from bot.domain.ids import TeamKey, UserId
from bot.domain.paging.ladders import (
    PERSON_PREFIX,
    STILL_ASKED,
    UNANSWERED,
    PageState,
    person_of,
)
from bot.domain.paging.paging_entries import HandedOverEntry
from bot.domain.paging.reasons import Occasion, Reason, with_another
from bot.domain.problems.texts import (
    NoSuccessor,
    NoSummary,
    PageAndTask,
    PagesOfSeveral,
    SeveralTasks,
    TaskToATeam,
    ToYourself,
)
from bot.policy import Policy
from bot.services.access import owned_ids
from bot.services.followups.tasks import pass_task_on
from bot.services.handover.held_parts import (
    parts_taken_over,
    questions_held,
    require_first_time,
    require_own_page,
    require_part,
)
from bot.services.locked import LockedIncident, lock_incident
from bot.services.paging.answers import run_of, tell_those_told
from bot.services.paging.pacing import explain, hasten
from bot.services.paging.page_edits import page_changed
from bot.services.paging.runs import settle_run
from bot.services.paging.starting import Started, going_on, paging_run, start_person, start_team
from bot.services.paging.too_late import too_late
from bot.services.stored_text import checked_text
from bot.store.database import Database
from bot.store.paging import pages, run_changes
from bot.store.tables import PagingRun, Task


@dataclass(frozen=True, slots=True)
class HandedOver:
    """The successor being asked. `owns`: on acknowledging, they become the owner too."""

    reference: str
    to: Started
    owns: bool


@dataclass(frozen=True, slots=True)
class TaskGiven:
    """The person held only a task. It is `to`'s now, and no page went out."""

    to: UserId


def hand_over(
    db: Database,
    policy: Policy,
    act: Act,
    incident_id: str,
    *,
    to_team: TeamKey | None = None,
    to_person: UserId | None = None,
    summary: str,
) -> HandedOver | TaskGiven:
    """Pass on what a person holds; raises HoldsNothing if that is nothing.

    A page that waits for them ends with it. If pages of several teams wait, or a page and a task,
    the person has to use the button of the one they mean: a guess would drop the others. A person
    who may not read the incident can hand over their own page, as by its button, and nothing else.
    """
    to = _Successor.checked(act, to_team, to_person, summary)
    with (
        db.transaction(act) as tx,
        lock_incident(tx, act, incident_id, Deed.HAND_OVER, uninvited_too=True) as locked,
    ):
        if not locked.reads:
            require_own_page(tx, locked.incident, act)
            return _pass_on(locked, policy, to, _waiting_run(locked, to))
        part = require_part(tx, locked.incident, act, to.key)
        run = _waiting_run(locked, to)
        if part.tasks and (not part.leads or (run is not None and to.person is not None)):
            return _give_task(locked, part.tasks, to, run)
        return _pass_on(locked, policy, to, run)


def hand_over_page(
    db: Database,
    policy: Policy,
    act: Act,
    page_id: str,
    *,
    to_team: TeamKey | None,
    to_person: UserId | None,
    summary: str,
) -> HandedOver:
    """Do the same as `hand_over` from a page's button, which says which team's page is meant."""
    to = _Successor.checked(act, to_team, to_person, summary)
    with db.transaction(act) as tx:
        page = owned_ids.page(tx, act, page_id)
        with lock_incident(tx, act, page.incident_id, Deed.HAND_OVER, uninvited_too=True) as locked:
            run = run_of(tx, page)
            if page.state is PageState.SUPERSEDED:
                raise too_late(locked, run)
            return _pass_on(locked, policy, to, run)


@dataclass(frozen=True, slots=True)
class _Successor:
    """The team or person who takes over, and the summary for them."""

    team: TeamKey | None
    person: UserId | None
    summary: str

    @property
    def key(self) -> str:
        """The team key under which runs of this team or person are stored."""
        return str(self.team) if self.team is not None else f"{PERSON_PREFIX}{self.person}"

    @classmethod
    def checked(
        cls, act: Act, team: TeamKey | None, person: UserId | None, summary: str
    ) -> "_Successor":
        summary = checked_text("summary", summary, needed=False)
        if not summary:
            raise BadInput("summary", NoSummary())
        if team is None and person is None:
            raise BadInput("team", NoSuccessor())
        if person == act.user:
            raise BadInput("person", ToYourself())
        return cls(team, person, summary)


def _waiting_run(locked: LockedIncident, to: _Successor) -> PagingRun | None:
    """Return the run whose page waits for this person; their own team's, if they hand over to it.

    Raises BadInput if pages of several teams wait.
    """
    asked = {
        page.run_id
        for page in pages.pages_of_incident(locked.tx, locked.id)
        if page.target == locked.act.user and page.state in STILL_ASKED
    }
    runs = [
        run
        for run in pages.runs_of(locked.tx, [locked.id])
        if run.id in asked and run.state in UNANSWERED
    ]
    own = [run for run in runs if run.team_key == to.key]
    if len(own or runs) > 1:
        names = tuple(dict.fromkeys(run.team_name for run in runs))
        raise BadInput("team", PagesOfSeveral(names))
    return next(iter(own or runs), None)


def _give_task(
    locked: LockedIncident, tasks: Sequence[Task], to: _Successor, run: PagingRun | None
) -> TaskGiven:
    """Give the only task to one person, and tell them with the summary; raises BadInput."""
    if to.person is None:
        raise BadInput("person", TaskToATeam())
    if run is not None:
        raise BadInput("task", PageAndTask(run.team_name, locked.reference))
    if len(tasks) > 1:
        raise BadInput("task", SeveralTasks(len(tasks), locked.reference))
    pass_task_on(locked, tasks[0], to.person, to.summary)
    return TaskGiven(to.person)


def _pass_on(
    locked: LockedIncident, policy: Policy, to: _Successor, run: PagingRun | None
) -> HandedOver:
    if run is not None:
        held = [run]
        _let_go(locked, run, to)
    else:
        held = _taken(locked)
        _pass_taken_on(locked, held, to)
    locked.require_letting_in()
    if not locked.entitled:
        require_first_time(locked.tx, locked.incident, locked.act.user)
    owns = locked.incident.owner == locked.act.user
    locked.record(
        HandedOverEntry(
            to_team=to.team,
            to_person=to.person,
            name=policy.teams[to.team].name if to.team else "",
            summary=to.summary,
            owns=owns,
        ),
        aloud=True,
    )
    reason = Reason(
        Occasion.HANDED_OVER,
        locked.act.user,
        words=to.summary,
        owns=owns,
        parts=_parts(held),
        questions=tuple(dict.fromkeys(each for run in held for each in questions_held(run))),
    )
    started = _joined(locked, policy, to, reason) or _begun(locked, policy, to, reason)
    locked.card_changed()
    return HandedOver(locked.reference, started, owns)


def _let_go(locked: LockedIncident, run: PagingRun, to: _Successor) -> None:
    """End the person's part in a run by naming a successor, even after the ladder's last step."""
    if not run_changes.pass_on(locked.tx, run.id, _with_successor(locked, run, to)):
        raise too_late(locked, run)
    settle_run(locked, run.id)
    tell_those_told(locked, run)
    locked.in_place_of(run)


def _taken(locked: LockedIncident) -> list[PagingRun]:
    me = locked.act.user
    return [run for run in pages.runs_of(locked.tx, [locked.id]) if run.responder == me]


def _parts(held: Sequence[PagingRun]) -> tuple[str, ...]:
    """Return the teams and people whose part passes on: those asked, and those before them.

    The successor's pages then show what was asked of them.
    """
    keys = [key for run in held for key in (run.team_key, *parts_taken_over(run))]
    return tuple(dict.fromkeys(keys))


def _pass_taken_on(locked: LockedIncident, taken: Sequence[PagingRun], to: _Successor) -> None:
    """Keep what the person acknowledged; have their pages show who is asked to take over."""
    me = locked.act.user
    for run in taken:
        run_changes.give_reasons(locked.tx, run, _with_successor(locked, run, to))
        mine = [page for page in pages.pages_of_run(locked.tx, run.id) if page.target == me]
        locked.send(*(page_changed(locked, page) for page in mine if page.message_ts is not None))


def _with_successor(locked: LockedIncident, run: PagingRun, to: _Successor) -> tuple[Reason, ...]:
    return with_another(run.why_asked, Reason(Occasion.PASSED_ON, locked.act.user, to=to.key))


def _joined(
    locked: LockedIncident, policy: Policy, to: _Successor, reason: Reason
) -> Started | None:
    """Add the summary to a successor's pages if they are being paged already, else return None."""
    run = paging_run(locked, to.key)
    if run is None:
        return None
    targets = hasten(locked, policy, run, reason)
    if targets:
        return Started(run, targets)
    explain(locked, run, reason)
    return going_on(locked, run)


def _begun(locked: LockedIncident, policy: Policy, to: _Successor, reason: Reason) -> Started:
    """Page the successor. For one's own team, that is the next person on its ladder."""
    me = locked.act.user
    if to.team is not None:
        started = start_team(locked, policy, to.team, reason, without=me)
    else:
        assert to.person is not None
        started = start_person(locked, policy, to.person, reason, without=me)
    if not started.targets:
        raise NobodyToPage(started.team_name, person_of(started.run.team_key))
    return started
