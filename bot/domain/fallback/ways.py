"""Ways to reach a person when Slack fails, and the link by which they acknowledge from there."""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bot.domain.delivery.message_args import MessageArgs
from bot.domain.ids import PageId, UserId

LINK_LIFETIME = timedelta(hours=24)
_PURPOSE = b"tocsin: acknowledge a page by link"
_LONGEST = 400
"""Characters of a token; a real one has about 120."""


@dataclass(frozen=True, slots=True)
class OutsideArgs(MessageArgs):
    """`way`: the way past Slack that it takes."""

    way: str = ""


@dataclass(frozen=True, slots=True)
class FallbackWay:
    """One way to one person: the gateway's word in the policy, and an address there.

    The address shows in no repr: it is somebody's own, and stands in no log and no row.
    """

    gateway: str
    address: str = field(repr=False)

    @property
    def key(self) -> str:
        """Names this way in rows and lanes without its address; another address, another key.

        No one reads it: a phone number is found by trying all of them. People read `gateway_of`.
        """
        said = f"{self.gateway}:{self.address}".encode()
        return f"{self.gateway}-{hashlib.sha256(said).hexdigest()[:8]}"


def gateway_of(key: str) -> str:
    """Return the gateway's word alone, of a way's key."""
    return key.rpartition("-")[0]


@dataclass(frozen=True, slots=True)
class Link:
    """What a link says: this page, by this person, until then."""

    page_id: PageId
    user: UserId
    expires_at: datetime


class BadLink(Exception):
    """Not one of ours, or altered on its way."""


class Links:
    """Signs links and reads them back. A link is whoever holds it: it never leaves the message."""

    def __init__(self, secret: str) -> None:
        # A key of its own: what is signed here means nothing where the same secret signs others.
        # An environment may hold any bytes; those that are no text come as surrogates.
        self._key = hmac.digest(secret.encode("utf-8", "surrogatepass"), _PURPOSE, "sha256")

    def token(self, link: Link) -> str:
        """Return `payload.signature`, safe in the path of an address."""
        said = [link.page_id, link.user, int(link.expires_at.timestamp())]
        payload = _encoded(json.dumps(said, separators=(",", ":")).encode())
        return f"{payload}.{_encoded(self._signature(payload))}"

    def read(self, token: str) -> Link:
        """Return what was signed, expired or not; raises BadLink for whatever we did not sign."""
        payload, _, signature = token.partition(".")
        # Compared as they stand: base64 has several spellings of the same bytes.
        expected = _encoded(self._signature(payload))
        if len(token) > _LONGEST or not hmac.compare_digest(
            signature.encode("utf-8", "replace"), expected.encode()
        ):
            raise BadLink
        page_id, user, expires = json.loads(base64.urlsafe_b64decode(payload + "=="))
        return Link(PageId(page_id), UserId(user), datetime.fromtimestamp(expires, UTC))

    def _signature(self, payload: str) -> bytes:
        return hmac.digest(self._key, payload.encode("utf-8", "replace"), "sha256")


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
