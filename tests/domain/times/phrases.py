"""Thousands of ways to write a time, made from parts, and an independent reader of them."""

from collections.abc import Iterator
from datetime import datetime
from itertools import product

import parsedatetime  # type: ignore[import-untyped]

_DAYS = (
    *("today", "tomorrow", "day after tomorrow", "next week"),
    *("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
    *("mon", "tue", "wed", "thu", "fri", "sat", "sun"),
    *("next monday", "next tuesday", "next friday", "next sunday", "this friday"),
    *("2026-12-01", "2027-01-31", "3 Dec", "Dec 3", "3 December 2026", "February 3rd"),
)
_CLOCKS = (
    *("9:00", "09:30", "14:19", "14:21", "17:30", "23:59", "0:30", "18:00:30"),
    *("9am", "5pm", "12pm", "12am", "9:00 p.m.", "9 pm", "7:45pm"),
    *("noon", "midnight", "eod"),
)
_ORDERS = (
    "{day} {clock}",
    "{day} at {clock}",
    "{clock} {day}",
    "{clock} on {day}",
    "{day}, {clock}",
)
_UNITS = ("m", "min", "minutes", "h", "hours", "d", "days", "weeks")
_COUNTS = (1, 2, 3, 5, 10, 12, 24, 30, 45, 90)
_LENGTHS = ("in {count} {unit}", "{count} {unit}", "{count}{unit}", "{count} {unit} from now")
_BOTH = (
    *("in {hours} hours and {minutes} minutes", "in {hours}h {minutes}m"),
    *("{hours}h{minutes}m", "in {hours} hours {minutes} minutes", "in {hours}h {minutes}"),
)

_CALENDAR = parsedatetime.Calendar(
    parsedatetime.Constants("en_US", usePyICU=False), version=parsedatetime.VERSION_CONTEXT_STYLE
)


def phrases() -> list[str]:
    return list(dict.fromkeys(_all()))


def _all() -> Iterator[str]:
    yield from _DAYS
    yield from _CLOCKS
    yield from (f"at {clock}" for clock in _CLOCKS)
    for order, day, clock in product(_ORDERS, _DAYS, _CLOCKS):
        yield order.format(day=day, clock=clock)
    for form, count, unit in product(_LENGTHS, _COUNTS, _UNITS):
        yield form.format(count=count, unit=unit)
    for form, hours, minutes in product(_BOTH, (1, 2, 3, 9), (5, 10, 30, 45)):
        yield form.format(hours=hours, minutes=minutes)


def elsewhere(phrase: str, now: datetime) -> datetime | None:
    """Return the time that parsedatetime reads, or None if it finds none."""
    found, what = _CALENDAR.parseDT(phrase, sourceTime=now)
    moment: datetime = found.replace(microsecond=0)
    return moment if what.hasDateOrTime else None
