"""A person's time zone, from the name that Slack gives."""

from functools import lru_cache
from zoneinfo import ZoneInfo


def zone_named(name: str, otherwise: ZoneInfo) -> ZoneInfo:
    """Return the zone of this name. An empty or unknown name means `otherwise`, never UTC."""
    return _known(name) or otherwise


@lru_cache(maxsize=512)
def _known(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError):
        # Not in the database; the name of a folder, or too long; no name at all.
        return None
