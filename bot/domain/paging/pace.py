"""Moves an unanswered run to another ladder when the severity changes."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.ids import UserId
from bot.domain.paging.ladders import Exhausted, Ladder, PageNow, Position, next_step


@dataclass(frozen=True, slots=True)
class Pace:
    """The state of a run.

    `asked`: the people who hold a waiting page. `began`: when the newest of these pages was made.
    `next_at`: when the next step comes; None once the whole ladder has ended.
    """

    ladder: Ladder
    at: Position
    next_at: datetime | None
    ack_due_at: datetime
    began: datetime
    asked: tuple[UserId, ...]
    said_no: tuple[UserId, ...] = ()


@dataclass(frozen=True, slots=True)
class Moved:
    """The run continues on this ladder. `page`: the people who get a new page now."""

    ladder: Ladder
    next_at: datetime | None
    ack_due_at: datetime
    page: PageNow | None = None


def sooner(
    pace: Pace, ladder: Ladder, ack_within: timedelta, now: datetime, gone: Collection[UserId]
) -> Moved:
    """Move a run after the severity has risen.

    The new ladder begins now, unless the old one's next step comes sooner anyway. If it begins now,
    everyone who holds a page gets it again, so that it rings. The ladder passes over people who
    said no. If only they are left, it pages them, because they said no to a milder severity.
    """
    ack_due = min(pace.ack_due_at, now + ack_within)
    again = replace(ladder, first_round=pace.at.round + 1)
    first = next_step(again, again.before, now, {*gone, *pace.said_no})
    if isinstance(first, Exhausted):
        first = next_step(again, again.before, now, gone)
    if isinstance(first, PageNow) and (pace.next_at is None or first.next_at < pace.next_at):
        asked = [user for user in pace.asked if user not in gone]
        targets = tuple(dict.fromkeys((*first.targets, *asked)))
        return Moved(again, first.next_at, ack_due, replace(first, targets=targets))
    return Moved(_in_place(pace, ladder), pace.next_at, ack_due)


def later(pace: Pace, ladder: Ladder, ack_within: timedelta) -> Moved:
    """Move a run after the severity has fallen. The current step now waits as long as the new
    ladder says, and never less than before."""
    ack_due = max(pace.ack_due_at, pace.began + ack_within)
    if pace.next_at is None or not ladder.steps:
        return Moved(_in_place(pace, ladder), pace.next_at, ack_due)
    wait = ladder.steps[min(pace.at.step, len(ladder.steps) - 1)].wait
    return Moved(_in_place(pace, ladder), max(pace.next_at, pace.began + wait), ack_due)


def _in_place(pace: Pace, ladder: Ladder) -> Ladder:
    return replace(ladder, first_round=pace.ladder.first_round)
