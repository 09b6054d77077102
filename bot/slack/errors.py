"""The ways in which a call to Slack fails, sorted by what a good sender does about each."""

from dataclasses import dataclass
from datetime import timedelta
from typing import assert_never

from bot.slack.refusals import Reach, about


class SlackError(Exception):
    """Root of the errors of a call."""


@dataclass(eq=False)
class RateLimited(SlackError):
    """A 429: put the work back. It does not count as an attempt."""

    after: timedelta
    method: str


@dataclass(eq=False)
class NotSent(SlackError):
    """The bot did not reach Slack: try again for as long as the message matters."""

    why: str


@dataclass(eq=False)
class OutcomeUnknown(SlackError):
    """A timeout, a reset or a 5xx: Slack may have made the call. Look it up before another try."""

    why: str


@dataclass(eq=False)
class Unreadable(OutcomeUnknown):
    """Slack reports success, but what the answer must have is missing or misshapen.

    Another call would probably get the same answer.
    """


@dataclass(eq=False)
class TokenLost(SlackError):
    """Slack refuses the app: everywhere (the token is revoked, the organisation shuts it out), or
    only in one place. Only `auth.test` can tell: see `bot.worker.delivery.doubts`."""

    code: str


@dataclass(eq=False)
class DeadTarget(SlackError):
    """Slack says that the bot cannot write to this person. `users.info` tells whether they have
    left: see `bot.worker.delivery.doubts`."""

    code: str


@dataclass(eq=False)
class Rejected(SlackError):
    """Slack will never accept this call as it is."""

    code: str
    details: tuple[str, ...] = ()
    needed: str | None = None
    people: tuple[str, ...] = ()
    """The people whom the refusal is about, if Slack names them."""
    expected: bool = False
    """The target is gone, full or taken: the bot made no mistake."""


@dataclass(eq=False)
class PlaceRefused(Rejected):
    """Slack accepts nothing at this place for now, or gives a code that we do not know. Messages to
    this place wait and are tried again; all others go on."""


PLAIN_TEXT_MAY_DO = frozenset(
    {"invalid_blocks", "invalid_blocks_format", "msg_too_long", "msg_blocks_too_long"}
    | {"invalid_arguments", "no_text"}
)
"""Codes that reject the message's words or their form, so plain text may get through."""


def sort_code(
    code: str,
    *,
    retry_after: float,
    method: str,
    details: tuple[str, ...],
    needed: str | None,
    people: tuple[str, ...] = (),
) -> SlackError | None:
    """Turn the code of an `ok: false` answer into an error; None if things are as wanted."""
    match about(method, code):
        case Reach.DONE:
            return None
        case Reach.LIMIT:
            return RateLimited(timedelta(seconds=retry_after), method)
        case Reach.OUTCOME:
            return OutcomeUnknown(code)
        case Reach.WORKSPACE:
            return TokenLost(code)
        case Reach.PERSON:
            return DeadTarget(code)
        case Reach.LANE:
            return PlaceRefused(code, details, needed, people)
        case Reach.CALL:
            return Rejected(code, details, needed, expected=True)
        case Reach.OURS:
            return Rejected(code, details, needed)
        case never:
            assert_never(never)


def code_of(error: SlackError) -> str:
    """Return one word for how a call failed: Slack's own code, if it gave one."""
    match error:
        case RateLimited():
            return "ratelimited"
        case NotSent():
            return "not sent"
        case OutcomeUnknown():
            return "unknown"
        case TokenLost(code) | DeadTarget(code) | Rejected(code):
            return code
        case _:
            return "other"
