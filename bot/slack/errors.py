"""Slack's answers, sorted by what a good sender does about them."""

from dataclasses import dataclass
from datetime import timedelta
from typing import assert_never

from bot.slack.refusals import Reach, about


class SlackError(Exception):
    """Root of what a call can end with."""


@dataclass(eq=False)
class RateLimited(SlackError):
    """429: put the work back, it costs no attempt."""

    after: timedelta
    method: str


@dataclass(eq=False)
class NotSent(SlackError):
    """Slack was not reached at all: try again, without end while it matters."""

    why: str


@dataclass(eq=False)
class OutcomeUnknown(SlackError):
    """A timeout, a reset, a 5xx: Slack may have it or not. Look it up before another try."""

    why: str


@dataclass(eq=False)
class Unreadable(OutcomeUnknown):
    """Slack says that all is well, and what it should tell is missing or misshapen.

    It will hardly say otherwise when it is asked again.
    """


@dataclass(eq=False)
class TokenLost(SlackError):
    """Slack refuses the app, and may mean all of it (the token is revoked, the organisation shuts
    it out) or one place. Only `auth.test` can tell: see `bot.worker.delivery.doubts`."""

    code: str


@dataclass(eq=False)
class DeadTarget(SlackError):
    """Slack says that this person cannot be written to. Whether they have left, `users.info`
    tells: see `bot.worker.delivery.doubts`."""

    code: str


@dataclass(eq=False)
class Rejected(SlackError):
    """Slack will not take this call as it is, now or later."""

    code: str
    details: tuple[str, ...] = ()
    needed: str | None = None
    people: tuple[str, ...] = ()
    """The people it is about, if Slack says so."""
    expected: bool = False
    """What it was about is gone, full or taken: no mistake of the bot's."""


@dataclass(eq=False)
class PlaceRefused(Rejected):
    """Slack takes nothing at this place for now, or says why in a word that is not known: what
    goes there waits and is tried again, and nothing else does."""


PLAIN_TEXT_MAY_DO = frozenset(
    {"invalid_blocks", "invalid_blocks_format", "msg_too_long", "msg_blocks_too_long"}
    | {"invalid_arguments", "no_text"}
)
"""Codes that find fault with what is said, and how."""


def sort_code(
    code: str,
    *,
    retry_after: float,
    method: str,
    details: tuple[str, ...],
    needed: str | None,
    people: tuple[str, ...] = (),
) -> SlackError | None:
    """Turn an `ok: false` answer into the error class that says what to do; None: nothing."""
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
    """One word for how a call failed: Slack's own code where it gave one."""
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
