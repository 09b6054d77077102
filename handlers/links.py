"""Makes permalinks without a call to Slack. A link that cannot fail needs no retry."""

from collections.abc import Mapping
from typing import Any

from slack_bolt.context.async_context import AsyncBoltContext

ANYWHERE = "https://slack.com/app_redirect"


def permalink(
    context: AsyncBoltContext, channel: str, ts: str, thread_ts: str | None = None
) -> str:
    """Return a message's address as `chat.getPermalink` would. It contains no content."""
    ours = context.authorize_result
    if ours is None or not ours.url:
        team = (ours.team_id if ours else None) or context.team_id
        return f"{ANYWHERE}?team={team}&channel={channel}&message_ts={ts}"
    link = f"{ours.url.rstrip('/')}/archives/{channel}/p{ts.replace('.', '')}"
    if thread_ts and thread_ts != ts:
        return f"{link}?thread_ts={thread_ts}&cid={channel}"
    return link


def of_message(context: AsyncBoltContext, body: Mapping[str, Any]) -> str | None:
    """Return the address of the message that a shortcut was used on.

    None if Slack left out the message's channel or time.
    """
    message, channel = body.get("message") or {}, body.get("channel") or {}
    ts = str(body.get("message_ts") or message.get("ts") or "")
    if not channel or not ts:
        return None
    return permalink(context, str(channel["id"]), ts, message.get("thread_ts"))
