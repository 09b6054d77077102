"""A person mentions the bot: it says how to use it."""

from handlers.answers import sentence
from handlers.events.event import Event


async def mentioned(event: Event) -> None:
    """Answer only that person, where they wrote. If Slack is down, the loss does no harm."""
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
    """Give the same answer to a person who writes to the bot directly.

    Edits, joins and messages of bots get no answer.
    """
    spoken = event.data.get("channel_type") == "im" and event.data.get("user")
    if spoken and not event.data.get("subtype") and not event.data.get("bot_id"):
        await mentioned(event)
