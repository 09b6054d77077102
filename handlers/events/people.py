"""Keeps the stored people and groups in step with Slack."""

import logging

from slack_sdk.errors import SlackApiError

from bot.services.people import directory
from handlers.events.event import Event
from handlers.http.failures import error_code

logger = logging.getLogger("tocsin.handlers")


async def person_changed(event: Event) -> None:
    shell = event.shell
    await shell.threads.write(
        directory.remember_people,
        shell.db,
        shell.policy,
        event.workspace,
        [event.data["user"]],
        shell.now(),
    )


async def group_changed(event: Event) -> None:
    """Store the members of a group. Slack names all of them, also after a change of members.

    The event of a deleted group may still name its former members.
    """
    group = event.data.get("subteam") or {}
    users = [] if group.get("date_delete") else group.get("users")
    if users is not None:
        await _remember(event, str(group.get("id")), users)


async def members_changed(event: Event) -> None:
    """Ask Slack for all members, after the answer. This event names only the difference."""
    group_id = str(event.data.get("subteam_id"))
    if group_id not in event.shell.policy.roles.groups:
        return

    async def ask() -> None:
        try:
            answer = await event.client.usergroups_users_list(usergroup=group_id)
        except SlackApiError as error:
            if error_code(error) != directory.NO_SUCH_GROUP:
                raise
            users: object = []
        else:
            users = answer.get("users")
        if isinstance(users, list) and all(isinstance(user, str) for user in users):
            await _remember(event, group_id, users)

    event.shell.tasks.start(ask(), "Reading a user group")


async def _remember(event: Event, group_id: str, users: list[str]) -> None:
    """Store the members, unless the policy does not name the group."""
    shell = event.shell
    if group_id in shell.policy.roles.groups:
        lost = await shell.threads.write(
            directory.remember_group, shell.db, event.workspace, group_id, users
        )
        if lost:
            directory.warn_of_empty_group(logger, group_id, lost)
