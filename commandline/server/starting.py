"""What `serve` says when it starts: the same findings as the doctor's, in the same words.

Before it begins, what this machine alone decides: what fails there refuses the start. Then, beside
its work, what the database and Slack say. They may be away for a while, or wrong for one: that must
not keep a bot from starting, since it reaches people by other ways meanwhile.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import assert_never

from bot.configuration.settings import Settings, SettingsError
from bot.policy import Policy
from commandline.checks.canary import setting_findings as canary_findings
from commandline.checks.fallback import fallback_findings
from commandline.checks.findings import Finding, Level
from commandline.checks.secrets import exposure_findings
from commandline.checks.slack import secret_finding
from commandline.checks.slack_and_policy import asked_findings
from commandline.checks.store import database_findings, file_findings

log = logging.getLogger(__name__)

BEGINS = 3.0
"""Seconds after the start: by then it is at work, and ready."""
AGAIN = 30.0
"""Seconds after which Slack is asked again, where it did not answer."""


def local_findings(settings: Settings, policy: Policy) -> Iterator[Finding]:
    """Look at settings, gateways and files; no one else is asked."""
    yield from exposure_findings(settings)
    yield from fallback_findings(settings, policy)
    yield from canary_findings(settings)
    yield from file_findings(settings.database_url)
    if not settings.socket_mode:
        yield secret_finding(settings.signing_secret)


def refuse_or_warn(settings: Settings, policy: Policy) -> None:
    """Log each warning; raises SettingsError with a line for each failure."""
    found = list(local_findings(settings, policy))
    failed = [finding.what for finding in found if finding.level is Level.FAIL]
    if failed:
        raise SettingsError("\n".join(failed))
    for finding in found:
        _say(finding)


def _say(finding: Finding) -> None:
    said, more = f"{finding.check}: {finding.what}", {"advice": finding.advice}
    match finding.level:
        case Level.WARN:
            log.warning(said, extra=more)
        case Level.FAIL:
            log.error(said, extra=more)
        case Level.OK:
            pass
        case other:
            assert_never(other)


async def examine(
    settings: Settings,
    policy: Policy,
    read: Callable[[Callable[[], list[Finding]]], Awaitable[list[Finding]]],
    *,
    begins: float = BEGINS,
    again: float = AGAIN,
) -> None:
    """Say once what the doctor would say of the database and of Slack, as soon as Slack answers.

    `read` runs a call that waits for the database. It begins when the bot is at work: nothing
    waits for it.
    """
    url = settings.database_url
    # These were said before it began.
    said = {secret_finding(settings.signing_secret), *file_findings(url)}

    def say(found: Iterable[Finding]) -> None:
        for finding in found:
            if finding not in said:
                said.add(finding)
                _say(finding)

    await asyncio.sleep(begins)
    say(await read(lambda: list(database_findings(url, datetime.now(UTC)))))
    while True:
        away = False
        async for finding in asked_findings(settings, policy, waits=lambda _seconds: None):
            away = away or (finding.check == "slack" and finding.level is Level.FAIL)
            say([finding])
        if not away:
            return
        await asyncio.sleep(again)
