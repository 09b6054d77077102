"""Finds a person's time zone from the name that Slack gives."""

from functools import lru_cache
from zoneinfo import ZoneInfo


def zone_named(name: str, otherwise: ZoneInfo) -> ZoneInfo:
    """Return the zone with this name. For an empty or unknown name, return `otherwise`, not UTC."""
    return _known(name) or otherwise


@lru_cache(maxsize=512)
def _known(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError):
        # KeyError: not in the database. OSError: a folder, or too long. ValueError: not a name.
        return None
