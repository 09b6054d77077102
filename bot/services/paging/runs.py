"""A run under way: its next step, its end, and the pages that are then withdrawn."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from bot.domain.followups.cadence import is_late
from bot.domain.ids import UserId, new_id
from bot.domain.kinds import DeliveryKind, TimerKind
from bot.domain.paging.ladders import (
    BEFORE,
    FIRST,
    SAID_NO,
    STILL_ASKED,
    Exhausted,
    Ladder,
    PageNow,
    PageState,
    Position,
    RunState,
    next_step,
)
from bot.domain.paging.paging_entries import ExhaustedEntry, PagedEntry, UnreachableEntry
from bot.domain.staleness import Change
from bot.policy import Policy
from bot.services.locked import LockedIncident
from bot.services.paging import on_call
from bot.services.paging.page_edits import page_changed, page_wanted, pages_changed
from bot.services.staleness import keep_true_of
from bot.services.unanswered.early_word import say_early
from bot.services.unanswered.managers import tell_managers
from bot.store.delivery import withdrawals
from bot.store.duework import timers
from bot.store.duework.timers import NewTimer
from bot.store.paging import pages, run_changes
from bot.store.tables import Page, PagingRun
from bot.store.transaction import Transaction

ASKS = (DeliveryKind.PAGE, DeliveryKind.FALLBACK)
NOT_WANTED_BEFORE: Mapping[UserId, datetime] = {}


def advance(
    locked: LockedIncident, policy: Policy, run: PagingRun, late_since: datetime | None = None
) -> None:
    """Take the run's next step, or end the run if there is none.

    `late_since`: when the step was due, if it comes so late that people should know.
    """
    _advance(locked, policy, run, pages.pages_of_run(locked.tx, run.id), late_since)


def _advance(
    locked: LockedIncident,
    policy: Policy,
    run: PagingRun,
    paged: Sequence[Page],
    late_since: datetime | None = None,
    *,
    passed: bool = False,
) -> tuple[UserId, ...]:
    """Return who is paged now; no one at the end of the ladder.

    `passed`: the time for an answer is over, which the timeline says before who is paged next.
    """
    # This decides what the step was due for. Its timer, if left, would take another step.
    timers.cancel(locked.tx, TimerKind.PAGE_STEP, run.id)
    ladder = Ladder.from_json(run.ladder)
    before = run.at
    said_no = {UserId(page.target) for page in paged if page.state in SAID_NO}
    decision = next_step(ladder, before, locked.act.now, gone_from(locked, [ladder]) | said_no)
    match decision:
        case PageNow():
            if run_changes.move(locked.tx, run.id, before, decision.position, decision.next_at):
                if passed:
                    tried = dict.fromkeys(UserId(page.target) for page in paged)
                    say_early(locked, run, tuple(tried), decision.targets)
                since = give_way(locked, paged, decision.targets)
                page_now(locked, run, decision, run.why, late_since, since)
                locked.send(*pages_changed(locked, paged))
                return decision.targets
        case Exhausted():
            if run_changes.exhaust(locked.tx, run.id):
                exhausted(locked, policy, run, ladder, before, paged)
                locked.send(*pages_changed(locked, paged))
    return ()


def gone_from(locked: LockedIncident, ladders: Collection[Ladder]) -> frozenset[UserId]:
    return on_call.gone_from(locked.tx, locked.act.workspace, ladders)


def page_now(
    locked: LockedIncident,
    run: PagingRun,
    step: PageNow,
    why: str,
    late_since: datetime | None = None,
    wanted_since: Mapping[UserId, datetime] = NOT_WANTED_BEFORE,
) -> None:
    """Page these people, and plan the next step. `why`: the words that go with the page.

    `wanted_since`: for people whose earlier page Slack has not accepted, when its wait began.
    """
    _ask(locked, run, step.position, step.targets, why, late_since, wanted_since)
    occurrence = f"{step.position.round}.{step.position.step}"
    locked.plan(NewTimer(TimerKind.PAGE_STEP, run.id, occurrence, step.next_at, locked.id))


def _ask(
    locked: LockedIncident,
    run: PagingRun,
    position: Position,
    targets: Sequence[UserId],
    why: str,
    late_since: datetime | None = None,
    wanted_since: Mapping[UserId, datetime] = NOT_WANTED_BEFORE,
) -> None:
    now = locked.act.now
    for target in targets:
        page_id = new_id(now)
        locked.add(
            pages.new_page(
                page_id=page_id,
                incident_id=locked.id,
                run_id=run.id,
                at=position,
                target=target,
                now=now,
            )
        )
        locked.send(page_wanted(locked, page_id, target, late_since, wanted_since.get(target)))
    locked.record(
        PagedEntry(
            run=run.id,
            team=run.team_key,
            name=run.team_name,
            targets=list(targets),
            round=position.round - run.first_round,
            step=position.step,
            why=why,
            late_since=None if late_since is None else late_since.isoformat(),
        )
    )


def give_way(
    locked: LockedIncident, told: Sequence[Page], again: Collection[UserId]
) -> Mapping[UserId, datetime]:
    """Replace the pages of people who are paged `again`: each has only one to answer in a run.

    Returns, for those whose old page Slack has not accepted, when its wait began. The fallback
    counts that wait for the new page.
    """
    replaced = [page for page in told if page.state in STILL_ASKED and UserId(page.target) in again]
    if not replaced:
        return NOT_WANTED_BEFORE
    ids = [page.id for page in replaced]
    pages.replace(locked.tx, ids, locked.act.now)
    withdrawals.cancel(locked.tx, ids, ASKS)
    return {UserId(page.target): page.created_at for page in replaced if page.message_ts is None}


def exhausted(
    locked: LockedIncident,
    policy: Policy,
    run: PagingRun,
    ladder: Ladder,
    at: Position,
    paged: Sequence[Page] = (),
) -> tuple[UserId, ...]:
    """Tell the managers on duty and the incident's channel that the ladder has ended.

    If no page reached anyone, people on the ladder who count as gone may be there after all: Slack
    may be wrong. They are paged too, and returned.
    """
    asked = {UserId(page.target) for page in paged}
    left = [user for user in ladder.everyone if user not in asked]
    reached = [page.target for page in paged if page.sent_at is not None]
    doubted = () if reached else on_call.but_guests(locked.tx, locked.act.workspace, left)
    locked.record(
        ExhaustedEntry(
            run=run.id,
            team=run.team_key,
            name=run.team_name,
            reached=list(dict.fromkeys(reached)),
            waiting=list(dict.fromkeys(page.target for page in paged if page.sent_at is None)),
            doubted=list(doubted),
            left=[user for user in left if user not in doubted],
        ),
        aloud=True,
    )
    if doubted:
        _ask(locked, run, at if at != BEFORE else FIRST, doubted, run.why)
    tell_managers(locked, policy, run.id, run.first_round)
    return doubted


def step_due(locked: LockedIncident, policy: Policy, run_id: str, due_at: datetime) -> bool:
    """Take the next step when its timer fires (late after a downtime): no one has acknowledged.

    Returns whether the run's early word was already sent, and so is out of date now.
    """
    # Read behind the incident's lock: an acknowledgement may have come first.
    run = pages.run(locked.tx, run_id)
    if run is None or run.state is not RunState.PAGING:
        return False
    paged = pages.pages_of_run(locked.tx, run.id)
    late_since = due_at if is_late(due_at, locked.act.now) else None
    _advance(locked, policy, run, paged, late_since, passed=True)
    locked.card_changed()
    return run.early_word_at is not None


def unreachable(
    locked: LockedIncident, policy: Policy, page: Page, error: str, *, again: bool = False
) -> None:
    """Page the backup, in the same transaction, because Slack does not accept a page.

    `again`: the person may not have left, so Slack is asked again.
    """
    run = pages.run(locked.tx, page.run_id)
    pages.answer(locked.tx, page.id, PageState.UNREACHABLE, locked.act.now, error)
    locked.record(
        UnreachableEntry(
            person=page.target,
            error=error,
            team=run.team_key if run else "",
            name=run.team_name if run else "",
            again=again,
        ),
        aloud=True,
    )
    if run is not None and run.state is RunState.PAGING:
        next_unless_others_wait(locked, policy, run)
    locked.card_changed()


def next_unless_others_wait(
    locked: LockedIncident, policy: Policy, run: PagingRun
) -> tuple[UserId, ...]:
    """Take the next step now, unless another person of this step may still answer.

    Returns who is paged by it.
    """
    paged = pages.pages_of_run(locked.tx, run.id)
    if not any(
        page.state is PageState.WAITING and (page.round, page.step) == (run.round, run.step)
        for page in paged
    ):
        targets = _advance(locked, policy, run, paged)
    else:
        # The pages change too: fewer people can still answer.
        locked.send(*pages_changed(locked, paged))
        targets = ()
    if run.early_word_at is not None:
        keep_true_of(locked, Change.ANSWERED, run.id)
    return targets


def waiting_now(tx: Transaction, run_id: str) -> tuple[UserId, ...]:
    """Return the people who have a page of this run that they can still answer."""
    told = pages.pages_of_run(tx, run_id)
    waiting = [UserId(page.target) for page in told if page.state is PageState.WAITING]
    return tuple(dict.fromkeys(waiting))


def settle_run(locked: LockedIncident, run_id: str) -> None:
    """Withdraw the unsent pages of a run that has ended, and edit those that were sent."""
    timers.cancel(locked.tx, TimerKind.PAGE_STEP, run_id)
    pages.supersede(locked.tx, run_id, locked.act.now)
    told = pages.pages_of_run(locked.tx, run_id)
    withdrawals.cancel(locked.tx, [page.id for page in told], ASKS)
    locked.send(*(page_changed(locked, page) for page in told if page.message_ts is not None))
