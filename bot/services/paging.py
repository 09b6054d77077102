"""Pages: who is told now, and who is next when nobody acknowledges."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.domain.act import Act
from bot.domain.clockwork import is_late
from bot.domain.duework import DeliveryKind, Priority, TimerKind
from bot.domain.errors import BadInput, NobodyToPage
from bot.domain.ids import TeamKey, UserId, new_id
from bot.domain.paging import (
    BEFORE,
    PERSON_PREFIX,
    Exhausted,
    Ladder,
    PageNow,
    PageState,
    Position,
    RunState,
    Step,
    next_step,
)
from bot.domain.rights import Deed
from bot.domain.severity import Severity
from bot.domain.timeline import EntryKind
from bot.policy import Policy
from bot.services.case import Case, take_up
from bot.services.written import checked_text
from bot.store import pages, people, timers, withdrawals
from bot.store.database import Database
from bot.store.outbox import Outgoing
from bot.store.tables import Page, PagingRun
from bot.store.timers import NewTimer

_ASKS = (DeliveryKind.PAGE, DeliveryKind.FALLBACK)


@dataclass(frozen=True, slots=True)
class Started:
    """A run that has just begun. `targets` is empty where nobody could be paged."""

    run_id: str
    team_key: str
    team_name: str
    targets: tuple[UserId, ...]
    ack_due_at: datetime


@dataclass(frozen=True, slots=True)
class _Run:
    """What the messages and the timeline need of a run, new or stored."""

    id: str
    team_key: str
    team_name: str
    why: str


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
    for run in pages.runs_of(case.tx, [case.id]):
        if run.team_key == team and run.state is RunState.PAGING:
            raise BadInput("team", f"{run.team_name} is being paged for {case.reference} already")


def start_team(case: Case, policy: Policy, team: TeamKey, why: str = "") -> Started:
    return start_teams(case, policy, [team], why)[0]


def start_teams(
    case: Case, policy: Policy, teams: Sequence[TeamKey], why: str = ""
) -> list[Started]:
    """Start several teams' escalations at once; who is gone is asked once for all."""
    ladders = {team: policy.ladder(team, case.incident.severity) for team in teams}
    gone = _gone(case, ladders.values())
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
    return _start(case, policy, PERSON_PREFIX + user, name, ladder, why, _gone(case, [ladder]))


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
    run = _Run(new_id(act.now), team_key, name, why)
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
        },
    )
    match first:
        case PageNow():
            _page(case, run, first)
            return Started(run.id, team_key, name, first.targets, ack_due)
        case Exhausted():
            _tell_exhausted(case, policy, run)
            return Started(run.id, team_key, name, (), ack_due)


def advance(case: Case, policy: Policy, run: PagingRun, late_since: datetime | None = None) -> None:
    """Take the next step of a run, or end it when there is none.

    `late_since` is when the step was due, where it comes so late that people should know.
    """
    _advance(case, policy, run, pages.pages_of_run(case.tx, run.id), late_since)


def _advance(
    case: Case,
    policy: Policy,
    run: PagingRun,
    paged: Sequence[Page],
    late_since: datetime | None = None,
) -> None:
    # Whatever the step was due for is decided here: left alone, its timer would take one more.
    timers.cancel(case.tx, TimerKind.PAGE_STEP, run.id)
    ladder = Ladder.from_json(run.ladder)
    before = Position(run.round, run.step)
    said_no = {
        UserId(page.target)
        for page in paged
        if page.state in (PageState.DECLINED, PageState.UNREACHABLE)
    }
    decision = next_step(ladder, before, case.act.now, _gone(case, [ladder]) | said_no)
    match decision:
        case PageNow():
            if pages.move(case.tx, run.id, before, decision.position, decision.next_at):
                _page(case, _named(run), decision, late_since)
        case Exhausted():
            if pages.end_run(case.tx, run.id, [RunState.PAGING], {"state": RunState.EXHAUSTED}):
                _tell_exhausted(case, policy, _named(run))


def _named(run: PagingRun) -> _Run:
    return _Run(run.id, run.team_key, run.team_name, run.why)


def _gone(case: Case, ladders: Collection[Ladder]) -> frozenset[UserId]:
    """Who on these ladders has left Slack since the policy was written."""
    everyone = {target for ladder in ladders for step in ladder.steps for target in step.targets}
    gone = people.gone(case.tx, case.act.workspace, everyone)
    return frozenset(UserId(user) for user in gone)


