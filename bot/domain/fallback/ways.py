"""Ways to reach a person when Slack fails, and the link with which they acknowledge."""

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
"""Most characters in a token; a real one has about 120."""


@dataclass(frozen=True, slots=True)
class OutsideArgs(MessageArgs):
    """`way`: the key of the `FallbackWay` that the message takes."""

    way: str = ""


@dataclass(frozen=True, slots=True)
class FallbackWay:
    """One way to one person: the gateway's name in the policy, and an address there.

    The address is private, so it is in no repr, no log and no row.
    """

    gateway: str
    address: str = field(repr=False)

    @property
    def key(self) -> str:
        """The name of this way in rows and lanes, without the address. Each address has its own.

        Do not show it: trying all phone numbers would find the right one. Show `gateway_of`.
        """
        said = f"{self.gateway}:{self.address}".encode()
        return f"{self.gateway}-{hashlib.sha256(said).hexdigest()[:8]}"


def gateway_of(key: str) -> str:
    """Return the gateway's name from the key of a way."""
    return key.rpartition("-")[0]


@dataclass(frozen=True, slots=True)
class Link:
    """The content of a link: this person may acknowledge this page until then."""

    page_id: PageId
    user: UserId
    expires_at: datetime


class BadLink(Exception):
    """The token was not signed here, or was altered on its way."""


class Links:
    """Signs links and reads them back.

    Anyone who has a link can act as its person, so it appears only in the message.
    """

    def __init__(self, secret: str) -> None:
        # A separate key, so that this signature is worthless where the same secret signs other
        # things. An environment variable may hold any bytes; invalid ones arrive as surrogates.
        self._key = hmac.digest(secret.encode("utf-8", "surrogatepass"), _PURPOSE, "sha256")

    def token(self, link: Link) -> str:
        """Return `payload.signature`, safe in the path of a URL."""
        said = [link.page_id, link.user, int(link.expires_at.timestamp())]
        payload = _encoded(json.dumps(said, separators=(",", ":")).encode())
        return f"{payload}.{_encoded(self._signature(payload))}"

    def read(self, token: str) -> Link:
        """Return the signed link, expired or not. Raises BadLink if it was not signed here."""
        payload, _, signature = token.partition(".")
        # Compare the encoded signatures: base64 has several spellings of the same bytes.
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
