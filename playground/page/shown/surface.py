"""A surface that shows blocks (a message, a modal, the home tab), and their current values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from markupsafe import Markup

from playground.page.shown.choices import Place, chosen, field_name
from playground.page.shown.reader import Reader
from playground.state.records import Channel, Json

_SIGNS = {"public_channel": "#", "private_channel": "🔒 ", "im": "", "mpim": ""}


@dataclass(frozen=True)
class Option:
    """One line of a select, a radio group, a set of checkboxes or an overflow menu."""

    value: str
    label: Markup
    words: str
    description: Markup = field(default_factory=Markup)
    person: str | None = None
    url: str | None = None


@dataclass(frozen=True)
class OptionGroup:
    options: list[Option]
    title: str = ""


@dataclass(frozen=True)
class Surface:
    """`key` makes the ids of its parts unique on the page. Clicks go to `click_url`."""

    reader: Reader
    key: str
    click_url: str
    state: Mapping[str, Mapping[str, Json]] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    heading: str = "h3"
    """The level of its header blocks, below the heading of its container."""

    def field(self, block: Json, element: Json) -> str:
        return field_name(str(block.get("block_id") or ""), str(element.get("action_id") or ""))

    def dom_id(self, block: Json, element: Json, part: str = "") -> str:
        """Return an id without spaces, for `for`, `aria-describedby` and `popovertarget`."""
        place = Place(block, element)
        return "_".join(f"{self.key}.{place.block_id}.{place.action_id}{part}".split())

    def chosen(self, block: Json, element: Json) -> list[str]:
        place = Place(block, element)
        return chosen(element, self.state.get(place.block_id, {}).get(place.action_id))

    def value(self, block: Json, element: Json) -> str:
        """Return the value of an input that holds one text."""
        return next(iter(self.chosen(block, element)), "")

    def error(self, block: Json) -> str:
        return self.errors.get(str(block.get("block_id") or ""), "")

    def option_groups(self, element: Json) -> list[OptionGroup]:
        """Return the options that this viewer may see."""
        kind = str(element.get("type") or "").removeprefix("multi_")
        match kind:
            case "users_select":
                return [OptionGroup([self._person(who) for who in self._people()])]
            case "conversations_select":
                kinds = _conversation_kinds(element)
                return [OptionGroup(self._rooms(kinds))]
            case "channels_select":
                return [OptionGroup(self._rooms(frozenset({"public_channel"})))]
            case "external_select":
                first = element.get("initial_options") or [element.get("initial_option")]
                return [OptionGroup([self._option(option) for option in first if option])]
            case _:
                return self._static(element)

    def options(self, element: Json) -> list[Option]:
        return [self._option(option) for option in element.get("options") or []]

    def _static(self, element: Json) -> list[OptionGroup]:
        groups = element.get("option_groups")
        if not groups:
            return [OptionGroup(self.options(element))]
        return [
            OptionGroup(self.options(group), self.reader.words(group.get("label")))
            for group in groups
        ]

    def _option(self, option: Json) -> Option:
        return Option(
            value=str(option.get("value") or ""),
            label=self.reader.text(option.get("text")),
            words=self.reader.words(option.get("text")),
            description=self.reader.text(option.get("description")),
            url=option.get("url"),
        )

    def _people(self) -> list[str]:
        people = self.reader.workspace.humans()
        return [who.id for who in sorted(people, key=lambda who: who.real_name.casefold())]

    def _person(self, user: str) -> Option:
        name = self.reader.name(user)
        return Option(user, Markup.escape(name), name, person=user)

    def _rooms(self, kinds: frozenset[str]) -> list[Option]:
        rooms = self.reader.workspace.visible_channels(self.reader.me.id)
        return [self._room(room) for room in rooms if room.kind in kinds and not room.is_archived]

    def _room(self, room: Channel) -> Option:
        words = _SIGNS[room.kind] + self.reader.title(room)
        return Option(room.id, Markup.escape(words), words)


def _conversation_kinds(element: Json) -> frozenset[str]:
    """Return the kinds in `filter.include` of a conversations select; all if it is absent."""
    include = (element.get("filter") or {}).get("include") or ["public", "private", "im", "mpim"]
    named = {"public": "public_channel", "private": "private_channel"}
    return frozenset(named.get(kind, kind) for kind in include)
