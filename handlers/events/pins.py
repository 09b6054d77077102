"""A pushpin on a message in an incident's channel puts it on the timeline."""

from bot.domain.act import Role
from bot.domain.errors import BadInput, Stranger
from bot.services.incidents import lifecycle, queries
from handlers.events.event import Event
from handlers.links import permalink

PUSHPIN = "pushpin"


async def reacted(event: Event) -> None:
    item = event.data.get("item") or {}
    if event.data.get("reaction") != PUSHPIN or item.get("type") != "message":
        return
    act = await event.by(str(event.data["user"]))
    if act is not None and act.role is Role.NOBODY and act.unsure and not act.kept_out:
        raise Stranger  # Not known yet: Slack sends it again.
    if act is None or act.role is Role.NOBODY:
        return
    channel, ts = str(item.get("channel")), str(item.get("ts"))
    shell = event.shell
    try:
        found = await shell.threads.read(queries.find, shell.db, act, None, channel, ts)
    except BadInput:
        return  # not the channel of an incident
    link = permalink(event.context, channel, ts)
    author = str(event.data.get("item_user") or "")
    await shell.threads.write(
        lifecycle.capture_message, shell.db, act, found.incident_id, link, author
    )
