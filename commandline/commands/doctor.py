"""Check token, scopes, database, policy, clock and gateways, and say how to fix problems.

Exit status: 0 if nothing fails, 1 if a check fails, 2 if a setting or the policy is wrong.
"""

import argparse
import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from bot.configuration.setting_names import misspelt
from bot.configuration.settings import Settings, SettingsError, read_settings
from bot.domain.errors import PolicyError
from bot.policy import Policy, load
from commandline.checks.canary import setting_findings
from commandline.checks.fallback import fallback_findings, reach
from commandline.checks.findings import Finding, Level, fail, ok, warn
from commandline.checks.secrets import exposure_findings
from commandline.checks.slack_and_policy import asked_findings
from commandline.checks.store import database_findings
from commandline.terminal import counted

_WRONG_INPUT = frozenset({"settings", "policy"})


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print a JSON list instead of lines")
    parser.add_argument(
        "--reach",
        metavar="NAME",
        help="check only the ways outside Slack, and send NAME (as in the policy's [people]) a "
        "test message by each of their own",
    )


def run(arguments: argparse.Namespace, environment: Mapping[str, str]) -> int:
    """Print each finding at once. A failed check does not stop the next."""
    return asyncio.run(_run(environment, arguments.reach, as_json=arguments.json))


async def _run(environment: Mapping[str, str], reaching: str | None, *, as_json: bool) -> int:
    found = []
    look = partial(reaching_findings, name=reaching) if reaching is not None else findings
    async for finding in look(environment):
        found.append(finding)
        if not as_json:
            print(finding.lines(), flush=True)
    if as_json:
        print(json.dumps([finding.as_json() for finding in found], indent=2, ensure_ascii=False))
    return status(found)


def status(found: list[Finding]) -> int:
    failed = {finding.check for finding in found if finding.level is Level.FAIL}
    if failed & _WRONG_INPUT:
        return 2
    return 1 if failed else 0


async def findings(environment: Mapping[str, str]) -> AsyncIterator[Finding]:
    """Run all checks, from local settings to Slack."""
    settings, problem = _settings(environment)
    yield problem or ok("settings", "all required settings are set")
    for warning in misspelt(environment):
        yield warn("settings", warning, "Correct the name, or remove the line.")
    if settings is None:
        return
    for finding in (*exposure_findings(settings), *setting_findings(settings)):
        yield finding
    policy, faults = _policy(settings.policy_path)
    for finding in faults:
        yield finding
    if policy is not None:
        for finding in await asyncio.to_thread(_fallback, settings, policy):
            yield finding
    for finding in database_findings(settings.database_url, datetime.now(UTC)):
        yield finding
    if problem is None:
        async for finding in asked_findings(settings, policy):
            yield finding


async def reaching_findings(environment: Mapping[str, str], name: str) -> AsyncIterator[Finding]:
    """Check what a message outside Slack needs, and send one. This does not ask Slack."""
    try:
        settings = read_settings(environment, slack_needed=False)
    except SettingsError as error:
        yield fail("settings", str(error), "Set it in the environment or in .env.")
        return
    policy, faults = _policy(settings.policy_path)
    for finding in faults:
        yield finding
    if policy is None:
        return
    found = await asyncio.to_thread(_fallback, settings, policy)
    for finding in found:
        yield finding
    async for finding in reach(settings, policy, name):
        yield finding


def _fallback(settings: Settings, policy: Policy) -> list[Finding]:
    return list(fallback_findings(settings, policy))


def _settings(environment: Mapping[str, str]) -> tuple[Settings | None, Finding | None]:
    """Return the settings, or only the rest of them if Slack's are missing, and the problem."""
    try:
        return read_settings(environment), None
    except SettingsError as error:
        problem = fail("settings", str(error), "Set it in the environment or in .env.")
    try:
        return read_settings(environment, slack_needed=False), problem
    except SettingsError:
        return None, problem


def _policy(path: Path) -> tuple[Policy | None, list[Finding]]:
    try:
        policy = load(path)
    except PolicyError as error:
        advice = "Correct the file there; the comments at its top explain the format."
        return None, [fail("policy", line, advice) for line in str(error).splitlines()]
    teams = counted(len(policy.teams), "team")
    people = counted(len(policy.user_ids), "person", "people")
    return policy, [ok("policy", f"{path} is valid: {teams}, {people}")]
