"""Turns page rows into what a paged person reads."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.followups.cadence import is_late
from bot.domain.ids import PageId, TeamKey, UserId
from bot.domain.incidents.views import Head
from bot.domain.paging.ladders import SAID_NO, Ladder, PageState, Position, RunState, person_of
from bot.domain.paging.outlook import Follows, what_follows
from bot.domain.paging.page_messages import PageMessage
from bot.domain.paging.reasons import of_a_page, passed_on
from bot.services.handover.held_parts import parts_taken_over, questions_taken_over
from bot.services.views import round_of
from bot.store.tables import Page, PagingRun


@dataclass(frozen=True, slots=True)
class Asked:
    """How long a page's own step waits (None: it has passed), and what follows."""

    by: datetime | None
    follows: Follows | None


@dataclass(frozen=True, slots=True)
class Around:
    """The other facts that a page's words depend on: the run's other pages, and who left Slack."""

    pages: Sequence[Page] = ()
    gone: Collection[str] = ()


def page_message(
    page: Page,
    run: PagingRun,
    head: Head,
    now: datetime,
    around: Around,
    *,
    late_since: datetime | None = None,
    ended: bool = False,
) -> PageMessage:
    """Return what a page says.

    It is late if it waited to be sent, or if its step was late (`late_since`: the step's due time).
    `ended`: its incident has ended.
    """
    due = late_since or page.created_at
    late = page.sent_at is None and is_late(due, now)
    at, stands = Position(page.round, page.step), run.at
    ladder = Ladder.from_json(run.ladder)
    asked = asked_of(page, run, around)
    theirs = [
        Position(other.round, other.step) for other in around.pages if other.target == page.target
    ]
    reasons = run.why_asked
    return PageMessage(
        page_id=PageId(page.id),
        head=head,
        team=TeamKey(run.team_key),
        team_name=run.team_name,
        target=UserId(page.target),
        state=page.state,
        run_state=run.state,
        reasons=of_a_page(reasons, full=head.full),
        paged_at=page.sent_at or due,
        answer_by=asked.by,
        round=round_of(page, run),
        step=page.step,
        responder=UserId(run.responder) if run.responder else None,
        acked_at=run.acked_at,
        reason=page.reason if head.full else "",
        may_repeat=page.may_repeat,
        late=late,
        ended=ended,
        alone=len(ladder.steps[page.step].targets) == 1 if page.step < len(ladder.steps) else True,
        follows=asked.follows,
        place=place_of(run, around),
        asked_before=any(_before(other, at) for other in theirs),
        asked_again=any(_before(at, other) for other in theirs),
        went_on=at != stands,
        passed=passed_on(reasons),
        parts=parts_taken_over(run),
        questions=questions_taken_over(run) if head.full else (),
    )


def _before(one: Position, other: Position) -> bool:
    return (one.round, one.step) < (other.round, other.step)


def asked_of(page: Page, run: PagingRun, around: Around) -> Asked:
    """Return what a page asks for, in Slack and in the fallback."""
    if run.state is not RunState.PAGING:
        return Asked(None, None)
    stands = run.at
    own = Position(page.round, page.step) == stands
    ladder = Ladder.from_json(run.ladder)
    follows = what_follows(ladder, stands, _gone(around), run.team_key)
    return Asked(run.next_at if own else None, follows)


def _gone(around: Around) -> set[UserId]:
    """Return the people that the ladder passes over."""
    said_no = {UserId(page.target) for page in around.pages if page.state in SAID_NO}
    return {UserId(user) for user in around.gone} | said_no


def place_of(run: PagingRun, around: Around) -> PageState:
    """Return the state of the page to the person asked for by name, while others stand in."""
    asked = person_of(run.team_key)
    own = [page.state for page in around.pages if page.target == asked]
    return own[-1] if own else PageState.WAITING


def depends_on_others(page: Page, run: PagingRun) -> bool:
    """Tell whether the run's other pages matter for this one's words. At the first step, they
    don't."""
    first = Ladder.from_json(run.ladder).first_round, 0
    begun = (run.round, run.step) != first or page.state is not PageState.WAITING
    return run.responder is None and begun
