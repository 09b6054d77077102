"""Checks Slack's signature over the raw bytes, so that a forgery is never parsed."""

import hashlib
import hmac
from collections.abc import Mapping

MOST_OFF = 300
"""In seconds. A request signed earlier or later may be a recording, and is refused."""
LONGEST_STAMP = 18
"""In digits of seconds since 1970. Python refuses to read thousands of digits."""


def may_be_signed(headers: Mapping[str, str]) -> bool:
    """Whether there is a signature to check. Asked before the body is read."""
    stamp, signature = _stamp(headers), _signature(headers)
    readable = stamp.isascii() and stamp.isdigit() and len(stamp) <= LONGEST_STAMP
    return readable and signature.isascii() and signature != ""


def is_signed(secret: str, headers: Mapping[str, str], body: bytes, now: float) -> bool:
    """Whether Slack signed this body, at most `MOST_OFF` from `now`, which is in seconds since
    1970.
    """
    if not may_be_signed(headers) or abs(now - int(_stamp(headers))) > MOST_OFF:
        return False
    signed = b"v0:%b:%b" % (_stamp(headers).encode(), body)
    made = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    return hmac.compare_digest(f"v0={made}", _signature(headers))


def _stamp(headers: Mapping[str, str]) -> str:
    return headers.get("x-slack-request-timestamp", "")


def _signature(headers: Mapping[str, str]) -> str:
    return headers.get("x-slack-signature", "")
