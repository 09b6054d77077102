"""Slack's answers, sorted by what a good sender does about them."""

from dataclasses import dataclass
from datetime import timedelta


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
    """Slack refuses the app, whoever is to be written to (the token is revoked, the organisation
    shuts it out, a permission is missing): hold the workspace's rows."""

    code: str


@dataclass(eq=False)
class DeadTarget(SlackError):
    """This person cannot be reached through Slack: page the backup."""

    code: str


@dataclass(eq=False)
class Rejected(SlackError):
    """Slack will not take this call as it is, now or later."""

    code: str
    details: tuple[str, ...] = ()
    needed: str | None = None


UNKNOWN_OUTCOME = frozenset(
    {"internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org"}
)
TOKEN_LOST = frozenset(
    {"invalid_auth", "account_inactive", "token_revoked", "token_expired", "not_authed"}
    # What an organisation or Slack itself decides about all apps, or about this one.
    | {"org_login_required", "ekm_access_denied", "team_access_not_granted", "accesslimited"}
    | {"enterprise_is_restricted", "two_factor_setup_required", "not_allowed_token_type"}
)
NOBODY_CAN_BE_WRITTEN_TO = frozenset({"missing_scope", "no_permission", "messages_tab_disabled"})
"""The same where somebody is written to. Elsewhere (a pin, a history) only that call is refused."""
WRITING = frozenset({"chat.postMessage", "conversations.open"})
DEAD_TARGETS = frozenset(
    {
        "user_not_found",
        "user_disabled",
        "users_not_found",
        "cannot_dm_bot",
        "cant_dm_bot",
        "user_not_visible",
        "cannot_dm_external",
        "user_is_restricted",
        "user_is_ultra_restricted",
        "method_not_supported_for_channel_type",
    }
)
RATE_CODES = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})
DONE_ALREADY = frozenset(
    {
        "already_in_channel",
        "already_pinned",
        "already_reacted",
        "already_archived",
        "no_reaction",
        "cant_invite_self",
    }
)
OUR_MISTAKE = frozenset(
    {"invalid_blocks", "invalid_blocks_format", "msg_too_long", "msg_blocks_too_long"}
    | {"invalid_arguments", "no_text"}
)


def sort_code(
    code: str, *, retry_after: float, method: str, details: tuple[str, ...], needed: str | None
) -> SlackError:
    """Turn an `ok: false` answer into the error class that says what to do."""
    if code in RATE_CODES:
        return RateLimited(timedelta(seconds=retry_after), method)
    if code in UNKNOWN_OUTCOME:
        return OutcomeUnknown(code)
    if code in TOKEN_LOST or (method in WRITING and code in NOBODY_CAN_BE_WRITTEN_TO):
        return TokenLost(code)
    if code in DEAD_TARGETS:
        return DeadTarget(code)
    return Rejected(code, details, needed)


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
