"""`conversations.history`, newest first, and `.replies`, oldest first."""

from __future__ import annotations

import re

from playground.api.arguments import Arguments
from playground.api.registry import method
from playground.api.seen import channel_of, page
from playground.facade import Playground
from playground.state.records import Json, Message
from playground.web.refusal import Refusal

_TS = re.compile(r"\d+(\.\d{1,6})?")


@method("conversations.history")
def history(slack: Playground, args: Arguments) -> Json:
    channel = channel_of(slack, args, member=True)
    spoken = [
        message
        for message in slack.workspace.messages_since(channel.id, _bound(args, "oldest", "0"))
        if message.ephemeral_to is None
        and (not message.is_reply or message.subtype == "thread_broadcast")
        and _within(message, args)
        and _settled(slack, message)
    ]
    return _answer(slack, list(reversed(spoken)), args)


@method("conversations.replies")
def replies(slack: Playground, args: Arguments) -> Json:
    channel = channel_of(slack, args, member=True)
    parent = slack.workspace.message(channel.id, args.text("ts"))
    if parent is None or parent.ephemeral_to is not None:
        raise Refusal("thread_not_found")
    root = parent.thread_ts or parent.ts
    answers = [each for each in slack.workspace.replies(channel.id, root) if _settled(slack, each)]
    first = slack.workspace.message(channel.id, root)
    head = [first] if first is not None else []
    return _answer(slack, head + [reply for reply in answers if _within(reply, args)], args)


def _answer(slack: Playground, messages: list[Message], args: Arguments) -> Json:
    shown, metadata = page(messages, args, default=100)
    with_metadata = args.flag("include_all_metadata")
    more = bool(metadata["response_metadata"]["next_cursor"])
    return {
        "messages": [slack.shapes.message(each, metadata=with_metadata) for each in shown],
        "has_more": more,
        "pin_count": 0,
        **(metadata if more else {}),
    }


def _settled(slack: Playground, message: Message) -> bool:
    """Whether reads show a message yet: Slack does not promise it for new ones."""
    lag = slack.faults.history_lag
    return lag == 0 or float(message.ts) <= slack.clock.now() - lag


def _within(message: Message, args: Arguments) -> bool:
    """Both ends are exclusive unless `inclusive` is set."""
    oldest, latest = _bound(args, "oldest", "0"), _bound(args, "latest", "9999999999.999999")
    if args.flag("inclusive"):
        return oldest <= message.ts <= latest
    return oldest < message.ts < latest


def _bound(args: Arguments, name: str, default: str) -> str:
    given = args.text(name) or default
    if given == "0":
        return given
    if not _TS.fullmatch(given):
        raise Refusal(f"invalid_ts_{name}")
    seconds, _, fraction = given.partition(".")
    return f"{int(seconds):010d}.{fraction:0<6}"
