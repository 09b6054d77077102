"""The side bar: the viewer, other people with unread mentions, and the places to go."""

from __future__ import annotations

from dataclasses import dataclass, field

from markupsafe import Markup

from playground.page.shown import dates
from playground.page.shown.reader import Reader
from playground.page.templating import join, keyed, macro
from playground.state.records import SLACKBOT, Channel, Person, Unread

#: This many faces fit under 'Unread mentions'. The others are a number.
_FACES = 5

_ICONS = {"public_channel": "hash", "private_channel": "lock", "mpim": "people", "im": "people"}


@dataclass(frozen=True)
class Spot:
    """One line of the side bar."""

    id: str
    title: str
    icon: str = "hash"
    person: str | None = None
    unread: int = 0
    badge: int = 0
    archived: bool = False
    is_app: bool = False


@dataclass(frozen=True)
class Group:
    title: str
    places: list[Spot]
    empty: str = ""
    folded: bool = False
    open: bool = False


@dataclass(frozen=True)
class Other:
    """Another person that the viewer can switch to."""

    person: Person
    about: str
    mentions: int = 0
    """Conversations with unread mentions of this person."""
    latest: str = ""
    """The conversation to open."""


@dataclass(frozen=True)
class Sidebar:
    reader: Reader
    at: str
    groups: list[Group] = field(default_factory=list)
    others: list[Other] = field(default_factory=list)

    @property
    def about_me(self) -> str:
        me = self.reader.me
        city = me.tz.rpartition("/")[2].replace("_", " ")
        return f"{me.title} · {city}" if me.title else city

    @property
    def waiting(self) -> list[Other]:
        return self._asked_for()[:_FACES]

    @property
    def waiting_more(self) -> int:
        return max(0, len(self._asked_for()) - _FACES)

    def _asked_for(self) -> list[Other]:
        return [other for other in self.others if other.mentions]


def build(reader: Reader, at: str) -> Sidebar:
    """Build the side bar. `at` is the open place: a channel's id, or 'home'."""
    unread = reader.workspace.read_markers.unread(reader.me.id)
    rooms = reader.workspace.visible_channels(reader.me.id)
    mine = [room for room in rooms if reader.me.id in room.members and not room.is_archived]
    named = [room for room in mine if not (room.is_im or room.is_mpim)]
    direct = [room for room in mine if room.is_im or room.is_mpim]
    bots = [room for room in direct if _bot_of(reader, room)]
    others = [room for room in rooms if reader.me.id not in room.members and not room.is_archived]
    archived = [room for room in rooms if room.is_archived]

    def spots(of: list[Channel]) -> list[Spot]:
        return [_spot(reader, room, unread.get(room.id)) for room in of]

    groups = [
        Group("Channels", spots(named), empty="No channels yet"),
        Group("Direct messages", spots([room for room in direct if room not in bots])),
        Group("Apps", spots(bots) + _apps_without_a_dm(reader, bots)),
        Group("Other channels", spots(others), folded=True, open=_holds(others, at)),
        Group("Archived", spots(archived), folded=True, open=_holds(archived, at)),
    ]
    return Sidebar(reader, at, groups, _others(reader))


def draw(side: Sidebar) -> Markup:
    """Draw two parts, so that the list stays still if only a badge at the top changes."""
    base = f"/client/{side.reader.me.id}"
    top = macro("sidebar.html", "top", side, base)
    places = macro("sidebar.html", "places", side, base)
    return join(
        (
            keyed("div", "top", top, class_="sidebar-top"),
            keyed("div", "places", places, class_="places"),
        )
    )


def _spot(reader: Reader, room: Channel, fresh: Unread | None) -> Spot:
    partner = next((who for who in room.members if who != reader.me.id), None)
    return Spot(
        id=room.id,
        title=reader.title(room),
        icon=_ICONS[room.kind],
        person=partner if room.is_im else None,
        unread=fresh.count if fresh else 0,
        badge=fresh.count if fresh and fresh.mention else 0,
        archived=room.is_archived,
        is_app=_bot_of(reader, room) is not None,
    )


def _bot_of(reader: Reader, room: Channel) -> Person | None:
    if not room.is_im:
        return None
    people = (reader.person(who) for who in room.members if who != reader.me.id)
    return next((who for who in people if who.is_bot), None)


def _apps_without_a_dm(reader: Reader, rooms: list[Channel]) -> list[Spot]:
    """List apps without a conversation: people can write to them first."""
    known = {who for room in rooms for who in room.members}
    return [
        Spot(id=f"with/{who.id}", title=who.real_name, person=who.id, is_app=True)
        for who in reader.workspace.people.values()
        if who.is_bot and who.id not in known and who.id != SLACKBOT
    ]


def _holds(rooms: list[Channel], at: str) -> bool:
    return any(room.id == at for room in rooms)


def _others(reader: Reader) -> list[Other]:
    """Return everyone else. People with most mentions come first."""
    people = [who for who in reader.workspace.humans() if who.id != reader.me.id]
    found = [_other(reader, who) for who in people if who.id != SLACKBOT]
    return sorted(found, key=lambda other: (-other.mentions, other.person.real_name.casefold()))


def _other(reader: Reader, person: Person) -> Other:
    unread = reader.workspace.read_markers.unread(person.id)
    asked = [channel for channel, fresh in unread.items() if fresh.mention]
    latest = max(asked, key=reader.workspace.latest_ts, default="")
    time = dates.clock(dates.local(reader.now, person.tz))
    about = f"{person.title} · {time}" if person.title else time
    return Other(person, about, len(asked), latest)
