"""The in-memory state of one Slack workspace, and what each person may see of it.

It is synchronous. Changes also go to the change feed.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict, deque
from collections.abc import Iterable

from playground.state.change_feed import Change, ChangeFeed, ChangeKind
from playground.state.mentions import Notified, who_is_notified
from playground.state.read_markers import ReadMarkers
from playground.state.records import ApiCall, Channel, Delivery, Message, Person, UserGroup, View
from playground.virtual_time import VirtualTime

#: The logs keep this many entries: enough for a bench, bounded for a demo left running.
LOG_LENGTH = 50_000

COLORS = ("4a6fa5", "8b5e83", "3d7a5d", "a8623a", "5b5ea6", "94663d", "2f7f86", "a14d5f")


class Workspace:
    """People, groups, channels, messages, views and logs."""

    def __init__(
        self,
        clock: VirtualTime,
        *,
        team_id: str = "T00000001",
        name: str = "Playground",
        domain: str = "playground",
    ) -> None:
        self.clock = clock
        self.team_id = team_id
        self.name = name
        self.domain = domain
        self.events = ChangeFeed()
        self.read_markers = ReadMarkers(self)
        self.people: dict[str, Person] = {}
        self.groups: dict[str, UserGroup] = {}
        self.channels: dict[str, Channel] = {}
        self.view_stacks: dict[str, list[View]] = defaultdict(list)
        self.home_views: dict[str, View] = {}
        self.api_log: deque[ApiCall] = deque(maxlen=LOG_LENGTH)
        self.delivery_log: deque[Delivery] = deque(maxlen=LOG_LENGTH)
        self._messages: dict[str, dict[str, Message]] = defaultdict(dict)
        self._threads: dict[tuple[str, str], list[Message]] = defaultdict(list)
        self._direct: dict[frozenset[str], Channel] = {}
        self._counters: dict[str, int] = defaultdict(int)

    # Identity

    def next_id(self, prefix: str) -> str:
        """Return the next id of its kind. Ids are the same in every run."""
        self._counters[prefix] += 1
        return f"{prefix}{self._counters[prefix]:08d}"

    def next_number(self, series: str) -> int:
        self._counters[series] += 1
        return self._counters[series]

    # People and groups

    def add_person(self, person: Person) -> Person:
        if person.color == Person.color:
            person.color = COLORS[len(self.people) % len(COLORS)]
        self.people[person.id] = person
        self.tell("person")
        return person

    def add_group(self, group: UserGroup) -> UserGroup:
        self.groups[group.id] = group
        self.tell("person")
        return group

    def person(self, id_or_name: str) -> Person | None:
        """Find a person by id, or by handle with or without `@`."""
        found = self.people.get(id_or_name)
        if found is not None:
            return found
        handle = id_or_name.removeprefix("@")
        return next((who for who in self.people.values() if who.name == handle), None)

    def group(self, id_or_handle: str) -> UserGroup | None:
        found = self.groups.get(id_or_handle)
        if found is not None:
            return found
        handle = id_or_handle.removeprefix("@")
        return next((group for group in self.groups.values() if group.handle == handle), None)

    def humans(self) -> list[Person]:
        """The people that a user of the browser page can act as."""
        return [who for who in self.people.values() if not who.is_bot and not who.deleted]

    # Channels

    def add_channel(self, channel: Channel) -> Channel:
        self.channels[channel.id] = channel
        if channel.is_im or channel.is_mpim:
            self._direct[frozenset(channel.members)] = channel
        self.tell("channel", channel.id)
        return channel

    def channel(self, id_or_name: str) -> Channel | None:
        found = self.channels.get(id_or_name)
        if found is not None:
            return found
        return self.channel_named(id_or_name.removeprefix("#"))

    def channel_named(self, name: str) -> Channel | None:
        """Find a channel by name, even an archived or hidden one: names are never freed."""
        return next(
            (
                channel
                for channel in self.channels.values()
                if channel.name == name and not channel.is_im and not channel.is_mpim
            ),
            None,
        )

    def direct_channel(self, members: Iterable[str]) -> Channel | None:
        return self._direct.get(frozenset(members))

    def open_direct_channel(self, members: Iterable[str]) -> Channel:
        """Return the conversation of exactly these people, and create it if there is none."""
        people = list(dict.fromkeys(members))
        found = self.direct_channel(people)
        if found is not None:
            return found
        alone = len(people) <= 2
        names = "--".join(self.people[who].name for who in people)
        return self.add_channel(
            Channel(
                id=self.next_id("D" if alone else "G"),
                name="" if alone else f"mpdm-{names}-1",
                is_private=True,
                is_im=alone,
                is_mpim=not alone,
                members=people,
                creator=people[0],
                created=int(self.clock.now()),
            )
        )

    def can_see(self, user: str, channel: Channel) -> bool:
        """Members see their channels. All but guests and strangers also see public ones."""
        if user in channel.members:
            return True
        person = self.people.get(user)
        if person is None or person.is_guest or person.is_stranger:
            return False
        return channel.kind == "public_channel"

    def visible_channels(self, user: str) -> list[Channel]:
        """Return channels by name, then direct messages with the latest message first."""
        seen = [channel for channel in self.channels.values() if self.can_see(user, channel)]
        rooms = [channel for channel in seen if not (channel.is_im or channel.is_mpim)]
        direct = [channel for channel in seen if channel.is_im or channel.is_mpim]
        direct.sort(key=lambda channel: self.latest_ts(channel.id), reverse=True)
        return sorted(rooms, key=lambda channel: (channel.is_archived, channel.name)) + direct

    def channel_title(self, channel: Channel, viewer: str) -> str:
        """Return a channel's title for the viewer: its name without `#`, or the others' names."""
        if not (channel.is_im or channel.is_mpim):
            return channel.name
        others = [who for who in channel.members if who != viewer] or list(channel.members)
        return ", ".join(self.people[who].real_name for who in others if who in self.people)

    def join(self, channel: Channel, user: str) -> None:
        if user not in channel.members:
            channel.members.append(user)
            self.tell("channel", channel.id)

    def leave(self, channel: Channel, user: str) -> None:
        if user in channel.members:
            channel.members.remove(user)
            self.tell("channel", channel.id)

    # Messages

    def store(self, message: Message) -> Message:
        """Store a message and work out the people it notifies."""
        self._notify(message)
        self._messages[message.channel][message.ts] = message
        if message.thread_ts is not None and message.is_reply:
            self._threads[message.channel, message.thread_ts].append(message)
        if message.ephemeral_to is None and message.user in self.people:
            self.read_markers.mark(message.user, message.channel, message.ts)
        self._tell_message(message)
        return message

    def change(self, message: Message) -> None:
        """Record an edit, a reaction or a pin."""
        self._notify(message)
        self._tell_message(message)

    def delete(self, message: Message) -> None:
        message.deleted = True
        self._tell_message(message)

    def message(self, channel: str, ts: str, viewer: str | None = None) -> Message | None:
        """Find a message that is not deleted. Without a viewer, ephemeral ones count too."""
        found = self._messages[channel].get(ts)
        if found is None or found.deleted:
            return None
        return found if viewer is None or found.shown_to(viewer) else None

    def all_messages(self, channel: str) -> list[Message]:
        """All messages that are not deleted, including ephemeral ones, oldest first."""
        return [message for message in self._messages[channel].values() if not message.deleted]

    def messages_since(self, channel: str, oldest: str) -> list[Message]:
        """Messages with a ts of at least `oldest`. This is fast for recent ones."""
        room = self._messages[channel]
        stamps = list(room)
        return [room[ts] for ts in stamps[bisect_left(stamps, oldest) :] if not room[ts].deleted]

    def messages(self, channel: str, viewer: str, thread_ts: str | None = None) -> list[Message]:
        """Messages that the viewer sees, oldest first: the top level, or one whole thread."""
        room = self.channels.get(channel)
        if room is None or not self.can_see(viewer, room):
            return []
        shown = (m for m in self._messages[channel].values() if m.shown_to(viewer))
        if thread_ts is None:
            return [m for m in shown if not m.is_reply or m.subtype == "thread_broadcast"]
        return [m for m in shown if m.ts == thread_ts or m.thread_ts == thread_ts]

    def replies(self, channel: str, thread_ts: str) -> list[Message]:
        return [
            message
            for message in self._threads.get((channel, thread_ts), ())
            if not message.deleted and message.ephemeral_to is None
        ]

    def pins(self, channel: str) -> list[Message]:
        return [message for message in self.all_messages(channel) if message.pinned]

    def latest_ts(self, channel: str) -> str:
        room = self._messages[channel]
        return next(reversed(room), "0")

    # Views

    def open_view(self, user: str) -> View | None:
        """The modal on top of the person's stack."""
        stack = self.view_stacks[user]
        return stack[-1] if stack else None

    def home_view(self, user: str) -> View | None:
        return self.home_views.get(user)

    def view(self, view_id: str) -> View | None:
        for stack in self.view_stacks.values():
            for view in stack:
                if view.id == view_id:
                    return view
        return next((view for view in self.home_views.values() if view.id == view_id), None)

    # Telling

    def tell(
        self,
        kind: ChangeKind,
        channel: str | None = None,
        *,
        people: Iterable[str] | None = None,
        ts: str | None = None,
        thread_ts: str | None = None,
    ) -> None:
        concerned = None if people is None else frozenset(people)
        self.events.publish(Change(kind, channel, concerned, ts, thread_ts))

    def _tell_message(self, message: Message) -> None:
        room = self.channels[message.channel]
        people: Iterable[str] | None = room.members
        if message.ephemeral_to is not None:
            people = [message.ephemeral_to]
        elif room.kind == "public_channel":
            people = None
        self.tell(
            "message", message.channel, people=people, ts=message.ts, thread_ts=message.thread_ts
        )

    def _notify(self, message: Message) -> None:
        if message.is_note:
            return
        notified: Notified = who_is_notified(message.text, message.blocks, self.groups)
        message.notifies = notified.people
        message.loud = notified.loud

    def log_call(self, call: ApiCall) -> None:
        self.api_log.append(call)

    def log_delivery(self, delivery: Delivery) -> None:
        self.delivery_log.append(delivery)
        self.tell("delivery", people=[delivery.user])
