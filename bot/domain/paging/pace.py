"""A run that nobody has answered moves to another ladder, because the severity has changed."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.ids import UserId
from bot.domain.paging.ladders import Exhausted, Ladder, PageNow, Position, next_step


@dataclass(frozen=True, slots=True)
class Pace:
    """How a run stands: `asked` hold a page that waits, `began` is when the last of them was made.

    `next_at` is None where the whole ladder went by.
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
    """The run goes on by this ladder. `page`: these people are paged now, with a new page."""

    ladder: Ladder
    next_at: datetime | None
    ack_due_at: datetime
    page: PageNow | None = None


def sooner(
    pace: Pace, ladder: Ladder, ack_within: timedelta, now: datetime, gone: Collection[UserId]
) -> Moved:
    """The severity has risen: the new ladder begins now, unless the next step comes sooner anyway.

    Where it begins, everyone who holds a page gets it again, so that it rings. People who said no
    are passed over, unless nobody else is left: they were asked about something milder.
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
    """The severity has fallen: the step that waits now waits for as long as on the new ladder."""
    ack_due = max(pace.ack_due_at, pace.began + ack_within)
    if pace.next_at is None or not ladder.steps:
        return Moved(_in_place(pace, ladder), pace.next_at, ack_due)
    wait = ladder.steps[min(pace.at.step, len(ladder.steps) - 1)].wait
    return Moved(_in_place(pace, ladder), max(pace.next_at, pace.began + wait), ack_due)


def _in_place(pace: Pace, ladder: Ladder) -> Ladder:
    return replace(ladder, first_round=pace.ladder.first_round)
