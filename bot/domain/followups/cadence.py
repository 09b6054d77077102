"""The policy's pure rules on time: cadence, snoozes, follow-ups."""

from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

MORNING = time(9, 0)


class Snooze(StrEnum):
    """What the buttons of a reminder offer."""

    HALF_AN_HOUR = "30m"
    TWO_HOURS = "2h"
    TOMORROW = "tomorrow"


def snoozed_until(snooze: Snooze, now: datetime, zone: ZoneInfo) -> datetime:
    """Return when it speaks again; tomorrow is 09:00 in the person's own time zone."""
    match snooze:
        case Snooze.HALF_AN_HOUR:
            return now + timedelta(minutes=30)
        case Snooze.TWO_HOURS:
            return now + timedelta(hours=2)
        case Snooze.TOMORROW:
            return local_morning(now, zone, days=1)


def local_morning(now: datetime, zone: ZoneInfo, *, days: int) -> datetime:
    """Return 09:00 local time `days` days after the local date of `now`."""
    day = now.astimezone(zone).date() + timedelta(days=days)
    return datetime.combine(day, MORNING, zone).astimezone(now.tzinfo)


LATE_AFTER = timedelta(minutes=10)


def is_late(due: datetime, now: datetime) -> bool:
    """A reminder that comes more than ten minutes after its time says so."""
    return now - due > LATE_AFTER
