"""Identifies the sender of a request: the workspace, the person and the role."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from slack_bolt.context.async_context import AsyncBoltContext

from bot.domain.access.rights import Deed, require_somebody
from bot.domain.act import Act, Role, Workspace, by_the_bot
from bot.domain.controls import Button
from bot.domain.errors import BadInput, RoleUnknown, Stranger, Undescribed
from bot.domain.ids import UserId
from bot.domain.problems.names import CannotBeReached
from bot.services.access import identity
from bot.services.people.directory import Described
from handlers.shell import Shell

Result = TypeVar("Result")

AN_ORGANISATION = "E"
"""The first letter of an Enterprise Grid organisation's id. A workspace's id begins with T."""

ASK_SLACK_WITHIN = 1.5
"""Seconds that Slack has to describe a new person. The request needs the rest of its three."""


def workspace_of(context: AsyncBoltContext) -> Workspace:
    """Return the workspace of our installation, even if the payload names the sender's."""
    ours = context.authorize_result
    if ours is not None and ours.team_id:
        return Workspace(ours.team_id, ours.enterprise_id)
    return Workspace(context.team_id or "", context.enterprise_id)


async def whoever(
    shell: Shell,
    context: AsyncBoltContext,
    body: Mapping[str, Any],
    user: str,
    key: str | None,
    deed: Deed | None = None,
) -> Act:
    """Return the act of the person who sent the request. `deed` is what they want to do.

    Raises NotPermitted if neither the policy nor Slack vouches for the person, and Undescribed
    while Slack does not describe them.
    """
    asking = unidentified(shell, context, body, user, key)
    act = await identified(shell, asking.workspace, user, asking.now, key)
    act = asking if act is None else act
    require_somebody(act, deed)
    return act


def unidentified(
    shell: Shell, context: AsyncBoltContext, body: Mapping[str, Any], user: str, key: str | None
) -> Act:
    """Return the act of a person without rights yet; the service that gets it identifies them.

    Raises NotPermitted for people of another organisation.
    """
    act = Act(workspace_of(context), UserId(user), Role.NOBODY, shell.now(), key)
    if _from_elsewhere(body, act.workspace):
        require_somebody(replace(act, kept_out=True))
    return replace(act, unsure=not shell.roles_known())


async def once_known(
    shell: Shell,
    asking: Act,
    call: Callable[[], Coroutine[Any, Any, Result]],
    deed: Deed | None = None,
) -> Result:
    """Do work that needs the person's row. If it is missing, ask Slack and do the work again."""
    with suppress(Stranger):
        return await call()
    if await _described(shell, asking.workspace, asking.user):
        with suppress(Stranger):
            return await call()
    require_somebody(asking, deed)
    raise Stranger


def own_click(
    shell: Shell, context: AsyncBoltContext, button: Button, user: str, key: str | None
) -> Act | None:
    """Return the canary's click, made by our own user on a page of its own; else None.

    Slack never sends clicks of our user. `answering` lets only the people on a page's ladder answer
    it, and the bot is on no other page's ladder.
    """
    ours = context.authorize_result
    own = ours is not None and ours.bot_user_id and user == ours.bot_user_id
    if not own or button is not Button.ACKNOWLEDGE:
        return None
    return by_the_bot(workspace_of(context), shell.now(), key)


async def identified(
    shell: Shell, workspace: Workspace, user: str, now: datetime, key: str | None
) -> Act | None:
    """Return the act of a person, or None if Slack does not know them.

    Slack is asked once about a person who is not stored, and about one who counts as gone or
    barred, because that may have changed. If Slack does not answer, this raises Undescribed for a
    person who is not stored or counts as gone.
    """
    look = partial(identity.identify, shell.db, shell.policy, workspace, user, now, key)
    act = await shell.threads.read(look)
    if act is None or act.kept_out:
        try:
            described = await _described(shell, workspace, user)
        except Undescribed:
            if act is None or act.gone:
                raise
        else:
            act = await shell.threads.read(look) if described else act
    return act and replace(act, unsure=not shell.roles_known())


async def _described(shell: Shell, workspace: Workspace, user: str) -> bool:
    """Whether Slack knows this person. Raises Undescribed if Slack does not answer in time."""
    described = Described.NO_ANSWER
    with suppress(TimeoutError):
        async with asyncio.timeout(ASK_SLACK_WITHIN):
            described = await shell.fetch_person(workspace, user)
    if described is Described.NO_ANSWER:
        raise Undescribed
    return described is Described.STORED


async def reachable(
    shell: Shell, act: Act, user: str, said: str = "", *, to_page: bool = False
) -> UserId:
    """Return a person who may be paged or given work. Raises BadInput for guests and strangers.

    `said` names the person in the refusal as they were typed. A form shows no mention, so there it
    is their name in Slack.
    """
    try:
        other = await identified(shell, act.workspace, user, act.now, None)
    except Undescribed:
        raise Undescribed(user) from None
    if other is not None and other.unsure and other.role is Role.NOBODY and not other.kept_out:
        raise RoleUnknown(user)
    if other is None or other.role is Role.NOBODY:
        named = partial(identity.name_of, shell.db, act.workspace, user)
        said = said or await shell.threads.read(named)
        raise BadInput("person", CannotBeReached(said, to_page))
    return other.user


def _from_elsewhere(body: Mapping[str, Any], ours: Workspace) -> bool:
    """Whether a person of another organisation pressed our button, through Slack Connect.

    An Enterprise Grid has several workspaces of ours, so their ids are not compared, but the
    request may name no other organisation. Slack puts an organisation's id in a workspace's place
    there too. A person with only a workspace is judged by their row (`outsider`), which comes from
    Slack's `users.info`.
    """
    user, team = body.get("user"), body.get("team")
    homes = [_named(user, "team_id"), _named(team, "id")]
    if ours.enterprise_id is None:
        return any(home not in (None, "", ours.team_id) for home in (*homes, body.get("team_id")))
    grids = [
        _named(body.get("enterprise"), "id"),
        _named(team, "enterprise_id"),
        *(home for home in homes if isinstance(home, str) and home.startswith(AN_ORGANISATION)),
    ]
    return any(grid not in (None, "", ours.enterprise_id) for grid in grids)


def _named(part: object, key: str) -> object:
    return part.get(key) if isinstance(part, Mapping) else None
