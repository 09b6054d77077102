"""Checks Slack itself: the connection, the token and its scopes, Socket Mode, the clock."""

import asyncio
import re
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp

from bot.configuration.settings import Settings
from bot.domain.act import Workspace
from bot.network.certificates import trusting
from bot.render.manifest import SCOPES
from bot.slack.client import SlackCalls, new_session, web_client
from bot.slack.errors import (
    DeadTarget,
    NotSent,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    SlackError,
    TokenLost,
)
from commandline.checks.findings import Finding, fail, listed, ok, warn

CLOCK_WARN = timedelta(seconds=5)
CLOCK_FAIL = timedelta(seconds=60)
"""The bot refuses Slack's requests when clocks differ by 300 seconds, so fail well before."""

TIMEOUT = timedelta(seconds=10)
LONGEST_WAIT = timedelta(seconds=60)
"""Longest total wait of all checks for Slack's rate limits."""

WITHOUT: Mapping[str, str] = {
    "app_mentions:read": "people who mention the bot get no answer",
    "channels:history": "after a lost answer the bot cannot look for a post in a public channel, "
    "so it may come twice",
    "channels:join": "the bot cannot enter a public channel to post the digest there",
    "channels:manage": "no public channel can be created for an escalation",
    "channels:read": "public channels cannot be looked up, and an archived one goes unnoticed",
    "chat:write": "nothing can be sent: no page, no card, no reminder, no digest",
    "commands": "there is no /escalate and no shortcut",
    "groups:history": "after a lost answer the bot cannot look for a post in a private channel, "
    "so it may come twice",
    "groups:read": "private channels cannot be looked up, and an archived one goes unnoticed",
    "groups:write": "no private channel can be created for an escalation, and no one invited to it",
    "im:history": "after a lost answer the bot cannot check whether a page arrived, so it may "
    "come twice",
    "im:write": "no one can be paged: direct messages cannot be opened",
    "pins:write": "the card of an escalation is not pinned in its channel",
    "reactions:read": "a pushpin on a message does not put it on the timeline",
    "usergroups:read": "roles that the policy gives to user groups have no effect",
    "users:read": "names, time zones and guest status are unknown",
}
_REINSTALL = "Add it under 'OAuth & Permissions' (or apply the manifest of 'python app.py "
_REINSTALL += "manifest'), then reinstall the app to the workspace."
_SECRET = re.compile(r"[0-9a-f]{32}")


@dataclass
class Heard:
    """Facts from the headers of Slack's answers: the time and the granted scopes."""

    skew: timedelta | None = None
    scopes: frozenset[str] | None = None

    def tracing(self) -> aiohttp.TraceConfig:
        tracing = aiohttp.TraceConfig()
        tracing.on_request_end.append(self._note)
        tracing.freeze()
        return tracing

    async def _note(
        self, _session: object, _context: object, answered: aiohttp.TraceRequestEndParams
    ) -> None:
        headers = answered.response.headers
        if "Date" in headers:
            self.skew = _skew(headers["Date"], datetime.now(UTC)) or self.skew
        if "x-oauth-scopes" in headers and self.scopes is None:
            granted = headers["x-oauth-scopes"].split(",")
            self.scopes = frozenset(scope.strip() for scope in granted if scope.strip())


def _skew(date: str, now: datetime) -> timedelta | None:
    try:
        return now - parsedate_to_datetime(date)
    except (ValueError, TypeError):
        return None


def aloud(seconds: float) -> None:
    """Tell the person at the terminal about a pause."""
    print(f"Slack asks for a pause of {seconds:g} s; waiting.", file=sys.stderr)


@dataclass
class Slack:
    """Calls Slack for the checks, and waits out rate limits up to `LONGEST_WAIT`."""

    calls: SlackCalls
    heard: Heard
    waits: Callable[[float], None]
    waited: timedelta = field(default=timedelta(0))
    workspace: Workspace = field(default=Workspace(""))
    """The token's workspace, once Slack has answered."""

    async def ask(self, method: str, **arguments: Any) -> Mapping[str, Any]:
        """Make a call, and after a 429 wait as told. Raises the errors of `bot.slack.errors`."""
        while True:
            try:
                return await self.calls.call(method, **arguments)
            except RateLimited as limit:
                if self.waited + limit.after > LONGEST_WAIT:
                    raise
                self.waited += limit.after
                seconds = limit.after.total_seconds()
                self.waits(seconds)
                await asyncio.sleep(seconds)


def connecting(
    settings: Settings, waits: Callable[[float], None] = aloud
) -> tuple[aiohttp.ClientSession, Slack]:
    """Return a session, which the caller must close, and Slack on it."""
    heard = Heard()
    session = new_session(TIMEOUT, trusting(settings.certificates))
    session.trace_configs.append(heard.tracing())
    proxies = settings.proxies
    client = web_client(settings.bot_token, session, settings.api_url, proxies=proxies)
    return session, Slack(SlackCalls(client), heard, waits)


