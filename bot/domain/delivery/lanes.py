"""Lanes: what each kind of lane is called, and its name where many read it."""

import hmac
from secrets import token_hex

_PURPOSE = b"tocsin: the names of lanes"
_DIGITS = 8


def of_person(user: str) -> str:
    """The lane of all direct messages to a person."""
    return f"person/{user}"


def of_channel(channel: str) -> str:
    """The lane of a channel that several incidents or a digest share."""
    return f"channel/{channel}"


def of_incident(incident_id: str) -> str:
    """The lane of an incident's set-up, and of the channel of its own."""
    return f"incident/{incident_id}"


def of_home_tab(user: str) -> str:
    return f"home/{user}"


def of_fallback(user: str, way: str) -> str:
    """One for each way of each person: a gateway that hangs delays no one else."""
    return f"fallback/{user}/{way}"


def stored(team_id: str, lane: str) -> str:
    """Return a lane's key in the database, which workspaces share."""
    return f"{team_id}/{lane}"


def in_workspace(team_id: str, key: str) -> str:
    """Return the lane that is stored under `key`."""
    return key.removeprefix(f"{team_id}/")


class LaneNames:
    """Names lanes after a keyed hash: without the secret, no one finds a person by trying ids.

    Replicas with the same secret give the same names; without one, they are this process's own.
    """

    def __init__(self, secret: str | None = None) -> None:
        # A key of its own: a name tells nothing of what else the same secret is for.
        made = (secret or token_hex()).encode("utf-8", "surrogatepass")
        self._key = hmac.digest(made, _PURPOSE, "sha256")

    def name(self, lane: str) -> str:
        """Return `person-3f9a2c1d`, `incident-…`."""
        kind = lane.partition("/")[2].partition("/")[0]
        return f"{kind}-{hmac.digest(self._key, lane.encode(), 'sha256').hex()[:_DIGITS]}"
