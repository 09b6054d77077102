"""Pure rules on time: snoozes, local mornings and lateness."""

from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

MORNING = time(9, 0)


class Snooze(StrEnum):
    """The delays that a reminder's buttons offer."""

    HALF_AN_HOUR = "30m"
    TWO_HOURS = "2h"
    TOMORROW = "tomorrow"


def snoozed_until(snooze: Snooze, now: datetime, zone: ZoneInfo) -> datetime:
    """Return when the reminder comes again. Tomorrow means 09:00 in the person's time zone."""
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
    """Tell whether a message comes more than ten minutes after its due time, and must say so."""
    return now - due > LATE_AFTER
