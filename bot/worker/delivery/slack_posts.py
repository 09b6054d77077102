"""Makes the calls to Slack for one delivery, and looks up one whose outcome is unknown."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Protocol

from bot.domain.act import Workspace
from bot.domain.delivery.message_args import RepeatableArgs, stored
from bot.services.delivery.content import ChannelCall, MessageContent
from bot.services.delivery.results import Accepted
from bot.slack.answers import each, listed, needed, next_page, refused_people, word
from bot.slack.client import SlackCalls
from bot.slack.errors import PLAIN_TEXT_MAY_DO, OutcomeUnknown, Rejected, Unreadable
from bot.store.delivery.claims import Claimed

log = logging.getLogger(__name__)

EVENT_TYPE = "tocsin_delivery"
_LOOK_BACK = timedelta(hours=26)
_AT_ONCE = 200
_MOST_READ = 10
"""Answers of `_AT_ONCE` messages that one look-up reads at most."""
_CHANNEL_NAMES = 9

Words = Callable[[MessageContent[Any]], Mapping[str, Any]]
"""Renders a message's content: what Slack's method takes besides the place."""


@dataclass(frozen=True, slots=True)
class Absent:
    """The whole history (or list of our channels) was read, without a match."""


@dataclass(frozen=True, slots=True)
class NoHistory:
    """The channel's history cannot be read, so the outcome stays unknown.

    `refused`: Slack refuses it, and would again, or the history is too long. If not, Slack does
    not answer properly.
    """

    why: str
    refused: bool


class DirectMessages(Protocol):
    """Finds the direct-message channel with a person."""

    async def channel_with(self, workspace: Workspace, user: str) -> str:
        """Return the channel, opened if it is not known."""

    async def opened(self, workspace: Workspace, user: str) -> str:
        """Open the channel, even if it is known."""


class SlackPosts:
    """Posts one workspace's messages and sets up its channels."""

    def __init__(self, calls: SlackCalls, words: Words, dms: DirectMessages, prefix: str) -> None:
        self.calls = calls
        self._words = words
        self._dms = dms
        self._prefix = prefix
        self._me: str | None = None

    # Messages

    def content(self, message: MessageContent[Any]) -> Mapping[str, Any]:
        """Render a message. This is slow: call it in a thread."""
        return self._words(message)

    async def send(
        self, claimed: Claimed, message: MessageContent[Any], content: Mapping[str, Any]
    ) -> Accepted:
        """Post, edit or publish. A new message carries the delivery's id as metadata."""
        if message.on_home:
            await self.calls.call("views.publish", user_id=message.person, **content)
            return Accepted()
        if message.ts is not None:
            await self._or_plain_text(
                "chat.update", content, channel=message.channel, ts=message.ts
            )
            return Accepted(message.channel, message.ts)
        return await self._post(claimed, message, content)

    async def _post(
        self, claimed: Claimed, message: MessageContent[Any], content: Mapping[str, Any]
    ) -> Accepted:
        where: dict[str, Any] = {
            "thread_ts": message.thread_ts,
            "metadata": {"event_type": EVENT_TYPE, "event_payload": {"id": claimed.id}},
            "unfurl_links": False,
            "unfurl_media": False,
        }
        channel = await self._channel_of(claimed.workspace, message)
        try:
            answer = await self._or_plain_text(
                "chat.postMessage", content, channel=channel, **where
            )
        except Rejected as error:
            if error.code not in ("not_in_channel", "channel_not_found"):
                raise
            channel = await self._get_in(claimed.workspace, message, error)
            answer = await self._or_plain_text(
                "chat.postMessage", content, channel=channel, **where
            )
        return Accepted(word(answer, "channel") or channel, needed(answer, "ts"))

    async def _or_plain_text(
        self, method: str, content: Mapping[str, Any], **where: Any
    ) -> Mapping[str, Any]:
        """Send blocks. If Slack rejects them (our bug), send the plain text."""
        try:
            return await self.calls.call(method, **content, **where)
        except Rejected as error:
            if error.code not in PLAIN_TEXT_MAY_DO:
                raise
            log.error(
                "Slack refused our blocks; the plain text goes instead",
                extra={"method": method, "code": error.code, "problems": list(error.details)},
            )
            text = str(content["text"])[:3_000]
            return await self.calls.call(method, text=text, blocks=[], **where)

    async def _channel_of(self, workspace: Workspace, message: MessageContent[Any]) -> str:
        if message.channel is not None:
            return message.channel
        assert message.person is not None
        return await self._dms.channel_with(workspace, message.person)

    async def _get_in(
        self, workspace: Workspace, message: MessageContent[Any], error: Rejected
    ) -> str:
        """Open a direct message again, or join a public channel."""
        if message.channel is None and message.person is not None:
            return await self._dms.opened(workspace, message.person)
        try:
            await self.calls.call("conversations.join", channel=message.channel)
        except Rejected:
            raise error from None
        return str(message.channel)

    async def look_up(
        self, claimed: Claimed, message: MessageContent[Any]
    ) -> Accepted | Absent | NoHistory:
        """Find a message that may have been posted, by the delivery's id in its metadata.

        It returns Absent only after reading all of it, because an absent page is sent again.
        """
        try:
            channel = await self._channel_of(claimed.workspace, message)
            # Slack's clock decides. Ours may be hours ahead of it.
            since = f"{(claimed.created_at - _LOOK_BACK).timestamp():.6f}"
            given: dict[str, Any] = {"channel": channel, "oldest": since, "limit": _AT_ONCE}
            method = "conversations.history"
            if message.thread_ts is not None:
                method, given["ts"] = "conversations.replies", message.thread_ts
            for _ in range(_MOST_READ):
                answer = await self._history(claimed.workspace, message, method, given)
                if not isinstance(answer.get("messages"), list):
                    return NoHistory("an answer without messages", refused=False)
                for found in each(answer, "messages"):
                    if word(found, "metadata", "event_payload", "id") == claimed.id:
                        return Accepted(channel, needed(found, "ts"), found=True)
                given["cursor"] = next_page(answer)
                if not given["cursor"]:
                    return Absent()
        except (Rejected, OutcomeUnknown) as error:
            return NoHistory(str(error), refused=isinstance(error, Rejected))
        return NoHistory("too much has been said since", refused=True)

    async def _history(
        self,
        workspace: Workspace,
        message: MessageContent[Any],
        method: str,
        given: Mapping[str, Any],
    ) -> Mapping[str, Any]:
        """Read a part of the history. Join a public channel first if needed, as for a post.

        The bot is not in it yet if the process ended before its first post there.
        """
        try:
            return await self.calls.call(method, include_all_metadata=True, **given)
        except Rejected as error:
            if error.code != "not_in_channel" or message.channel is None:
                raise
            await self._get_in(workspace, message, error)
            return await self.calls.call(method, include_all_metadata=True, **given)

    # Channels

    async def set_up(self, wanted: ChannelCall) -> Accepted:
        """Create, fill or pin, depending on the call. All but creating may be repeated."""
        if wanted.channel is None:
            return await self._create(wanted)
        if wanted.card_ts is not None:
            await self.calls.call("pins.add", channel=wanted.channel, timestamp=wanted.card_ts)
        elif wanted.removed is not None:
            await self.calls.call("conversations.kick", channel=wanted.channel, user=wanted.removed)
        elif wanted.users:
            invite = "conversations.invite"
            users = list(wanted.users)
            answer = await self.calls.call(invite, channel=wanted.channel, users=users, force=True)
            return Accepted(wanted.channel, left_out=refused_people(answer, invite))
        return Accepted(wanted.channel)

    def _names(self, wanted: ChannelCall) -> tuple[str, ...]:
        """The channel's name, then the alternatives if it is taken."""
        base = f"{self._prefix}-{wanted.number}"
        return (base, *(f"{base}-{suffix}" for suffix in range(2, _CHANNEL_NAMES + 1)))

    async def _create(self, wanted: ChannelCall) -> Accepted:
        if wanted.was is not None and (there := await self._unarchived(wanted.was)) is not None:
            return there
        for name in self._names(wanted):
            try:
                answer = await self.calls.call(
                    "conversations.create", name=name, is_private=wanted.private
                )
            except Rejected as error:
                if error.code == "name_taken":
                    continue
                raise
            channel = needed(answer, "channel", "id")
            named = word(answer, "channel", "name") or name
            return Accepted(channel, name=named, private=wanted.private)
        raise Rejected("name_taken")

    async def _unarchived(self, channel: str) -> Accepted | None:
        """Return a formerly archived channel if it can be written to again."""
        try:
            found = await self.calls.call("conversations.info", channel=channel)
            if word(found, "channel", "id") != channel or _is_archived(found):
                return None
            # This call also succeeds for a bot that already is a member.
            await self.calls.call("conversations.join", channel=channel)
        except Rejected as error:
            if error.code != "method_not_supported_for_channel_type":
                return None
        return Accepted(channel, name=word(found, "channel", "name"))

    async def look_up_channel(self, wanted: ChannelCall) -> Accepted | Absent:
        """Find a channel that an earlier try may have created.

        It must have a wanted name, be created by the bot and have no other member. A name alone
        is no proof, because people may use any name for their channels.
        """
        names, me = self._names(wanted), await self._who_we_are()
        cursor = ""
        while True:
            answer = await self.calls.call(
                "users.conversations",
                types="private_channel" if wanted.private else "public_channel",
                exclude_archived=True,
                limit=200,
                cursor=cursor or None,
            )
            listed(answer, "channels")  # Raises if the list is missing: then a channel may exist.
            for channel in each(answer, "channels"):
                name = word(channel, "name")
                if name is None or name not in names or word(channel, "creator") != me:
                    continue
                found = needed(channel, "id")
                if await self._nobody_else(found, me):
                    return Accepted(found, name=name, private=wanted.private)
            before, cursor = cursor, next_page(answer) or ""
            if not cursor:
                return Absent()
            if cursor == before:
                raise Unreadable("a list of channels without end")

    async def _who_we_are(self) -> str:
        if self._me is None:
            self._me = needed(await self.calls.call("auth.test"), "user_id")
        return self._me

    async def _nobody_else(self, channel: str, me: str) -> bool:
        there = await self.calls.call("conversations.members", channel=channel, limit=2)
        return listed(there, "members") == [me]


def _is_archived(answer: Mapping[str, Any]) -> bool:
    channel = answer.get("channel")
    return not isinstance(channel, Mapping) or channel.get("is_archived") is not False


def labelled_repeat(claimed: Claimed) -> Claimed:
    """Return the claim, marked to say in its text that it may be a repeat."""
    args = claimed.args
    assert isinstance(args, RepeatableArgs)
    return claimed._replace(stored_args=stored(replace(args, may_repeat=True)))
