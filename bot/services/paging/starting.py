"""Starts the paging of a team or a person."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.domain.access.rights import Deed
from bot.domain.act import Act
from bot.domain.errors import AlreadyPaged, BadInput, BeingPaged, NobodyToPage
from bot.domain.ids import TeamKey, UserId, new_id
from bot.domain.paging.ladders import (
    BEFORE,
    FIRST,
    PERSON_PREFIX,
    Exhausted,
    Ladder,
    PageNow,
    PageState,
    RunState,
    next_step,
    person_of,
)
from bot.domain.paging.paging_entries import AskedAgainEntry
from bot.domain.paging.reasons import Occasion, Reason, of_run, passed_on
from bot.domain.problems.names import CannotBePaged
from bot.policy import Policy
from bot.services.handover.held_parts import parts_taken_over, questions_taken_over
from bot.services.locked import LockedIncident, lock_incident
from bot.services.paging.pacing import explain, hasten, person_ladder, vouches
from bot.services.paging.runs import exhausted, gone_from, page_now, waiting_now
from bot.services.stored_text import checked_text
from bot.store.database import Database
from bot.store.paging import pages, run_changes
from bot.store.people import people_and_groups
from bot.store.tables import PagingRun


@dataclass(frozen=True, slots=True)
class Started:
    """A run that was asked for, with the people it asks now (empty if no one can be paged).

    `begun_before`: the run goes on as it was, or its responder still has it. `told`: its pages now
    show another reason.
    """

    run: PagingRun
    targets: tuple[UserId, ...]
    begun_before: bool = False
    told: bool = False

    @property
    def team_name(self) -> str:
        return self.run.team_name

    @property
    def in_person(self) -> bool:
        return self.run.team_key.startswith(PERSON_PREFIX)

    @property
    def before(self) -> BeingPaged:
        """How the run stands, if it had begun before."""
        run, person = self.run, person_of(self.run.team_key)
        if run.responder is not None and run.acked_at is not None:
            taken = UserId(run.responder), run.acked_at
            return BeingPaged(run.team_name, (), person, *taken, acknowledged=True)
        by = UserId(run.requested_by)
        return BeingPaged(run.team_name, self.targets, person, by, run.started_at, told=self.told)


def page_team(
    db: Database, policy: Policy, act: Act, incident_id: str, team: TeamKey, why: str = ""
) -> Started:
    """Page a team, on the ladder that the policy has for it now."""
    return page_all(db, policy, act, incident_id, [team], [], why)[0]


def page_person(
    db: Database, policy: Policy, act: Act, incident_id: str, user: UserId, why: str = ""
) -> Started:
    """Page one person; if they do not answer, the managers on duty are next."""
    return page_all(db, policy, act, incident_id, [], [user], why)[0]


def page_all(
    db: Database,
    policy: Policy,
    act: Act,
    incident_id: str,
    teams: Sequence[TeamKey],
    users: Sequence[UserId],
    why: str = "",
) -> list[Started]:
    """Page those teams and people who are not being paged; if one can't be paged, no one is.

    A responder who still has their part is paged again only for a reason. Raises AlreadyPaged if
    there is nothing to do for any of them, and NobodyToPage.
    """
    why = checked_text("why", why, needed=False)
    with db.transaction(act) as tx, lock_incident(tx, act, incident_id, Deed.PAGE) as locked:
        reason = Reason(Occasion.ASKED, act.user, words=why)
        started = [
            _asked_before(locked, policy, team, reason) or start_team(locked, policy, team, reason)
            for team in teams
        ]
        for user in users:
            before = _asked_before(locked, policy, PERSON_PREFIX + user, reason)
            started.append(before or start_person(locked, policy, user, reason))
        if all(run.begun_before and not run.told for run in started):
            raise _all_being_paged(locked, started)
        for one in started:
            if not one.targets and not one.begun_before:
                raise NobodyToPage(one.team_name, person_of(one.run.team_key))
        locked.card_changed()
        return started


def _asked_before(
    locked: LockedIncident, policy: Policy, team: str, reason: Reason
) -> Started | None:
    """Handle a team that was paged before; None if a new run has to start.

    A run that is too slow for the severity pages again. A run with no entitled asker goes on in
    the name of this person, if they are entitled. A new reason is shown on the run's pages.
    """
    run = paging_run(locked, team)
    if run is None:
        return None if reason.words else _taken_before(locked, team)
    targets = hasten(locked, policy, run, reason)
    if not targets and vouches(locked, run):
        explain(locked, run, reason)
        return going_on(locked, run)
    if not targets:
        told = bool(reason.words) and not _known(run, reason)
        if told:
            explain(locked, run, reason)
            locked.record(
                AskedAgainEntry(run=run.id, team=team, name=run.team_name, why=reason.words)
            )
        return replace(going_on(locked, run), begun_before=True, told=told)
    return Started(run, targets)


def _known(run: PagingRun, reason: Reason) -> bool:
    return any(one.words == reason.words for one in run.why_asked)


def _taken_before(locked: LockedIncident, team: str) -> Started | None:
    """Return a team's newest run if its responder still has it, so that no one needs a page."""
    run = _newest_held(locked, team)
    if run is None or run.responder is None:
        return None
    gone = people_and_groups.gone(locked.tx, locked.act.workspace, [run.responder])
    if gone or not locked.invited.get(run.responder, False):
        return None
    return Started(run, (), begun_before=True)


