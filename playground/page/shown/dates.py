"""Formats times for a person, in their time zone."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


def zone(name: str) -> ZoneInfo:
    """Return the zone, or UTC if it is unknown: a wrong profile must not break the page."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("Etc/UTC")


def local(seconds: float, tz: str) -> datetime:
    return datetime.fromtimestamp(seconds, zone(tz))


def clock(moment: datetime) -> str:
    return f"{moment:%H:%M}"


def full(moment: datetime) -> str:
    """Format like 'Sunday 22 November 2026, 17:05:09 CET'."""
    return f"{moment:%A} {moment.day} {moment:%B} {moment.year}, {moment:%H:%M:%S} {moment:%Z}"


def day_title(moment: datetime, now: datetime) -> str:
    """A day separator: 'Today', 'Yesterday', 'Monday 16 November'. Other years are added."""
    pretty = _pretty(moment, now)
    if pretty:
        return pretty.capitalize()
    year = "" if moment.year == now.year else f" {moment.year}"
    return f"{moment:%A} {moment.day} {moment:%B}{year}"


def slack_date(seconds: int, layout: str, now: float, tz: str) -> str | None:
    """Fill in `<!date^…>`; None if a placeholder is unknown or missing (use the fallback)."""
    moment, today = local(seconds, tz), local(now, tz)
    unknown = False

    def fill(match: re.Match[str]) -> str:
        nonlocal unknown
        words = _placeholder(match[1], moment, today)
        unknown = unknown or words is None
        return words or ""

    filled, count = _PLACEHOLDER.subn(fill, layout)
    return None if unknown or not count else filled


def _placeholder(name: str, moment: datetime, today: datetime) -> str | None:
    match name:
        case "date_num":
            return f"{moment:%Y-%m-%d}"
        case "date_slash":
            return f"{moment:%d/%m/%Y}"
        case "date":
            return f"{moment.day} {moment:%B} {moment.year}"
        case "date_short":
            return f"{moment.day} {moment:%b} {moment.year}"
        case "date_long" | "date_long_full":
            return f"{moment:%A} {moment.day} {moment:%B} {moment.year}"
        case "date_pretty" | "date_short_pretty" | "date_long_pretty" | "day_divider_pretty":
            plain = name.removesuffix("_pretty").replace("day_divider", "date_long")
            return _pretty(moment, today) or _placeholder(plain, moment, today)
        case "time":
            return clock(moment)
        case "time_secs":
            return f"{moment:%H:%M:%S}"
        case "ago":
            return _ago((today - moment).total_seconds())
        case _:
            return None


def _pretty(moment: datetime, today: datetime) -> str | None:
    days = (moment.date() - today.date()) / timedelta(days=1)
    return {0: "today", -1: "yesterday", 1: "tomorrow"}.get(int(days))


def _ago(seconds: float) -> str:
    size = abs(seconds)
    for unit, name in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if size >= unit:
            count = int(size // unit)
            words = f"{count} {name}{'' if count == 1 else 's'}"
            return f"{words} ago" if seconds >= 0 else f"in {words}"
    return "just now"