def explained(error: SlackError, api_url: str) -> tuple[str, str]:
    """Return what an error means and what to do."""
    match error:
        case NotSent(why="ClientConnectorCertificateError"):
            return (
                f"the certificate of {api_url} is not trusted",
                "If a proxy opens TLS connections, put its certificate authority into a PEM file "
                "and name that with SSL_CERT_FILE.",
            )
        case NotSent(why="ClientProxyConnectionError"):
            return (
                f"{api_url} cannot be reached: its proxy does not answer",
                "Check HTTPS_PROXY and NO_PROXY.",
            )
        case NotSent(why=why):
            return (
                f"{api_url} cannot be reached ({why})",
                "Check this machine's network, name resolution and firewall, and SLACK_API_URL.",
            )
        case OutcomeUnknown(why=why):
            return (
                f"{api_url} does not give a valid answer ({why})",
                "Check SLACK_API_URL and https://slack-status.com, and try again.",
            )
        case RateLimited(after=after):
            return (
                f"Slack asks for a pause of {after.total_seconds():g} s",
                "Run the doctor again later.",
            )
        case TokenLost(code=code):
            return (
                f"Slack refuses the token ({code})",
                "Reinstall the app to the workspace and copy the new 'Bot User OAuth Token' from "
                "'OAuth & Permissions' into SLACK_BOT_TOKEN.",
            )
        case Rejected(code="missing_scope", needed=needed):
            return f"the scope {needed or '?'} is missing", _REINSTALL
        case Rejected(code=code) | DeadTarget(code=code):
            return f"Slack answers '{code}'", "Look up this code in Slack's API reference."
        case _:
            return f"the call failed ({type(error).__name__})", "Try again."


async def slack_findings(slack: Slack, settings: Settings) -> AsyncIterator[Finding]:
    """Check the connection, the token, the scopes, the mode and the clock."""
    try:
        me = await slack.ask("auth.test")
    except SlackError as error:
        check = "token" if isinstance(error, TokenLost | Rejected) else "slack"
        yield fail(check, *explained(error, settings.api_url))
    else:
        slack.workspace = Workspace(str(me.get("team_id") or ""), me.get("enterprise_id") or None)
        yield ok("slack", f"{settings.api_url} answers")
        yield token_finding(me)
        for finding in scope_findings(slack.heard.scopes):
            yield finding
    yield await _mode_finding(slack, settings)
    if slack.heard.skew is not None:
        yield clock_finding(slack.heard.skew)


def token_finding(me: Mapping[str, Any]) -> Finding:
    """Check the kind of token: Tocsin needs a bot token of one workspace."""
    who = f"@{me.get('user')} in {me.get('team')} ({me.get('team_id')})"
    if not me.get("bot_id"):
        return fail(
            "token",
            f"SLACK_BOT_TOKEN is a person's token: {who}",
            "Use the 'Bot User OAuth Token' of the app's 'OAuth & Permissions' page.",
        )
    if me.get("is_enterprise_install"):
        return warn(
            "token",
            f"this bot token is for a whole organisation: {who}",
            "Install the app to one workspace: Tocsin serves the workspace of its token.",
        )
    return ok("token", f"a bot token, {who}")


def scope_findings(granted: frozenset[str] | None) -> Iterator[Finding]:
    """Compare the granted scopes with those in the manifest."""
    if granted is None:
        yield warn(
            "scopes",
            "Slack did not say which scopes the token has",
            "Compare 'OAuth & Permissions' with the output of 'python app.py manifest'.",
        )
        return
    missing = [scope for scope in SCOPES if scope not in granted]
    for scope in missing:
        yield fail("scopes", f"{scope} is missing: {WITHOUT[scope]}", _REINSTALL)
    if not missing:
        yield ok("scopes", f"all {len(SCOPES)} are granted")
    extra = sorted(granted - set(SCOPES))
    if extra:
        yield warn(
            "scopes",
            f"granted but not used: {listed(extra)}",
            "Remove them: a token should allow no more than it needs.",
        )


async def _mode_finding(slack: Slack, settings: Settings) -> Finding:
    if settings.app_token is None:
        return secret_finding(settings.signing_secret)
    try:
        await slack.ask("apps.connections.open", app_token=settings.app_token)
    except (TokenLost, Rejected) as error:
        return fail(
            "socket mode",
            f"Slack refuses SLACK_APP_TOKEN ({error.code})",
            "Make an app-level token with the scope connections:write under 'Basic Information', "
            "'App-Level Tokens', and switch on 'Socket Mode'.",
        )
    except SlackError as error:
        return fail("socket mode", *explained(error, settings.api_url))
    return ok("socket mode", "a connection can be opened")


def secret_finding(secret: str) -> Finding:
    """Check the form of the signing secret. Only a signed request can prove it right."""
    if _SECRET.fullmatch(secret):
        return ok("signing secret", "it looks like one of Slack's")
    return warn(
        "signing secret",
        "SLACK_SIGNING_SECRET does not look like one: Slack's have 32 hexadecimal digits",
        "Copy 'Signing Secret' from the app's 'Basic Information' page. With a wrong one, the bot "
        "refuses every request.",
    )


def clock_finding(skew: timedelta) -> Finding:
    """Check the clock: the bot refuses Slack's requests that look old. Slack checks no times."""
    seconds = round(skew.total_seconds())
    if abs(skew) <= CLOCK_WARN:
        return ok("clock", "agrees with Slack's")
    way = "ahead of" if seconds > 0 else "behind"
    what = f"this machine's clock is {abs(seconds)} s {way} Slack's"
    advice = "Switch on time synchronisation (NTP). At 300 s, the bot refuses every Slack request."
    return fail("clock", what, advice) if abs(skew) > CLOCK_FAIL else warn("clock", what, advice)
