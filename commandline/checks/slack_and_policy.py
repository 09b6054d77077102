"""Runs the checks that need Slack: token, scopes, canary channel, and names in the policy."""

from collections.abc import AsyncIterator, Callable

from bot.configuration.settings import Settings
from bot.policy import Policy
from commandline.checks.canary import canary_findings
from commandline.checks.findings import Finding, Level
from commandline.checks.policy import named_findings
from commandline.checks.slack import aloud, connecting, slack_findings


async def asked_findings(
    settings: Settings, policy: Policy | None, waits: Callable[[float], None] = aloud
) -> AsyncIterator[Finding]:
    """Run the checks, for the doctor and for `serve`.

    It calls `waits` with the seconds of each pause that Slack asks for.
    """
    session, slack = connecting(settings, waits)
    async with session:
        answers = False
        async for finding in slack_findings(slack, settings):
            answers = answers or (finding.check == "token" and finding.level is not Level.FAIL)
            yield finding
        if answers:
            async for finding in canary_findings(slack, settings):
                yield finding
        if answers and policy is not None:
            async for finding in named_findings(slack, policy, settings.api_url):
                yield finding
