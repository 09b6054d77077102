"""Checks that Slack knows every person, user group and channel in the policy."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

from bot.domain.act import Workspace
from bot.domain.ids import UserId
from bot.policy import Policy
from bot.services.people.directory import of_another_organisation
from bot.slack.errors import DeadTarget, Rejected, SlackError, TokenLost
from commandline.checks.findings import Finding, fail, listed, ok, warn
from commandline.checks.slack import Slack, explained
from commandline.terminal import counted

_EVERY_CALL_FAILS = "missing_scope"


async def named_findings(slack: Slack, policy: Policy, api_url: str) -> AsyncIterator[Finding]:
    """Check people, user groups and channels. An outage ends the checks."""
    for check, look in (
        ("people", _people_findings),
        ("user groups", _group_findings),
        ("channels", _channel_findings),
    ):
        try:
            async for finding in look(slack, policy):
                yield finding
        except Rejected as error:
            yield warn(check, f"not checked: {explained(error, api_url)[0]}", _scope_advice())
        except SlackError as error:
            yield fail(check, *explained(error, api_url))
            return


def _scope_advice() -> str:
    return "Fix the problem above under 'scopes', then run the doctor again."


def _raise_if_general(error: Rejected) -> None:
    """Raise an error that every further call would meet, so that it is reported once."""
    if error.code == _EVERY_CALL_FAILS:
        raise error


async def _people_findings(slack: Slack, policy: Policy) -> AsyncIterator[Finding]:
    there = 0
    for user, names in policy.user_ids.items():
        try:
            answer = await slack.ask("users.info", user=user)
        except DeadTarget as error:
            problem: str | None = f"is unknown to Slack ({error.code})"
        except Rejected as error:
            _raise_if_general(error)
            problem = f"cannot be looked up ({error.code})"
        else:
            found = answer.get("user")
            problem = "is not described by Slack"
            if isinstance(found, dict):
                problem = unfit(found, slack.workspace)
        if problem is None:
            there += 1
        else:
            yield _unfit_finding(policy, user, names, problem)
    yield ok("people", f"{there} of {len(policy.user_ids)} in the policy can be paged")


def unfit(user: Mapping[str, Any], workspace: Workspace) -> str | None:
    """Return why a person cannot get pages of `workspace`; None if they can."""
    if user.get("deleted"):
        return "is deactivated"
    if user.get("is_bot") or user.get("id") == "USLACKBOT":
        return "is a bot"
    if of_another_organisation(workspace, user):
        return "belongs to another organisation"
    if user.get("is_restricted") or user.get("is_ultra_restricted"):
        return "is a guest"
    return None


def _unfit_finding(policy: Policy, user: str, names: tuple[str, ...], problem: str) -> Finding:
    teams = [team.name for team in policy.teams.values() if UserId(user) in team.everyone]
    on = f", on {listed(teams)}" if teams else ""
    name = listed(names)
    return fail(
        "people",
        f"{name} ({user}{on}) {problem}",
        f"In {policy.source}, correct {name} under [people], or take {name} out of the policy.",
    )


async def _group_findings(slack: Slack, policy: Policy) -> AsyncIterator[Finding]:
    for group, places in policy.group_ids.items():
        where = listed(places)
        try:
            answer = await slack.ask("usergroups.users.list", usergroup=group)
        except TokenLost:
            raise
        except (DeadTarget, Rejected) as error:
            if isinstance(error, Rejected):
                _raise_if_general(error)
            yield fail(
                "user groups",
                f"{group} ({where}) cannot be read ({error.code})",
                f"In {policy.source}, correct the ID at {where}: it is in the group's "
                "address in Slack.",
            )
            continue
        users = answer.get("users")
        members = users if isinstance(users, list) else []
        if members:
            yield ok("user groups", f"{group} ({where}) has {counted(len(members), 'member')}")
        else:
            yield warn(
                "user groups",
                f"{group} ({where}) has no members",
                "Add people to the group in Slack, or take it out of the policy.",
            )


async def _channel_findings(slack: Slack, policy: Policy) -> AsyncIterator[Finding]:
    for channel, places in policy.channel_ids.items():
        where = listed(places)
        try:
            answer = await slack.ask("conversations.info", channel=channel)
        except (DeadTarget, Rejected) as error:
            if isinstance(error, Rejected):
                _raise_if_general(error)
            yield fail(
                "channels",
                f"{channel} ({where}) is unknown to the bot ({error.code})",
                f"If it is private, invite the bot there: /invite @Tocsin. Otherwise correct the "
                f"ID at {where} in {policy.source}.",
            )
            continue
        yield channel_finding(answer.get("channel") or {}, channel, where, policy.source)


def channel_finding(found: Mapping[str, Any], channel: str, where: str, source: str) -> Finding:
    """Say whether the bot can post in a channel."""
    name = f"#{found['name']}" if found.get("name") else channel
    if found.get("is_archived"):
        return fail(
            "channels",
            f"{name} ({channel}, {where}) is archived",
            f"Unarchive it in Slack, or name another channel at {where} in {source}.",
        )
    if found.get("is_member"):
        return ok("channels", f"{name} ({channel}, {where}): the bot is a member")
    if found.get("is_private"):
        return fail(
            "channels",
            f"{name} ({channel}, {where}) is private, and the bot is not in it",
            "Invite the bot there: /invite @Tocsin.",
        )
    return ok("channels", f"{name} ({channel}, {where}) is public: the bot joins when it posts")
