"""Whom to page: the beginning of a team's or a person's escalation."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.act import Act
from bot.domain.errors import BadInput, NobodyToPage
from bot.domain.ids import TeamKey, UserId, new_id
from bot.domain.paging import (
    BEFORE,
    PERSON_PREFIX,
    Exhausted,
    Ladder,
    PageNow,
    PageState,
    RunState,
    Step,
    next_step,
)
from bot.domain.rights import Deed
from bot.domain.severity import Severity
from bot.policy import Policy
from bot.services.case import Case, take_up
from bot.services.runs import Run, gone_from, page_now, tell_exhausted
from bot.services.written import checked_text
from bot.store import pages, people
from bot.store.database import Database
from bot.store.tables import PagingRun


@dataclass(frozen=True, slots=True)
class Started:
    """A run that has begun. `targets` is empty where nobody could be paged."""

    run_id: str
    team_key: str
    team_name: str
    targets: tuple[UserId, ...]
    started_at: datetime
    ack_due_at: datetime


def page_team(
    db: Database, policy: Policy, act: Act, incident_id: str, team: TeamKey, why: str = ""
) -> Started:
    """Start a team's escalation, on the ladder that the policy has for it now."""
    why = checked_text("why", why, needed=False)
    with db.transaction(act) as tx, take_up(tx, act, incident_id, Deed.PAGE) as case:
        _refuse_second_run(case, team)
        started = start_team(case, policy, team, why)
        if not started.targets:
            raise NobodyToPage(started.team_name)
        case.card_changed()
        return started


def page_person(
    db: Database, policy: Policy, act: Act, incident_id: str, user: UserId, why: str = ""
) -> Started:
    """Page one person; when they do not answer, the escalation manager is next."""
    why = checked_text("why", why, needed=False)
    with db.transaction(act) as tx, take_up(tx, act, incident_id, Deed.PAGE) as case:
        _refuse_second_run(case, PERSON_PREFIX + user)
        started = start_person(case, policy, user, why)
        if not started.targets:
            raise NobodyToPage(started.team_name)
        case.card_changed()
        return started


def _refuse_second_run(case: Case, team: str) -> None:
    going_on = being_paged(case, team)
    if going_on is not None:
        name = going_on.team_name
        raise BadInput("team", f"{name} is being paged for {case.reference} already")


def being_paged(case: Case, team: str) -> Started | None:
    """Return the run in which a team (or a person, by its key) is asked just now."""
    for run in pages.runs_of(case.tx, [case.id]):
        if run.team_key == team and run.state is RunState.PAGING:
            asked = dict.fromkeys(
                UserId(page.target)
                for page in pages.pages_of_run(case.tx, run.id)
                if page.state is PageState.WAITING
            )
            return Started(
                run.id, team, run.team_name, tuple(asked), run.started_at, run.ack_due_at
            )
    return None


def start_team(case: Case, policy: Policy, team: TeamKey, why: str = "") -> Started:
    return start_teams(case, policy, [team], why)[0]


def start_teams(
    case: Case, policy: Policy, teams: Sequence[TeamKey], why: str = ""
) -> list[Started]:
    """Start several teams' escalations at once; who is gone is asked once for all."""
    ladders = {team: policy.ladder(team, case.incident.severity) for team in teams}
    gone = gone_from(case, ladders.values())
    return [
        _start(case, policy, team, policy.teams[team].name, ladder, why, gone)
        for team, ladder in ladders.items()
    ]


def start_person(case: Case, policy: Policy, user: UserId, why: str = "") -> Started:
    wait = policy.severities[case.incident.severity].ack_within
    known = people.person(case.tx, case.act.workspace, user)
    if known is not None and known.outsider:
        raise BadInput("person", f"{known.name} is a guest or external and cannot be paged")
    steps = [Step((user,), wait)]
    backups = tuple(manager for manager in policy.managers_on_duty if manager != user)
    if backups:
        steps.append(Step(backups, wait))
    ladder = Ladder(tuple(steps), rounds=1)
    name = known.name if known else user
    return _start(case, policy, PERSON_PREFIX + user, name, ladder, why, gone_from(case, [ladder]))


def _start(
    case: Case,
    policy: Policy,
    team_key: str,
    name: str,
    ladder: Ladder,
    why: str,
    gone: frozenset[UserId],
) -> Started:
    """Store the run with its snapshot, its first step taken."""
    act = case.act
    ack_due = act.now + policy.severities[case.incident.severity].ack_within
    first = next_step(ladder, BEFORE, act.now, gone)
    run = Run(new_id(act.now), team_key, name, why)
    position = first.position if isinstance(first, PageNow) else BEFORE
    case.add(
        PagingRun,
        {
            "id": run.id,
            "incident_id": case.id,
            "team_key": team_key,
            "team_name": name,
            "ladder": ladder.to_json(),
            "state": RunState.PAGING if isinstance(first, PageNow) else RunState.EXHAUSTED,
            "round": position.round,
            "step": position.step,
            "next_at": first.next_at if isinstance(first, PageNow) else None,
            "why": why,
            "requested_by": act.user,
            "started_at": act.now,
            "ack_due_at": ack_due,
            "by_entitled": case.entitled,
        },
    )
    match first:
        case PageNow():
            page_now(case, run, first)
            return Started(run.id, team_key, name, first.targets, act.now, ack_due)
        case Exhausted():
            tell_exhausted(case, policy, run)
            return Started(run.id, team_key, name, (), act.now, ack_due)


def worsen(case: Case, policy: Policy, severity: Severity) -> None:
    """Page the teams that a higher severity brings in and that were never paged."""
    paged = {run.team_key for run in pages.runs_of(case.tx, [case.id])}
    proposed = policy.proposed_teams(case.incident.category, severity)
    start_teams(case, policy, [team for team in proposed if team not in paged], severity.value)
