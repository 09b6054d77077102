"""`conversations.invite` and the other methods on a channel's members."""

from __future__ import annotations

from playground.api.arguments import Arguments
from playground.api.registry import method
from playground.api.seen import channel_of, named_channel, page, person_of, writable
from playground.facade import Playground
from playground.state.records import Channel, Json
from playground.web.refusal import Refusal

#: Slack's maximum. A hundred per call is safe.
INVITED_AT_ONCE = 1_000


@method("conversations.members")
def members(slack: Playground, args: Arguments) -> Json:
    channel = channel_of(slack, args)
    shown, metadata = page(channel.members, args, default=100)
    return {"members": shown, **metadata}


@method("conversations.invite")
def invite(slack: Playground, args: Arguments) -> Json:
    """Invite all or no one. With `force`, invite those who can be, and report the others."""
    channel = writable(named_channel(slack, args, member=True))
    users = args.ids("users")
    if not users:
        raise Refusal("no_user")
    if len(users) > INVITED_AT_ONCE:
        raise Refusal("too_many_users")
    reasons = {user: _why_not(slack, channel, user) for user in users}
    refused = [
        {"user": user, "ok": False, "error": reason} for user, reason in reasons.items() if reason
    ]
    welcome = [user for user, reason in reasons.items() if reason is None]
    if refused and (not args.flag("force") or not welcome):
        raise Refusal(str(refused[0]["error"]), errors=refused)
    for user in welcome:
        slack.rooms.add_member(channel, user, inviter=slack.app.user_id)
    answer: Json = {"channel": slack.shapes.channel(channel)}
    return answer | ({"errors": refused} if refused else {})


@method("conversations.join")
def join(slack: Playground, args: Arguments) -> Json:
    channel = writable(channel_of(slack, args))
    if channel.kind != "public_channel":
        raise Refusal("method_not_supported_for_channel_type")
    already = slack.app.user_id in channel.members
    slack.rooms.add_member(channel, slack.app.user_id)
    answer: Json = {"channel": slack.shapes.channel(channel)}
    if already:
        answer |= {
            "warning": "already_in_channel",
            "response_metadata": {"warnings": ["already_in_channel"]},
        }
    return answer


@method("conversations.leave")
def leave(slack: Playground, args: Arguments) -> Json:
    channel = writable(named_channel(slack, args))
    if slack.app.user_id not in channel.members:
        return {"not_in_channel": True}
    if channel.name == "general":
        raise Refusal("cant_leave_general")
    if channel.is_private and len(channel.members) == 1:
        raise Refusal("last_member")
    slack.rooms.remove_member(channel, slack.app.user_id)
    return {}


@method("conversations.kick")
def kick(slack: Playground, args: Arguments) -> Json:
    channel = writable(named_channel(slack, args, member=True))
    user = person_of(slack, args.text("user")).id
    if user == slack.app.user_id:
        raise Refusal("cant_kick_self")
    if channel.name == "general":
        raise Refusal("cant_kick_from_general")
    if user not in channel.members:
        raise Refusal("not_in_channel")
    slack.rooms.remove_member(channel, user, by=slack.app.user_id)
    return {}


def _why_not(slack: Playground, channel: Channel, user: str) -> str | None:
    """Return the error that prevents an invitation, or None."""
    person = slack.workspace.people.get(user)
    if user == slack.app.user_id:
        return "cant_invite_self"
    if person is None:
        return "user_not_found"
    if user in channel.members:
        return "already_in_channel"
    if person.deleted:
        return "user_disabled"
    if person.is_stranger:
        return "cant_invite"
    if person.is_ultra_restricted:
        rooms = slack.workspace.channels.values()
        if any(user in room.members and not (room.is_im or room.is_mpim) for room in rooms):
            return "ura_max_channels"
    return None
