"""`reactions.*` and `pins.*`."""

from __future__ import annotations

import re

from playground.api.arguments import Arguments
from playground.api.registry import method
from playground.api.seen import channel_of, message_of, writable
from playground.facade import Playground
from playground.state.records import Json, Message
from playground.web.refusal import Refusal

_TS = re.compile(r"\d+\.\d{6}")
_EMOJI = re.compile(r"[a-z0-9_+'-]+(::skin-tone-[2-6])?")
PINS_PER_CHANNEL = 100


def _message(slack: Playground, args: Arguments) -> Message:
    channel = channel_of(slack, args, member=True)
    ts = args.text("timestamp")
    if not _TS.fullmatch(ts):
        raise Refusal("bad_timestamp")
    return message_of(slack, channel, ts)


@method("reactions.add")
def reactions_add(slack: Playground, args: Arguments) -> Json:
    message = _message(slack, args)
    writable(slack.workspace.channels[message.channel])
    name = args.text("name").strip(":")
    if not _EMOJI.fullmatch(name):
        raise Refusal("invalid_name")
    if slack.app.user_id in message.reactions.get(name, ()):
        raise Refusal("already_reacted")
    slack.rooms.react(message, slack.app.user_id, name)
    return {}


@method("reactions.remove")
def reactions_remove(slack: Playground, args: Arguments) -> Json:
    message = _message(slack, args)
    name = args.text("name").strip(":")
    if slack.app.user_id not in message.reactions.get(name, ()):
        raise Refusal("no_reaction")
    slack.rooms.unreact(message, slack.app.user_id, name)
    return {}


@method("reactions.get")
def reactions_get(slack: Playground, args: Arguments) -> Json:
    message = _message(slack, args)
    shown = slack.shapes.message(message)
    return {"type": "message", "channel": message.channel, "message": shown}


@method("pins.add")
def pins_add(slack: Playground, args: Arguments) -> Json:
    message = _message(slack, args)
    if message.pinned:
        raise Refusal("already_pinned")
    if len(slack.workspace.pins(message.channel)) >= PINS_PER_CHANNEL:
        raise Refusal("too_many_pins")
    slack.rooms.pin(message, slack.app.user_id)
    return {}


@method("pins.remove")
def pins_remove(slack: Playground, args: Arguments) -> Json:
    message = _message(slack, args)
    if not message.pinned:
        raise Refusal("no_pin")
    slack.rooms.unpin(message, slack.app.user_id)
    return {}


@method("pins.list")
def pins_list(slack: Playground, args: Arguments) -> Json:
    channel = channel_of(slack, args, member=True)
    items = [
        {
            "type": "message",
            "channel": channel.id,
            "created": int(float(message.ts)),
            "created_by": message.user,
            "message": slack.shapes.message(message),
        }
        for message in slack.workspace.pins(channel.id)
    ]
    return {"items": items}
