"""`conversations.*`: the channels themselves, and direct conversations."""

from __future__ import annotations

import re

from playground.api.arguments import Arguments
from playground.api.registry import method
from playground.api.seen import channel_of, named_channel, page, person_of, writable
from playground.facade import Playground
from playground.state.records import Channel, Json
from playground.web.refusal import Refusal
from slack_rules.limits import LONGEST, PEOPLE_PER_GROUP_MESSAGE


@method("conversations.create")
def create(slack: Playground, args: Arguments) -> Json:
    name = _free_name(slack, args.text("name"))
    channel = slack.rooms.create(name, slack.app.user_id, private=args.flag("is_private"))
    return {"channel": slack.shapes.channel(channel)}


@method("conversations.rename")
def rename(slack: Playground, args: Arguments) -> Json:
    channel = writable(named_channel(slack, args, member=True))
    if channel.creator != slack.app.user_id:
        raise Refusal("not_authorized")
    slack.rooms.rename(channel, _free_name(slack, args.text("name"), channel), slack.app.user_id)
    return {"channel": slack.shapes.channel(channel)}


@method("conversations.archive")
def archive(slack: Playground, args: Arguments) -> Json:
    channel = named_channel(slack, args, member=True)
    if channel.is_archived:
        raise Refusal("already_archived")
    if channel.name == "general":
        raise Refusal("cant_archive_general")
    slack.rooms.archive(channel, slack.app.user_id)
    return {}


@method("conversations.setTopic")
def set_topic(slack: Playground, args: Arguments) -> Json:
    channel = writable(named_channel(slack, args, member=True))
    topic = args.text("topic")
    if len(topic) > LONGEST["channel.topic"]:
        raise Refusal("too_long")
    slack.rooms.set_topic(channel, topic, slack.app.user_id)
    return {"channel": slack.shapes.channel(channel)}


@method("conversations.setPurpose")
def set_purpose(slack: Playground, args: Arguments) -> Json:
    channel = writable(named_channel(slack, args, member=True))
    purpose = args.text("purpose")
    if len(purpose) > LONGEST["channel.purpose"]:
        raise Refusal("too_long")
    slack.rooms.set_purpose(channel, purpose, slack.app.user_id)
    return {"channel": slack.shapes.channel(channel)}


@method("conversations.info")
def info(slack: Playground, args: Arguments) -> Json:
    channel = channel_of(slack, args)
    return {"channel": slack.shapes.channel(channel, members=args.flag("include_num_members"))}


@method("conversations.list")
def list_channels(slack: Playground, args: Arguments) -> Json:
    bot = slack.app.user_id
    return _listed(
        slack,
        args,
        [
            channel
            for channel in slack.workspace.channels.values()
            if channel.kind == "public_channel" or bot in channel.members
        ],
        members=True,
    )


@method("users.conversations")
def users_conversations(slack: Playground, args: Arguments) -> Json:
    """List a person's channels that the app can see."""
    bot = slack.app.user_id
    user = person_of(slack, args.text("user") or bot).id
    return _listed(
        slack,
        args,
        [
            channel
            for channel in slack.workspace.channels.values()
            if user in channel.members
            and (channel.kind == "public_channel" or bot in channel.members)
            and _shows(slack, channel)
        ],
        members=False,
    )


def _shows(slack: Playground, channel: Channel) -> bool:
    """Whether lists show a channel yet: Slack does not promise it for new ones."""
    lag = slack.faults.history_lag
    # `created` counts whole seconds.
    return lag == 0 or channel.created + 1 + lag <= slack.clock.now()


@method("conversations.open")
def open_conversation(slack: Playground, args: Arguments) -> Json:
    if "channel" in args:
        channel = channel_of(slack, args)
        return {"channel": _opened(slack, channel, args)}
    users = args.ids("users")
    if not users:
        raise Refusal("users_list_not_supplied")
    if len(users) > PEOPLE_PER_GROUP_MESSAGE:
        raise Refusal("too_many_users")
    for user in users:
        person = person_of(slack, user)
        if person.deleted:
            raise Refusal("user_disabled")
        if person.is_bot:
            raise Refusal("cannot_dm_bot")
    bot = slack.app.user_id
    known = slack.workspace.direct_channel([bot, *users])
    channel = known or slack.workspace.open_direct_channel([bot, *users])
    flags = {"no_op": True, "already_open": True} if known else {}
    return {**flags, "channel": _opened(slack, channel, args)}


def _opened(slack: Playground, channel: Channel, args: Arguments) -> Json:
    full = slack.shapes.channel(channel)
    return full if args.flag("return_im") else {"id": channel.id}


def _listed(slack: Playground, args: Arguments, channels: list[Channel], *, members: bool) -> Json:
    kinds = args.ids("types") or ["public_channel"]
    live = not args.flag("exclude_archived")
    wanted = [
        channel
        for channel in channels
        if channel.kind in kinds and (live or not channel.is_archived)
    ]
    shown, metadata = page(wanted, args, default=100)
    return {
        "channels": [slack.shapes.channel(each, members=members) for each in shown],
        **metadata,
    }


def _free_name(slack: Playground, name: str, renamed: Channel | None = None) -> str:
    """Check a channel name by Slack's rules. Archived and hidden channels keep theirs."""
    if not name:
        raise Refusal("invalid_name_required")
    if len(name) > LONGEST["channel.name"]:
        raise Refusal("invalid_name_maxlength")
    if not re.search(r"\w", name.replace("_", "")):
        raise Refusal("invalid_name_punctuation")
    if not all(each.isalnum() or each in "-_" for each in name):
        raise Refusal("invalid_name_specials")
    if name != name.lower():
        raise Refusal("invalid_name")
    taken = slack.workspace.channel_named(name)
    if taken is not None and taken is not renamed:
        raise Refusal("name_taken")
    return name