def _newest_held(locked: LockedIncident, team: str) -> PagingRun | None:
    """Return a team's newest run, unless its part was handed over."""
    runs = [run for run in pages.runs_of(locked.tx, [locked.id]) if run.team_key == team]
    run = runs[-1] if runs else None
    passed = run is not None and passed_on(of_run(run.reasons, "", "")) is not None
    return None if passed else run


def _with_parts(locked: LockedIncident, team: str, reason: Reason) -> Reason:
    """Add the parts that the team had taken over, and their questions, to a reason to page it."""
    before = _newest_held(locked, team)
    if before is None:
        return reason
    parts = dict.fromkeys([*reason.parts, *parts_taken_over(before)])
    questions = dict.fromkeys([*reason.questions, *questions_taken_over(before)])
    return replace(reason, parts=tuple(parts), questions=tuple(questions))


def _all_being_paged(locked: LockedIncident, started: Sequence[Started]) -> AlreadyPaged:
    return AlreadyPaged(locked.reference, tuple(run.before for run in started))


def paging_run(locked: LockedIncident, team: str) -> PagingRun | None:
    """Return the run that is paging a team (or a person, by their key) now."""
    for run in pages.runs_of(locked.tx, [locked.id]):
        if run.team_key == team and run.state is RunState.PAGING:
            return run
    return None


def going_on(locked: LockedIncident, run: PagingRun) -> Started:
    """Return a run that began earlier, with the people it asks now."""
    return Started(run, waiting_now(locked.tx, run.id))


def start_team(
    locked: LockedIncident,
    policy: Policy,
    team: TeamKey,
    reason: Reason,
    without: UserId | None = None,
) -> Started:
    """Start a team's run. `without` a person, it begins behind their step, and passes over people
    of the team who declined a page, unless no one else is left."""
    ladder = policy.ladder(team, locked.incident.severity)
    gone = gone_from(locked, [ladder])
    if without is not None:
        ladder = ladder.after(without)
        ladder = ladder.but(_declined(locked, team), gone)
    reason = _with_parts(locked, team, reason)
    return _start(locked, policy, team, policy.teams[team].name, ladder, reason, gone)


def _declined(locked: LockedIncident, team: TeamKey) -> set[UserId]:
    runs = {run.id for run in pages.runs_of(locked.tx, [locked.id]) if run.team_key == team}
    return {
        UserId(page.target)
        for page in pages.pages_of_incident(locked.tx, locked.id)
        if page.state is PageState.DECLINED and page.run_id in runs
    }


def start_teams(
    locked: LockedIncident,
    policy: Policy,
    teams: Sequence[TeamKey],
    reason: Reason,
    *,
    proposed: bool = False,
) -> list[Started]:
    """Start several teams' runs, with one query for the people who are gone.

    `proposed`: the policy asks for the teams, so responders belong, whoever caused the start.
    """
    ladders = {team: policy.ladder(team, locked.incident.severity) for team in teams}
    gone = gone_from(locked, ladders.values())
    return [
        _start(
            locked, policy, team, policy.teams[team].name, ladder, reason, gone, proposed=proposed
        )
        for team, ladder in ladders.items()
    ]


def start_person(
    locked: LockedIncident,
    policy: Policy,
    user: UserId,
    reason: Reason | None = None,
    without: UserId | None = None,
) -> Started:
    known = people_and_groups.person(locked.tx, locked.act.workspace, user)
    if known is not None and known.outsider:
        raise BadInput("person", CannotBePaged(people_and_groups.name_of(known)))
    ladder = person_ladder(policy, locked.incident.severity, user)
    if without is not None:
        ladder = ladder.after(without)
    name = people_and_groups.name_of(known)
    key = PERSON_PREFIX + user
    why = _with_parts(locked, key, reason or Reason(Occasion.ASKED, locked.act.user))
    return _start(locked, policy, key, name, ladder, why, gone_from(locked, [ladder]))


def _start(
    locked: LockedIncident,
    policy: Policy,
    team_key: str,
    name: str,
    ladder: Ladder,
    reason: Reason,
    gone: frozenset[UserId],
    *,
    proposed: bool = False,
) -> Started:
    """Store the run with its own copy of the ladder, and take its first step."""
    act = locked.act
    first = next_step(ladder, BEFORE, act.now, gone)
    run = run_changes.new_run(
        locked.incident,
        run_id=new_id(act.now),
        team_key=team_key,
        team_name=name,
        ladder=ladder,
        state=RunState.PAGING if isinstance(first, PageNow) else RunState.EXHAUSTED,
        at=first.position if isinstance(first, PageNow) else FIRST,
        next_at=first.next_at if isinstance(first, PageNow) else None,
        reason=reason,
        requested_by=act.user,
        by_entitled=locked.entitled or proposed,
        started_at=act.now,
        ack_due_at=act.now + policy.severities[locked.incident.severity].ack_within,
    )
    locked.add(run_changes.added(run))
    match first:
        case PageNow():
            page_now(locked, run, first, reason.words)
            return Started(run, first.targets)
        case Exhausted():
            return Started(run, exhausted(locked, policy, run, ladder, FIRST))
