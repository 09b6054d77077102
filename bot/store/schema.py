"""How the schema of a database stands to what a release needs."""

from enum import Enum


class Schema(Enum):
    """The release that migrated it last is this one, an older one (or none), or a newer one."""

    AS_NEEDED = "as needed"
    BEHIND = "behind"
    AHEAD = "ahead"
