"""A change of severity: some people are paged, now or again, and others get more time."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.access.rights import Deed
from bot.domain.act import Act, Workspace
from bot.domain.errors import NothingToDo, ReasonNeeded
from bot.domain.ids import TeamKey, UserId
from bot.domain.incidents.entries import SeverityEntry
from bot.domain.incidents.results import SeverityChanged, WillPage
from bot.domain.incidents.severity import Severity
from bot.domain.incidents.views import Head
from bot.domain.paging.ladders import Ladder, PageNow, RunState, next_step, person_of
from bot.domain.paging.outlook import Follows, what_follows
from bot.domain.paging.pace import Moved, later, sooner
from bot.domain.paging.reasons import Occasion, Reason
from bot.domain.staleness import Change
from bot.policy import Policy
from bot.services.incidents import queries
from bot.services.locked import LockedIncident, lock_incident
from bot.services.paging.pacing import (
    by_run,
    by_the_policy,
    ladder_now,
    move,
    newest_unanswered,
    pace_of,
)
from bot.services.paging.starting import start_teams
from bot.services.staleness import keep_true
from bot.services.stored_text import checked_text
from bot.store.database import Database
from bot.store.incidents import incident_rows
from bot.store.paging import pages
from bot.store.people import people_and_groups
from bot.store.tables import Incident, PagingRun
from bot.store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class _Plan:
    """The effects of a new severity, decided before anything is written.

    `moved`: runs that go on by another ladder. `new`: the teams that a rise brings in, with the
    people paged first. `passed_over`: for each run, the people who have left or declined.
    `proposed`: the teams that the policy proposes for the new severity.
    """

    moved: tuple[tuple[PagingRun, Moved], ...]
    new: tuple[tuple[TeamKey, tuple[UserId, ...]], ...]
    passed_over: Mapping[str, frozenset[UserId]]
    proposed: frozenset[str]


def set_severity(
    db: Database, policy: Policy, act: Act, incident_id: str, to: Severity, reason: str = ""
) -> SeverityChanged:
    """Change the severity; lowering it needs a reason. Unanswered pages follow the new severity."""
    reason = checked_text("note", reason, needed=False)
    with (
        db.transaction(act) as tx,
        lock_incident(tx, act, incident_id, _deed(tx, incident_id, to)) as locked,
    ):
        was = locked.incident.severity
        if was is to:
            raise NothingToDo(locked.reference, was.value)
        if was.worse_than(to):
            locked.require(Deed.LOWER)
            if not reason:
                raise ReasonNeeded(to.value)
        return moved_to(locked, policy, to, reason)


def _deed(tx: Transaction, incident_id: str, to: Severity) -> Deed:
    """Return the deed that the change needs now; behind the lock, this is checked again."""
    incident = incident_rows.get(tx, incident_id)
    return Deed.LOWER if incident and incident.severity.worse_than(to) else Deed.RAISE


def moved_to(locked: LockedIncident, policy: Policy, to: Severity, reason: str) -> SeverityChanged:
    """Change the severity of an open incident, and do all that follows."""
    was = locked.incident.severity
    plan = _plan(locked.tx, policy, locked.incident, to, locked.act.now)
    locked.set_severity(to, policy.severities[to].update_every)
    locked.record(SeverityEntry(from_=was, to=to, reason=reason), aloud=True)
    changed = _follow(locked, policy, plan, was, reason)
    locked.expect_update()
    keep_true(locked, Change.SEVERITY)
    locked.card_changed()
    return changed


def _follow(
    locked: LockedIncident, policy: Policy, plan: _Plan, was: Severity, words: str
) -> SeverityChanged:
    to = locked.incident.severity
    occasion = Occasion.RAISED if to.worse_than(was) else Occasion.LOWERED
    reason = Reason(occasion, locked.act.user, to, words)
    paged, slower = [], []
    for run, moved in plan.moved:
        asker = by_the_policy(locked, run) if run.team_key in plan.proposed else None
        targets = move(locked, run, moved, reason, asker)
        if targets:
            paged.append(replace(_asked(run, targets), again=True))
        elif occasion is Occasion.LOWERED and moved.next_at is not None:
            follows = _follows(plan, run, moved)
            slower.append(replace(_asked(run), next_at=moved.next_at, follows=follows))
    started = start_teams(locked, policy, [team for team, _ in plan.new], reason, proposed=True)
    paged += [WillPage(one.team_name, one.targets) for one in started]
    return SeverityChanged(locked.reference, to, tuple(paged), tuple(slower))


def _asked(run: PagingRun, targets: tuple[UserId, ...] = ()) -> WillPage:
    return WillPage(run.team_name, targets, person=person_of(run.team_key))


def _follows(plan: _Plan, run: PagingRun, moved: Moved) -> Follows:
    at = run.at
    return what_follows(moved.ladder, at, plan.passed_over[run.id], run.team_key)


def preview(
    db: Database, policy: Policy, act: Act, incident_id: str, to: Severity
) -> tuple[Head, tuple[WillPage, ...]]:
    """Return the people to be paged if the severity became `to` now."""
    with db.reading() as tx:
        incident, head = queries.readable(tx, act, incident_id, Deed.RAISE)
        plan = _plan(tx, policy, incident, to, act.now)
    again = [
        replace(_asked(run, moved.page.targets), again=True)
        for run, moved in plan.moved
        if moved.page is not None
    ]
    new = [WillPage(policy.teams[team].name, targets) for team, targets in plan.new]
    return head, (*again, *new)


def _plan(
    tx: Transaction, policy: Policy, incident: Incident, to: Severity, now: datetime
) -> _Plan:
    """Decide what follows; the incident has to have its old severity still."""
    runs = pages.runs_of(tx, [incident.id])
    rises = to.worse_than(incident.severity)
    going_on = [
        (run, ladder)
        for run in newest_unanswered(runs)
        if (rises or run.state is RunState.PAGING)
        and (ladder := ladder_now(policy, run, to)) is not None
    ]
    known = {run.team_key for run in runs}
    proposed = policy.proposed_teams(incident.category, to)
    new = {team: policy.ladder(team, to) for team in proposed if rises and team not in known}
    told = by_run(pages.pages_of_incident(tx, incident.id) if going_on else ())
    ladders = [*new.values(), *(ladder for _, ladder in going_on)]
    everyone = {user for ladder in ladders for step in ladder.steps for user in step.targets}
    everyone |= {UserId(page.target) for each in told.values() for page in each}
    workspace = Workspace(incident.team_id, incident.enterprise_id)
    gone = {UserId(user) for user in people_and_groups.gone(tx, workspace, everyone)}
    within = policy.severities[to].ack_within
    moved, passed_over = [], {}
    for run, ladder in going_on:
        pace = pace_of(run, told.get(run.id, ()))
        went = sooner(pace, ladder, within, now, gone) if rises else later(pace, ladder, within)
        moved.append((run, went))
        passed_over[run.id] = frozenset(gone.union(pace.said_no))
    first = [(team, _first(ladder, now, gone)) for team, ladder in new.items()]
    return _Plan(tuple(moved), tuple(first), passed_over, frozenset(proposed))


def _first(ladder: Ladder, now: datetime, gone: set[UserId]) -> tuple[UserId, ...]:
    step = next_step(ladder, ladder.before, now, gone)
    return step.targets if isinstance(step, PageNow) else ()
