"""A person opens the home tab."""

from bot.services import homes
from handlers.events.event import Event


async def opened(event: Event) -> None:
    if event.data.get("tab") != "home":
        return
    act = await event.by(str(event.data["user"]))
    if act is not None:
        await event.shell.threads.write(homes.refresh, event.shell.db, act)
