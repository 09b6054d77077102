"""An escalation's channel is archived or unarchived, and people join or leave it."""

from bot.domain.act import Act
from bot.domain.errors import BadInput
from bot.policy import Policy
from bot.services.access import manual_joins
from bot.services.channels import channel as channels_channel
from bot.services.incidents import queries
from bot.store.database import Database
from handlers.events.event import Event


async def archived(event: Event) -> None:
    channel = str(event.data["channel"])
    act, incident_id = event.by_the_bot(), await _incident(event)
    if incident_id is not None:
        shell, happened = event.shell, event.happened
        await shell.threads.write(
            _archived, shell.db, shell.policy, act, incident_id, channel, happened
        )


def _archived(
    db: Database,
    policy: Policy,
    act: Act,
    incident_id: str,
    channel: str,
    happened: float | None,
) -> None:
    with db.transaction(act) as tx:
        channels_channel.channel_lost(
            tx, policy, act, incident_id, channel, "is_archived", happened
        )


async def unarchived(event: Event) -> None:
    """The bot can post to the channel again. For a private channel it learns of this by an
    invitation.
    """
    channel, shell = str(event.data["channel"]), event.shell
    act, incident_id = event.by_the_bot(), await _incident(event)
    if incident_id is not None:
        await shell.threads.write(_restored, shell.db, act, incident_id, channel, event.happened)


def _restored(
    db: Database, act: Act, incident_id: str, channel: str, happened: float | None
) -> None:
    with db.transaction(act) as tx:
        channels_channel.channel_restored(tx, act, incident_id, channel, happened)


async def joined(event: Event) -> None:
    """People whom the bot invited may read the escalation. Others were added by hand."""
    user, shell, act = str(event.data["user"]), event.shell, event.by_the_bot()
    if user == event.context.bot_user_id:
        await unarchived(event)
        return
    channel, inviter = str(event.data["channel"]), event.data.get("inviter")
    incident_id = await shell.threads.read(manual_joins.intruded_upon, shell.db, act, channel, user)
    if incident_id is not None:
        added_by = str(inviter) if inviter else None
        await shell.threads.write(
            manual_joins.joined, shell.db, shell.policy, act, incident_id, user, added_by
        )


async def left(event: Event) -> None:
    """A person left or was removed. Slack does not say which."""
    incident_id, shell = await _incident(event), event.shell
    if incident_id is not None:
        user = str(event.data["user"])
        act = event.by_the_bot()
        await shell.threads.write(manual_joins.left, shell.db, shell.policy, act, incident_id, user)


async def _incident(event: Event) -> str | None:
    """Return the incident whose own channel this is."""
    shell, channel = event.shell, str(event.data["channel"])
    try:
        found = await shell.threads.read(queries.find, shell.db, event.by_the_bot(), None, channel)
    except BadInput:
        return None
    return found.incident_id
