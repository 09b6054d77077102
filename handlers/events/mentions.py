"""A person mentions the bot: it says how to use it."""

from handlers.answers import sentence
from handlers.events.event import Event


async def mentioned(event: Event) -> None:
    """Only to that person, where they wrote it; lost without harm when Slack is away."""
    if not event.data.get("user") or not event.data.get("channel"):
        return  # a bot wrote it
    message = sentence(event.shell.wording, "mentioned")

    async def tell() -> None:
        await event.client.chat_postEphemeral(
            channel=str(event.data["channel"]),
            user=str(event.data["user"]),
            text=message.text,
            blocks=message.blocks,
            thread_ts=event.data.get("thread_ts"),
        )

    event.shell.tasks.start(tell(), "Answering a mention")


async def written(event: Event) -> None:
    """A person writes to the bot in its direct messages: the same answer. Edits, joins and what
    bots say are left alone."""
    spoken = event.data.get("channel_type") == "im" and event.data.get("user")
    if spoken and not event.data.get("subtype") and not event.data.get("bot_id"):
        await mentioned(event)
