"""Compares a database's schema with the one that this release needs."""

from enum import Enum


class Schema(Enum):
    """Whether this release, an older one (or none) or a newer one migrated the database last."""

    AS_NEEDED = "as needed"
    BEHIND = "behind"
    AHEAD = "ahead"
