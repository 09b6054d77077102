"""Somebody archived a channel."""

from bot.domain.act import Act
from bot.domain.errors import BadInput
from bot.services import reading, rooms
from bot.store.database import Database
from handlers.events.event import Event


async def archived(event: Event) -> None:
    shell, act = event.shell, event.by_the_bot()
    channel = str(event.data["channel"])
    try:
        found = await shell.threads.read(reading.find, shell.db, act, None, channel)
    except BadInput:
        return  # no incident's channel
    await shell.threads.write(_archived, shell.db, act, found.incident_id, channel)


def _archived(db: Database, act: Act, incident_id: str, channel: str) -> None:
    with db.transaction(act) as tx:
        rooms.channel_archived(tx, act, incident_id, channel)
