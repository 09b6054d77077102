"""A person opens the home tab."""

from bot.services.incidents import home
from handlers.events.event import Event


async def opened(event: Event) -> None:
    if event.data.get("tab") != "home":
        return
    act = await event.by(str(event.data["user"]))
    if act is not None:
        await event.shell.threads.write(home.refresh, event.shell.db, act)
