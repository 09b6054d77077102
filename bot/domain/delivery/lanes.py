"""What a lane is called where many read it: in readiness and metrics."""

import hmac
from secrets import token_hex

_PURPOSE = b"tocsin: the names of lanes"
_DIGITS = 8


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
