"""Logs the doctor's findings when `serve` starts, in the same words.

First come the local checks of this machine. A failure there refuses the start. The checks of the
database and Slack then run beside the bot's work. Both may be away or wrong for a while. That must
not stop a start, because the bot can still reach people by other ways.
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
"""Seconds after the start. By then the bot is at work and ready."""
AGAIN = 30.0
"""Seconds until the next try if Slack did not answer."""


def local_findings(settings: Settings, policy: Policy) -> Iterator[Finding]:
    """Check settings, gateways and files. This makes no network request."""
    yield from exposure_findings(settings)
    yield from fallback_findings(settings, policy)
    yield from canary_findings(settings)
    yield from file_findings(settings.database_url)
    if not settings.socket_mode:
        yield secret_finding(settings.signing_secret)


def refuse_or_warn(settings: Settings, policy: Policy) -> None:
    """Log each warning. Raises SettingsError with a line for each failure."""
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
    """Log once what the doctor would say about the database and Slack, until Slack answers.

    `read` runs a call that waits for the database. The checks begin `begins` seconds after the
    start, and nothing waits for them.
    """
    url = settings.database_url
    # `refuse_or_warn` has logged these already.
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
