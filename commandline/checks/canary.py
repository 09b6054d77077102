"""Checks that the canary's channel exists and that the bot may post in it."""

from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import replace
from typing import Any

from bot.configuration.settings import Settings
from bot.slack.errors import DeadTarget, Rejected, SlackError
from commandline.checks.findings import Finding, fail, warn
from commandline.checks.policy import channel_finding
from commandline.checks.slack import Slack, explained

CHECK = "canary"
SETTING = "CANARY_CHANNEL"
_CONSEQUENCE = "every canary will fail, and the heartbeat will stop"


async def canary_findings(slack: Slack, settings: Settings) -> AsyncIterator[Finding]:
    """Check the canary's channel, if canaries are on."""
    channel = settings.watch.canary_channel
    if settings.watch.canary_every is None:
        return
    try:
        answer = await slack.ask("conversations.info", channel=channel)
    except Rejected as error:
        yield _refused(error, channel, settings.api_url)
    except DeadTarget as error:
        yield _unknown(error.code, channel)
    except SlackError as error:
        yield fail(CHECK, *explained(error, settings.api_url))
    else:
        yield _finding(answer.get("channel") or {}, channel)


def setting_findings(settings: Settings) -> Iterator[Finding]:
    """Warn if a channel is set without an interval: then no canary is sent."""
    if settings.watch.canary_channel and settings.watch.canary_every is None:
        yield warn(
            CHECK,
            f"{SETTING} is set and CANARY_EVERY is not: no canary is sent",
            "Set CANARY_EVERY (such as 15m), or remove both.",
        )


def _refused(error: Rejected, channel: str, api_url: str) -> Finding:
    if error.code == "missing_scope":
        what, _ = explained(error, api_url)
        return warn(CHECK, f"not checked: {what}", "Fix the problem above under 'scopes'.")
    return _unknown(error.code, channel)


def _unknown(code: str, channel: str) -> Finding:
    return fail(
        CHECK,
        f"{channel} ({SETTING}) is unknown to the bot ({code}): {_CONSEQUENCE}",
        f"If it is private, invite the bot there: /invite @Tocsin. Otherwise correct {SETTING}: "
        "the ID is at the bottom of the channel's details.",
    )


def _finding(found: Mapping[str, Any], channel: str) -> Finding:
    if found.get("is_read_only"):
        name = f"#{found['name']}" if found.get("name") else channel
        return fail(
            CHECK,
            f"{name} ({channel}, {SETTING}) does not accept posts from the bot: {_CONSEQUENCE}",
            "Let the bot post there (the channel's settings, 'Posting permissions'), or name "
            f"another channel in {SETTING}.",
        )
    return replace(channel_finding(found, channel, SETTING, "the environment"), check=CHECK)