def _page(case: Case, run: _Run, step: PageNow, late_since: datetime | None = None) -> None:
    now, position = case.act.now, step.position
    late: dict[str, Any] = {} if late_since is None else {"late_since": late_since.isoformat()}
    for target in step.targets:
        page_id = new_id(now)
        case.add(
            Page,
            {
                "id": page_id,
                "incident_id": case.id,
                "run_id": run.id,
                "round": position.round,
                "step": position.step,
                "target": target,
                "state": PageState.WAITING,
                "created_at": now,
                "reason": "",
            },
        )
        case.send(_page_message(case, page_id, target, late))
    occurrence = f"{position.round}.{position.step}"
    case.plan(NewTimer(TimerKind.PAGE_STEP, run.id, occurrence, step.next_at, case.id))
    case.record(
        EntryKind.PAGED,
        run=run.id,
        team=run.team_key,
        name=run.team_name,
        targets=list(step.targets),
        round=position.round,
        step=position.step,
        why=run.why,
        **late,
    )


def _page_message(case: Case, page_id: str, target: UserId, late: Mapping[str, Any]) -> Outgoing:
    return Outgoing(
        kind=DeliveryKind.PAGE,
        priority=Priority.PAGE,
        lane=f"person/{target}",
        subject=page_id,
        incident_id=case.id,
        dedup_key=f"page:{page_id}",
        target=target,
        args=late,
    )


def _tell_exhausted(case: Case, policy: Policy, run: _Run) -> None:
    """Nobody is left: the escalation manager, operations and the incident's channel are told."""
    case.record(EntryKind.EXHAUSTED, aloud=True, run=run.id, team=run.team_key, name=run.team_name)
    told = dict.fromkeys((*policy.managers_on_duty, *policy.operations_fallback))
    for user in told:
        case.send(
            Outgoing(
                kind=DeliveryKind.EXHAUSTED,
                priority=Priority.PAGE,
                lane=f"person/{user}",
                subject=run.id,
                incident_id=case.id,
                dedup_key=f"exhausted:{run.id}:{user}",
                target=user,
            )
        )


def step_due(case: Case, policy: Policy, run_id: str, due_at: datetime) -> None:
    """Nobody acknowledged in time: the timer of a step fires, late after a downtime."""
    # Behind the incident's lock: an acknowledgement may have come first.
    run = pages.run(case.tx, run_id)
    if run is not None and run.state is RunState.PAGING:
        advance(case, policy, run, due_at if is_late(due_at, case.act.now) else None)
        case.card_changed()


def unreachable(case: Case, policy: Policy, page: Page, error: str) -> None:
    """Slack says that a target is dead: its backup is paged in the same transaction."""
    run = pages.run(case.tx, page.run_id)
    pages.answer(case.tx, page.id, PageState.UNREACHABLE, case.act.now, error)
    case.record(
        EntryKind.UNREACHABLE,
        aloud=True,
        person=page.target,
        error=error,
        name=run.team_name if run else "",
    )
    if run is not None and run.state is RunState.PAGING:
        next_unless_others_wait(case, policy, run)
    case.card_changed()


def next_unless_others_wait(case: Case, policy: Policy, run: PagingRun) -> None:
    """Take the next step now, unless someone else of this step may still answer."""
    paged = pages.pages_of_run(case.tx, run.id)
    if not any(
        page.state is PageState.WAITING and (page.round, page.step) == (run.round, run.step)
        for page in paged
    ):
        _advance(case, policy, run, paged)


def settle_run(case: Case, run_id: str) -> None:
    """Withdraw what is unsent of a run that has ended, and edit what was sent."""
    timers.cancel(case.tx, TimerKind.PAGE_STEP, run_id)
    pages.supersede(case.tx, run_id, case.act.now)
    told = pages.pages_of_run(case.tx, run_id)
    withdrawals.cancel(case.tx, [page.id for page in told], _ASKS)
    case.send(*(page_changed(case, page) for page in told if page.message_ts is not None))


def page_changed(case: Case, page: Page) -> Outgoing:
    """Have a sent page edited to what is true now."""
    drill = case.incident.drill
    return Outgoing(
        kind=DeliveryKind.CANARY_UPDATE if drill else DeliveryKind.PAGE_UPDATE,
        priority=Priority.NOTICE,
        lane=f"person/{page.target}",
        subject=page.id,
        incident_id=page.incident_id,
        dedup_key=f"page-update:{page.id}:{new_id(case.act.now)}",
        merge_key=f"page-update:{page.id}",
        target=page.target,
    )


def end_all(case: Case) -> None:
    """Nobody needs to answer any more: the incident has ended.

    A team that was called off in time is not counted; one that let its time pass stays unanswered.
    """
    for run in pages.runs_of(case.tx, [case.id]):
        late = case.act.now > run.ack_due_at
        ended = {"state": RunState.EXHAUSTED if late else RunState.CANCELLED}
        if pages.end_run(case.tx, run.id, [RunState.PAGING], ended):
            settle_run(case, run.id)


def worsen(case: Case, policy: Policy, severity: Severity) -> None:
    """Page the teams that a higher severity brings in and that were never paged."""
    paged = {run.team_key for run in pages.runs_of(case.tx, [case.id])}
    proposed = policy.proposed_teams(case.incident.category, severity)
    start_teams(case, policy, [team for team in proposed if team not in paged], severity.value)
