"""Stores what Slack tells us about people and groups, so that no ack has to wait for a call."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from enum import Enum
from logging import Logger
from typing import Any

from bot.domain.act import Workspace
from bot.domain.text.showing import says
from bot.policy import Policy
from bot.services.people import departures
from bot.store.access import participants
from bot.store.database import Database
from bot.store.people import people_and_groups
from bot.store.tables.directory import DescribedPerson


class Described(Enum):
    """The result of asking Slack who a person is."""

    STORED = "described, and stored"
    NOT_KNOWN = "Slack knows no such person"
    NO_ANSWER = "Slack does not say, now"


NO_SUCH_GROUP = "no_such_subteam"
"""Slack's error for a user group that was deleted."""
EVERYONE = "everyone"
"""The part of the directory that lists all people."""


def warn_of_empty_group(log: Logger, group: str, people: int) -> None:
    """Log that a group has no members now; `people`: how many had its role."""
    said = {"group": group, "people": people}
    log.warning("A user group of the policy has no members now: its role is withdrawn", extra=said)


def remember_people(
    db: Database,
    policy: Policy,
    workspace: Workspace,
    users: Iterable[Mapping[str, Any]],
    now: datetime,
) -> int:
    """Store members as `users.list`, `users.info` and `user_change` describe them."""
    rows = [_row(workspace, user, now) for user in users]
    with db.transaction() as tx:
        departures.remember(tx, policy, workspace, rows, now)
    return len(rows)


def of_another_organisation(workspace: Workspace, user: Mapping[str, Any]) -> bool:
    """Tell whether a Slack user object is of a person from another organisation.

    `is_stranger` is not enough: it is False for anyone the app can meet in a shared channel,
    and they can press our buttons. So the home counts: our workspace, or one of our own Enterprise
    Grid. A person who cannot show either is from elsewhere.
    """
    home, grid = user.get("team_id"), user.get("enterprise_user")
    if user.get("is_stranger"):
        return True
    if home in (None, "", workspace.team_id):
        return False
    if workspace.enterprise_id is None:
        return True
    organisation = grid.get("enterprise_id") if isinstance(grid, Mapping) else None
    return workspace.enterprise_id not in (organisation, home)


def _row(workspace: Workspace, user: Mapping[str, Any], now: datetime) -> DescribedPerson:
    profile = user.get("profile") or {}
    # The full name first: in an SMS, which has no mentions, a nickname identifies no one.
    told = (user.get("real_name"), profile.get("display_name"), user.get("name"))
    name = next((one for one in told if one and says(str(one))), "")
    outsider = (
        user.get("is_restricted")
        or user.get("is_ultra_restricted")
        or of_another_organisation(workspace, user)
    )
    return DescribedPerson(
        team_id=workspace.team_id,
        enterprise_id=workspace.enterprise_id,
        user_id=user["id"],
        name=str(name)[:120],
        zone=_zone(user.get("tz")),
        outsider=bool(outsider),
        gone=bool(user.get("deleted")),
        is_bot=bool(user.get("is_bot")) or user["id"] == "USLACKBOT",
        seen_at=now,
    )


def _zone(told: object) -> str:
    """Return Slack's name of the zone. Empty, if Slack gives none, means the policy's zone."""
    return told[:64] if isinstance(told, str) else ""


def seated(db: Database, workspace: Workspace, users: Collection[str]) -> frozenset[str]:
    """Return those who are invited to any escalation, and would lose the invitation."""
    with db.reading() as tx:
        return participants.seated(tx, workspace, users)


def left(db: Database, workspace: Workspace, users: Iterable[str]) -> frozenset[str]:
    """Return those who have left Slack, as far as we know; no guests and no bots."""
    with db.reading() as tx:
        known = people_and_groups.people(tx, workspace, list(users))
    return frozenset(user for user, person in known.items() if person.gone)


def remember_group(db: Database, workspace: Workspace, group_id: str, users: Iterable[str]) -> int:
    """Store the members of a user group that the policy names. An empty or deleted group grants
    nothing from now on: return how many people lost its role, else 0."""
    members = set(users)
    with db.transaction() as tx:
        before = people_and_groups.remember_group(tx, workspace, group_id, members)
        people_and_groups.mark_read(tx, workspace, group_id)
    return 0 if members else before


def mark_read(db: Database, workspace: Workspace, part: str) -> None:
    """Record that EVERYONE, or a user group, has been read once, whatever Slack answered."""
    with db.transaction() as tx:
        people_and_groups.mark_read(tx, workspace, part)


def unread(db: Database, policy: Policy, workspace: Workspace) -> frozenset[str]:
    """Return the parts that were never read: EVERYONE, or groups that the policy names."""
    with db.reading() as tx:
        return parts(policy) - people_and_groups.parts_read(tx, workspace)


def parts(policy: Policy) -> frozenset[str]:
    return frozenset({EVERYONE, *policy.roles.groups})


def remember_dm(db: Database, workspace: Workspace, user: str, channel: str) -> None:
    """Store a person's direct-message channel, so that it is opened only once."""
    with db.transaction() as tx:
        people_and_groups.remember_dm(tx, workspace, user, channel)


def dm_channels(db: Database, workspace: Workspace, users: Iterable[str]) -> dict[str, str | None]:
    """Return the known direct-message channels; None for a person without one."""
    wanted = list(users)
    with db.reading() as tx:
        known = people_and_groups.people(tx, workspace, wanted)
    return {user: known[user].dm_channel if user in known else None for user in wanted}
