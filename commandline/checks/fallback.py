"""Checks the ways outside Slack, and sends a test message to one person."""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

from bot.configuration.settings import Settings, SettingsError
from bot.domain.fallback.ways import FallbackWay
from bot.domain.ids import UserId
from bot.gateways.apprise_gateway import ApprisePort, Handed, NotTaken, accepts
from bot.gateways.file import SETTING, Gateways, load_gateways, missing
from bot.policy import Policy
from bot.render.fallback.outside_slack import trial
from bot.render.text.templates import Templates
from bot.render.wording import Wording
from commandline.checks.findings import Finding, fail, listed, ok, warn
from commandline.terminal import counted

CHECK = "fallback"
HOW_TO = "docs/how-to/reach-people-outside-slack.md explains it step by step."
PATIENCE = timedelta(seconds=30)


def fallback_findings(settings: Settings, policy: Policy) -> Iterator[Finding]:
    """Check the gateways, addresses and links, if any are set up."""
    rule = policy.fallback
    if not (rule.after or rule.ways or settings.gateways_path):
        return
    try:
        gateways = load_gateways(settings.gateways_path)
    except SettingsError as error:
        for line in str(error).splitlines():
            yield fail(CHECK, line, HOW_TO)
        return
    absent = missing(policy, gateways)
    for line in absent:
        yield fail(CHECK, line, HOW_TO)
    yield from _unlike_secrets(settings.gateways_path)
    yield from _way_findings(policy, gateways)
    if not rule:
        what = "no severity" if rule.ways else "no one"
        yield warn(
            CHECK,
            f"nothing goes out another way: {what} is named under [fallback] in {policy.source}",
            HOW_TO,
        )
        return
    yield from _who_is_left(policy)
    if settings.public_url is None:
        yield warn(
            CHECK,
            "messages will carry no link to acknowledge: PUBLIC_URL is not set",
            "Set it to the bot's address for browsers, and let the proxy pass /ack/.",
        )


def _unlike_secrets(path: Path | None) -> Iterator[Finding]:
    if path is not None and path.stat().st_mode & 0o007:
        yield warn(
            CHECK,
            f"every user of this machine may read {path}, which holds passwords",
            f"Remove that permission: chmod o-rwx {path}",
        )


def _way_findings(policy: Policy, gateways: Gateways) -> Iterator[Finding]:
    """Check that Apprise understands each way. This sends nothing and shows no address."""
    good = 0
    for user, ways in policy.fallback.ways.items():
        for way in ways:
            if way.gateway not in gateways:
                continue
            if accepts(gateways, way):
                good += 1
            else:
                yield fail(
                    CHECK,
                    f"{_name(policy, user)}: Apprise does not understand the way '{way.gateway}'",
                    f"Correct the address in {policy.source}, or the gateway's URL in the file "
                    f"that {SETTING} names: https://github.com/caronc/apprise/wiki",
                )
    if good:
        people = counted(len(policy.fallback.ways), "person", "people")
        yield ok(CHECK, f"Apprise understands {counted(good, 'way')} of {people}")


def _who_is_left(policy: Policy) -> Iterator[Finding]:
    """Warn of people who are paged first, or alerted if no one answers, but have no other way."""
    told = {*policy.managers_on_duty, *policy.operations}
    first = {team.on_call[0] for team in policy.teams.values()} | told
    left = sorted(_name(policy, user) for user in first - set(policy.fallback.ways))
    if left:
        yield warn(
            CHECK,
            f"first on call, on duty or in operations, but without another way: {listed(left)}",
            f"Give them one under [fallback.people] in {policy.source}.",
        )


def _name(policy: Policy, user: UserId) -> str:
    return next((f"@{name}" for name, known in policy.people.items() if known == user), user)


async def reach(settings: Settings, policy: Policy, named: str) -> AsyncIterator[Finding]:
    """Send a test message to one person by each of their working ways."""
    name = named.removeprefix("@")
    user = policy.people.get(name)
    ways = policy.fallback.ways.get(user, ()) if user else ()
    if not ways:
        yield fail(
            "reach",
            f"'{name}' has no way under [fallback.people] in {policy.source}",
            "Name a person who has one, by their short name in [people].",
        )
        return
    try:
        gateways = load_gateways(settings.gateways_path)
    except SettingsError:
        yield fail("reach", f"@{name}: no test was sent", "Correct what fails above first.")
        return
    outside = ApprisePort(gateways)
    await outside.load()
    said = trial(Wording(policy, Templates()))
    for way in ways:
        if way.gateway in gateways and accepts(gateways, way):
            yield await _tried(outside, name, Handed(way, said.subject, said.body, f"test-{name}"))
        else:
            problem = f"@{name}: no test was sent by '{way.gateway}'"
            yield fail("reach", problem, "Correct what fails above first.")


async def _tried(outside: ApprisePort, name: str, handed: Handed) -> Finding:
    way: FallbackWay = handed.way
    try:
        await outside.send(handed, PATIENCE)
    except NotTaken as error:
        return fail(
            "reach",
            f"@{name}: the gateway '{way.gateway}' did not accept the message ({error.why})",
            "Check its URL, password and network, and the address; Apprise's own command line "
            "('apprise -vv') shows what the gateway says.",
        )
    return ok("reach", f"@{name}: the gateway '{way.gateway}' accepted the message")
