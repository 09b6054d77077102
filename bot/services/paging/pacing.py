"""How unanswered runs follow the severity: the ladder on which they go on, and from when."""

from collections.abc import Iterable, Mapping, Sequence

from bot.domain.ids import TeamKey, UserId
from bot.domain.incidents.severity import Severity
from bot.domain.kinds import TimerKind
from bot.domain.paging.ladders import (
    PERSON_PREFIX,
    SAID_NO,
    UNANSWERED,
    Ladder,
    PageState,
    RunState,
    Step,
)
from bot.domain.paging.pace import Moved, Pace, sooner
from bot.domain.paging.reasons import Occasion, Reason, with_another
from bot.domain.staleness import Change
from bot.policy import Policy
from bot.services.locked import LockedIncident
from bot.services.paging.page_edits import pages_changed
from bot.services.paging.runs import give_way, gone_from, page_now
from bot.services.paging.withdrawal import vouched
from bot.services.staleness import keep_true_of
from bot.store.duework import timers
from bot.store.duework.timers import NewTimer
from bot.store.paging import pages, run_changes
from bot.store.tables import Page, PagingRun


def person_ladder(policy: Policy, severity: Severity, user: UserId) -> Ladder:
    """Return the ladder for paging one person; the managers on duty are the next step."""
    wait = policy.severities[severity].ack_within
    steps = [Step((user,), wait)]
    backups = tuple(manager for manager in policy.managers_on_duty if manager != user)
    if backups:
        steps.append(Step(backups, wait))
    return Ladder(tuple(steps))


def ladder_now(policy: Policy, run: PagingRun, severity: Severity) -> Ladder | None:
    """Return the ladder with which the run would begin now; None if the team left the policy.

    The run's key tells a person's run from a team's. A person who handed it over is left out.
    """
    if run.team_key.startswith(PERSON_PREFIX):
        user = UserId(run.team_key.removeprefix(PERSON_PREFIX))
        ladder = person_ladder(policy, severity, user)
    elif run.team_key in policy.teams:
        ladder = policy.ladder(TeamKey(run.team_key), severity)
    else:
        return None
    for reason in run.why_asked:
        if reason.occasion is Occasion.HANDED_OVER:
            ladder = ladder.after(reason.by)
    return ladder if ladder.steps else None


def pace_of(run: PagingRun, paged: Sequence[Page]) -> Pace:
    """Return the run's present pace; `paged` are its pages."""
    waiting = [page for page in paged if page.state is PageState.WAITING]
    return Pace(
        ladder=Ladder.from_json(run.ladder),
        at=run.at,
        next_at=run.next_at if run.state is RunState.PAGING else None,
        ack_due_at=run.ack_due_at,
        began=max((page.created_at for page in paged), default=run.started_at),
        asked=tuple(dict.fromkeys(UserId(page.target) for page in waiting)),
        said_no=tuple(UserId(page.target) for page in paged if page.state in SAID_NO),
    )


def newest_unanswered(runs: Iterable[PagingRun]) -> list[PagingRun]:
    """Return the newest run of each team, where it is unanswered."""
    newest = {run.team_key: run for run in runs}
    return [run for run in newest.values() if run.state in UNANSWERED]


def hasten(
    locked: LockedIncident, policy: Policy, run: PagingRun, reason: Reason
) -> tuple[UserId, ...]:
    """Page a team again if its run is slower than the severity now asks for.

    Returns who is paged; no one if the run already has the right pace. Releases up to 0.2 left such
    slow runs behind when a severity rose.
    """
    severity = locked.incident.severity
    ladder = ladder_now(policy, run, severity)
    if ladder is None or ladder.paces_like(Ladder.from_json(run.ladder)):
        return ()
    within = policy.severities[severity].ack_within
    pace = pace_of(run, pages.pages_of_run(locked.tx, run.id))
    moved = sooner(pace, ladder, within, locked.act.now, gone_from(locked, [ladder]))
    return move(locked, run, moved, reason, _vouched(locked, run)) if moved.page is not None else ()


def move(
    locked: LockedIncident,
    run: PagingRun,
    moved: Moved,
    reason: Reason,
    asker: UserId | None = None,
) -> tuple[UserId, ...]:
    """Move a run to another ladder, and say why on its pages; return who is paged now.

    `asker`: who asks for the run from now on. A change of severity alone does not change that.
    """
    reasons = with_another(run.why_asked, reason)
    gone_on = run_changes.go_on(locked.tx, run, moved, reasons, asker)
    if gone_on is None:
        return ()
    timers.cancel(locked.tx, TimerKind.PAGE_STEP, run.id)
    targets = moved.page.targets if moved.page is not None else ()
    told = pages.pages_of_run(locked.tx, run.id)
    wanted_since = give_way(locked, told, targets)
    locked.send(*pages_changed(locked, told))
    if moved.page is not None:
        page_now(locked, gone_on, moved.page, reason.words, wanted_since=wanted_since)
        if run.state is RunState.EXHAUSTED:
            keep_true_of(locked, Change.WENT_ON, run.id, locked.id)
    elif moved.next_at is not None:
        occurrence = f"{run.round}.{run.step}"
        step = NewTimer(TimerKind.PAGE_STEP, run.id, occurrence, moved.next_at, locked.id)
        locked.plan(step)
    return targets


def explain(locked: LockedIncident, run: PagingRun, reason: Reason) -> None:
    """Add a reason to the pages of a run that goes on as it is."""
    reasons = with_another(run.why_asked, reason)
    if run_changes.give_reasons(locked.tx, run, reasons, _vouched(locked, run)):
        locked.send(*pages_changed(locked, pages.pages_of_run(locked.tx, run.id)))


def vouches(locked: LockedIncident, run: PagingRun) -> bool:
    """Tell whether an entitled person now asks for a run that had no entitled asker before."""
    for_me = run.team_key == f"{PERSON_PREFIX}{locked.act.user}"
    return locked.entitled and not vouched(run) and not for_me


def _vouched(locked: LockedIncident, run: PagingRun) -> UserId | None:
    """Return the person acting if they vouch for the run: its responder then belongs by them."""
    return locked.act.user if vouches(locked, run) else None


def by_the_policy(locked: LockedIncident, run: PagingRun) -> UserId | None:
    """Return an asker for a run that the policy proposes, if it had no entitled one before."""
    return None if vouched(run) else locked.act.user


def by_run(paged: Iterable[Page]) -> Mapping[str, list[Page]]:
    found: dict[str, list[Page]] = {}
    for page in paged:
        found.setdefault(page.run_id, []).append(page)
    return found
