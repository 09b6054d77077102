"""The weeks of a digest: what one covers, and when it is due, clock changes included."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from bot.domain.followups.cadence import is_late
from bot.domain.times.points import instants


@dataclass(frozen=True, slots=True)
class Period:
    """From `start` up to, not including, `end`. A week is seven days on the wall clock of `zone`,
    so that one with a change of clocks has 167 or 169 hours and the periods still tile."""

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
    """The seven days before a moment: what a digest asked for by hand covers."""
    return Period(_days_before(moment, 7, zone), moment, zone)


def _days_before(moment: datetime, days: int, zone: ZoneInfo) -> datetime:
    local = moment.astimezone(zone)
    day = local.date() - timedelta(days=days)
    clock = local.time().replace(tzinfo=None, fold=0)
    return next(instants(day, clock, zone))


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One digest that is due. `period_end` names it: no two of one rule share it."""

    period_start: datetime
    period_end: datetime
    due_at: datetime
    late: bool = False


def next_occurrence(weekday: int, at: time, zone: ZoneInfo, now: datetime) -> Occurrence:
    """Return the first digest that is due after `now`; `weekday` 0 is Monday."""
    return next(found for found in _around(weekday, at, zone, now) if found.due_at > now)


def periods_due(
    weekday: int, at: time, zone: ZoneInfo, after: datetime | None, now: datetime
) -> list[Occurrence]:
    """Return what became due after `after` and is due by `now`: one digest or none.

    `after` is the `due_at` of the last one that went out, or the moment the rule was first seen;
    None counts the past as missed. After a longer downtime only the latest is made up for, marked
    late: several weeks at once would tell nobody anything.
    """
    passed = [found for found in _around(weekday, at, zone, now) if found.due_at <= now]
    latest = passed[-1]
    if after is not None and latest.due_at <= after:
        return []
    return [replace(latest, late=is_late(latest.due_at, now))]


def _around(weekday: int, at: time, zone: ZoneInfo, now: datetime) -> Sequence[Occurrence]:
    """The occurrences of the weeks around `now`, one for each local date with this weekday.

    A time that comes twice counts the first time; one that is skipped, moved on by what is skipped.
    """
    today = now.astimezone(zone).date()
    latest = today - timedelta(days=(today.weekday() - weekday) % 7)
    days = [latest + timedelta(days=7 * week) for week in (-3, -2, -1, 0, 1, 2)]
    due = [next(instants(day, at, zone)) for day in days]
    return [Occurrence(start, end, end) for start, end in pairwise(due)]
