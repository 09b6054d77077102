"""The weeks of a digest: the period that it covers and when it is due, across clock changes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from bot.domain.followups.cadence import is_late
from bot.domain.times.points import instants


@dataclass(frozen=True, slots=True)
class Period:
    """The time from `start` up to, but not including, `end`.

    A week is seven days on the wall clock of `zone`. A week with a clock change has 167 or 169
    hours, so the periods leave no gap and do not overlap.
    """

    start: datetime
    end: datetime
    zone: ZoneInfo

    def __contains__(self, moment: datetime | None) -> bool:
        return moment is not None and self.start <= moment < self.end

    def earlier(self, weeks: int) -> "Period":
        days = 7 * weeks
        return Period(
            _days_before(self.start, days, self.zone),
            _days_before(self.end, days, self.zone),
            self.zone,
        )


def week_until(moment: datetime, zone: ZoneInfo) -> Period:
    """Return the seven days before a moment, for a digest requested by command."""
    return Period(_days_before(moment, 7, zone), moment, zone)


def _days_before(moment: datetime, days: int, zone: ZoneInfo) -> datetime:
    local = moment.astimezone(zone)
    day = local.date() - timedelta(days=days)
    clock = local.time().replace(tzinfo=None, fold=0)
    return next(instants(day, clock, zone))


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One digest that is due. `period_end` identifies it among the digests of one rule."""

    period_start: datetime
    period_end: datetime
    due_at: datetime
    late: bool = False


def next_occurrence(weekday: int, at: time, zone: ZoneInfo, now: datetime) -> Occurrence:
    """Return the first digest that is due after `now`. Weekday 0 is Monday."""
    return next(found for found in _around(weekday, at, zone, now) if found.due_at > now)


def periods_due(
    weekday: int, at: time, zone: ZoneInfo, after: datetime | None, now: datetime
) -> list[Occurrence]:
    """Return the digest that became due after `after` and by `now`, if there is one.

    `after` is the `due_at` of the last digest sent, or the moment the rule was first seen. None
    counts the past as missed. After a long downtime, only the latest digest goes out, marked late:
    several weeks at once would help no reader.
    """
    passed = [found for found in _around(weekday, at, zone, now) if found.due_at <= now]
    latest = passed[-1]
    if after is not None and latest.due_at <= after:
        return []
    return [replace(latest, late=is_late(latest.due_at, now))]


def _around(weekday: int, at: time, zone: ZoneInfo, now: datetime) -> Sequence[Occurrence]:
    """Return the occurrences of the weeks around `now`, one per local date with this weekday.

    If the clocks show the time twice, the first counts. If they skip it, it moves on by the length
    of the gap.
    """
    today = now.astimezone(zone).date()
    latest = today - timedelta(days=(today.weekday() - weekday) % 7)
    days = [latest + timedelta(days=7 * week) for week in (-3, -2, -1, 0, 1, 2)]
    due = [next(instants(day, at, zone)) for day in days]
    return [Occurrence(start, end, end) for start, end in pairwise(due)]
