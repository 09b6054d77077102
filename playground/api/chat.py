"""`chat.*`: posting, changing, deleting."""

from __future__ import annotations

from typing import Any

from playground.api.arguments import UNSET, Arguments
from playground.api.registry import method
from playground.api.seen import channel_of, message_of, writable
from playground.facade import Playground
from playground.state import elements
from playground.state.records import Channel, Json, Message
from playground.web.refusal import Refusal
from slack_rules import Problem, check_message
from slack_rules.limits import LONGEST

#: Refused, because accepting them without effect would mislead.
_NOT_MODELLED = (
    "attachments",
    "markdown_text",
    "username",
    "icon_emoji",
    "icon_url",
    "parse",
    "link_names",
    "as_user",
)

_PAYLOAD_ERRORS = {"/metadata": "invalid_metadata_format", "/blocks": "invalid_blocks"}


@method("chat.postMessage")
def post_message(slack: Playground, args: Arguments) -> Json:
    channel = _destination(slack, args)
    content = content_of(args)
    message = slack.rooms.post(
        app_message(
            slack,
            channel,
            content,
            thread_ts=_thread(slack, channel, args),
            subtype="thread_broadcast" if args.flag("reply_broadcast") else None,
        )
    )
    shown = slack.shapes.message(message, metadata=True, thread=False)
    return {"channel": channel.id, "ts": message.ts, "message": shown}


@method("chat.postEphemeral")
def post_ephemeral(slack: Playground, args: Arguments) -> Json:
    channel = writable(channel_of(slack, args, member=True))
    viewer = args.text("user")
    if viewer not in channel.members:
        raise Refusal("user_not_in_channel")
    thread = args.text("thread_ts") or None
    message = app_message(slack, channel, content_of(args), thread_ts=thread, viewer=viewer)
    slack.rooms.post(message)
    return {"message_ts": message.ts}


@method("chat.update")
def update(slack: Playground, args: Arguments) -> Json:
    channel = channel_of(slack, args)
    message = message_of(slack, channel, args.text("ts"))
    if message.user != slack.app.user_id:
        raise Refusal("cant_update_message")
    content = content_of(args, longest=LONGEST["update.text"])
    slack.rooms.edit(
        message,
        text=content["text"] if "text" in args else None,
        blocks=_named(slack, content["blocks"]) if "blocks" in args else None,
        metadata=content["metadata"] or {} if "metadata" in args else None,
    )
    shown = slack.shapes.message(message, metadata=True, thread=False)
    return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": shown}


@method("chat.delete")
def delete(slack: Playground, args: Arguments) -> Json:
    channel = channel_of(slack, args)
    message = message_of(slack, channel, args.text("ts"))
    if message.user != slack.app.user_id:
        raise Refusal("cant_delete_message")
    slack.rooms.delete(message)
    return {"channel": channel.id, "ts": message.ts}


@method("chat.getPermalink")
def get_permalink(slack: Playground, args: Arguments) -> Json:
    channel = channel_of(slack, args)
    message = message_of(slack, channel, args.text("message_ts"))
    return {"channel": channel.id, "permalink": slack.permalink(message)}


def content_of(args: Arguments, longest: int | None = None) -> Json:
    """Return a payload's text, blocks and metadata, with Slack's checks applied."""
    unmodelled = [name for name in _NOT_MODELLED if args.given.get(name) not in UNSET]
    if unmodelled:
        detail = f"{unmodelled[0]} is not modelled by the playground"
        raise Refusal("not_implemented", detail=detail)
    content: Json = {
        "text": args.text("text"),
        "blocks": args.structure("blocks", "invalid_blocks_format"),
        "metadata": args.structure("metadata", "invalid_metadata_format"),
    }
    given = {name: value for name, value in content.items() if value is not None}
    _refuse(check_message(given))
    text = content["text"]
    if longest is not None and len(text) > longest:
        raise Refusal("msg_too_long")
    content["text"] = text[: LONGEST["message.text"]]
    return content


def app_message(
    slack: Playground,
    channel: Channel,
    content: Json,
    *,
    thread_ts: str | None = None,
    viewer: str | None = None,
    subtype: str | None = None,
) -> Message:
    """Build a message by the app. The caller stores it."""
    return Message(
        ts=slack.clock.next_ts(),
        channel=channel.id,
        user=slack.app.user_id,
        text=content["text"],
        blocks=_named(slack, content["blocks"]),
        metadata=content["metadata"] or None,
        thread_ts=thread_ts,
        bot_id=slack.app.bot_id,
        subtype=subtype,
        ephemeral_to=viewer,
    )


def _named(slack: Playground, blocks: Any) -> list[Json]:
    return elements.with_ids(blocks or [], lambda: f"b{slack.workspace.next_number('block'):06x}")


def _refuse(problems: list[Problem]) -> None:
    if not problems:
        return
    if all(problem.code == "no_text" for problem in problems):
        raise Refusal("no_text")
    if all(problem.code == "blocks_too_long" for problem in problems):
        raise Refusal.of_payload("msg_blocks_too_long", problems)
    for place, code in _PAYLOAD_ERRORS.items():
        of_place = [problem for problem in problems if problem.pointer.startswith(place)]
        if of_place:
            raise Refusal.of_payload(code, of_place)
    raise Refusal.of_payload("invalid_arguments", problems)


def _destination(slack: Playground, args: Arguments) -> Channel:
    """Find a channel by id or name, or a person's direct conversation by their id."""
    given = args.text("channel")
    person = slack.workspace.people.get(given)
    if person is not None:
        if person.is_bot:
            raise Refusal("cannot_dm_bot")
        if person.deleted:
            raise Refusal("user_disabled")
        if not slack.manifest.messages_tab:
            raise Refusal("messages_tab_disabled")
        return slack.workspace.open_direct_channel([slack.app.user_id, person.id])
    named = slack.workspace.channel_named(given.removeprefix("#"))
    if named is not None:
        args = Arguments(args.given | {"channel": named.id})
    public = slack.manifest.scopes is not None and slack.manifest.grants(("chat:write.public",))
    channel = writable(channel_of(slack, args, member=not public))
    if channel.is_im and any(slack.workspace.people[one].deleted for one in channel.members):
        raise Refusal("user_disabled")
    if channel.is_read_only:
        raise Refusal("restricted_action_read_only_channel")
    return channel


def _thread(slack: Playground, channel: Channel, args: Arguments) -> str | None:
    """Return the thread's parent: in Slack, a reply to a reply joins the same thread."""
    wanted = args.text("thread_ts")
    if not wanted:
        return None
    parent = slack.workspace.message(channel.id, wanted)
    if parent is None or parent.ephemeral_to is not None:
        raise Refusal("cannot_reply_to_message")
    return parent.thread_ts or parent.ts
