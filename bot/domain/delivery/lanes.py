"""The key of each lane, and a name for it that is safe to publish."""

import hmac
from secrets import token_hex

_PURPOSE = b"tocsin: the names of lanes"
_DIGITS = 8


def of_person(user: str) -> str:
    """Return the lane of all direct messages to a person."""
    return f"person/{user}"


def of_channel(channel: str) -> str:
    """Return the lane of a channel that several incidents or a digest share."""
    return f"channel/{channel}"


def of_incident(incident_id: str) -> str:
    """Return the lane of an incident's set-up and of its own channel."""
    return f"incident/{incident_id}"


def of_home_tab(user: str) -> str:
    return f"home/{user}"


def of_fallback(user: str, way: str) -> str:
    """Return the lane of one way to one person, so that a gateway that hangs delays no one else."""
    return f"fallback/{user}/{way}"


def stored(team_id: str, lane: str) -> str:
    """Return a lane's key in the database, which several workspaces share."""
    return f"{team_id}/{lane}"


def in_workspace(team_id: str, key: str) -> str:
    """Return the lane stored under `key`."""
    return key.removeprefix(f"{team_id}/")


class LaneNames:
    """Names lanes by a keyed hash: without the secret, no one can find a person by trying ids.

    Replicas with the same secret give the same names. Without a secret, each process has its own.
    """

    def __init__(self, secret: str | None = None) -> None:
        # A separate key, so that a name gives away nothing about other uses of the secret.
        made = (secret or token_hex()).encode("utf-8", "surrogatepass")
        self._key = hmac.digest(made, _PURPOSE, "sha256")

    def name(self, lane: str) -> str:
        """Return `person-3f9a2c1d`, `incident-…`."""
        kind = lane.partition("/")[2].partition("/")[0]
        return f"{kind}-{hmac.digest(self._key, lane.encode(), 'sha256').hex()[:_DIGITS]}"
