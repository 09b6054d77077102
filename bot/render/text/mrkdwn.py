"""Text for Slack's mrkdwn: escaped exactly once, and never cut within an escape."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

from bot.domain.act import THE_BOT
from bot.domain.text.showing import together

ELLIPSIS = "…"
_PRODUCT = "Tocsin"

_BIDI_CONTROLS = dict.fromkeys(
    [0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
)
"""Invisible marks that change the direction of text: all that Unicode calls Bidi_Control."""
_IN_QUOTES = re.compile(
    "[\"'\u201c\u2018\u201e\u00ab][^\"'\u201c\u201d\u201e\u2018\u00ab\u00bb]+[\"'\u201d\u2019\u201c\u00bb]"
)
_JOINERS = "\u200d\ufe0e\ufe0f"


class Mrkdwn(str):
    """Text with `&`, `<` and `>` escaped. Any that remain are Tocsin's own markup.

    `__html__` tells Jinja2 that it needs no escaping again.
    """

    __slots__ = ()

    def __html__(self) -> str:
        return str(self)


def bare(text: str) -> str:
    """Remove direction marks, so that a title cannot reverse the text around it.

    Every outgoing text passes here: to Slack, by e-mail and SMS, and on web pages.
    """
    return text if text.isascii() else text.translate(_BIDI_CONTROLS)


def escape(text: str) -> Mrkdwn:
    """Escape `& < >`, Slack's whole list. Quotes stay: Slack would show `&#39;` literally."""
    shown = bare(text)
    return Mrkdwn(shown.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))


def cut(text: str, limit: int) -> str:
    """Cut plain text to `limit` code points and mark the cut with an ellipsis."""
    if len(text) <= limit:
        return text
    return text[: _end_of_whole_characters(text, limit - len(ELLIPSIS))].rstrip() + ELLIPSIS


def fit(text: str, limit: int) -> Mrkdwn:
    """Cut escaped text to `limit` code points, but not within `&amp;`, `<@U…>` or one character."""
    if len(text) <= limit:
        return Mrkdwn(text)
    end = _end_of_whole_characters(text, limit - len(ELLIPSIS))
    for opening, closing in (("<", ">"), ("&", ";")):
        start = text.rfind(opening, 0, end)
        if start >= 0 and closing not in text[start:end]:
            end = start
    return Mrkdwn(text[:end].rstrip() + ELLIPSIS)


def _end_of_whole_characters(text: str, end: int) -> int:
    """Move `end` back so that the cut keeps accents and joined emoji with their base character."""
    while end > 0 and (
        unicodedata.combining(text[end]) or text[end] in _JOINERS or text[end - 1] == "\u200d"
    ):
        end -= 1
    return end


def one_line(text: object, limit: int = 150) -> str:
    """A title as part of a sentence: no line breaks, and no code fence that swallows the rest."""
    return cut(" ".join(str(text).replace("```", "'''").split()), limit)


def quoted(text: object, limit: int = 150) -> str:
    """A person's words in quotes. Words that already are in quotes get no second pair."""
    said = one_line(text, limit)
    if _IN_QUOTES.fullmatch(said):
        said = said[1:-1].strip()
    return f"\u201c{said}\u201d"


def sentence(text: object) -> str:
    """Begin with a capital letter. Escaped text stays escaped."""
    said = str(text)
    said = said[:1].upper() + said[1:]
    return Mrkdwn(said) if hasattr(text, "__html__") else said


def prose(text: object, limit: int = 500) -> str:
    """A person's own words with their line breaks, cut to `limit`."""
    return cut(str(text).strip().replace("```", "'''"), limit)


def quote(text: object, limit: int = 500) -> Mrkdwn:
    """A person's own words as a block quote."""
    lines = prose(text, limit).splitlines()
    return Mrkdwn("\n".join(f">{escape(line)}" for line in lines))


def code(text: object, limit: int = 200) -> Mrkdwn:
    """An id or address as code, so that Slack does not turn it into a link."""
    return Mrkdwn(f"`{escape(one_line(text, limit).replace('`', ''))}`")


def command(text: object, limit: int = 400) -> Mrkdwn:
    """A command to copy. It keeps its line breaks, because each line may ask another team."""
    said = str(text).strip()
    if "\n" not in said:
        return code(said, limit)
    return Mrkdwn(f"```\n{escape(prose(said, limit))}\n```")


def person(user: object) -> Mrkdwn:
    """Mention a person. The bot itself appears under its product name."""
    name = str(user)
    if name == THE_BOT:
        return Mrkdwn(_PRODUCT)
    return Mrkdwn(f"<@{name}>") if name.isalnum() else escape(name)


def people(users: Iterable[object], limit: int = 20) -> Mrkdwn:
    """Mention the first `limit` people in a sentence and count the others."""
    return Mrkdwn(together(map(person, users), limit))


def names(given: Iterable[object], limit: int = 300) -> str:
    """List as many whole names as fit into `limit` characters, and count the others."""
    every = [one_line(name, 80) for name in given]
    shown = len(every)
    while shown > 1 and len(together(every, shown)) > limit:
        shown -= 1
    return together(every, shown)


@lru_cache(maxsize=512)
def at(moment: datetime | str) -> Mrkdwn:
    """A moment that Slack shows to each reader in their own time zone. An ISO string works too."""
    when = _moment(moment)
    if when is None:
        return Mrkdwn("")
    seconds = int(when.timestamp())
    return Mrkdwn(f"<!date^{seconds}^{{time}} {{date_short_pretty}}|{_in_utc(when)}>")


@dataclass(frozen=True, slots=True)
class ShownMoment:
    """A moment in parts. The block of this name in `moments.j2` joins them."""

    block: str
    parts: Mapping[str, str]


def at_plain(moment: datetime | str, zone: str = "UTC") -> ShownMoment | None:
    """A moment for text that Slack does not localise: in the reader's `zone` and in UTC."""
    when = _moment(moment)
    if when is None:
        return None
    in_utc, there = when.astimezone(UTC), _zone(zone)
    utc = f"{in_utc:%H:%M}"
    if there is None:
        return ShownMoment("at_utc", {"utc": utc, "date": _date(in_utc)})
    here = when.astimezone(there)
    city = zone.rpartition("/")[2].replace("_", " ")
    parts = {"time": f"{here:%H:%M}", "date": _date(here), "city": city, "utc": utc}
    return ShownMoment("at_place", parts)


def local(moment: datetime | str, zone: str) -> ShownMoment | None:
    """A moment in a zone, with the zone's name and offset, for a person who just typed a time."""
    when = _moment(moment)
    if when is None:
        return None
    there = when.astimezone(ZoneInfo(zone))
    time, day, offset = f"{there:%H:%M}", f"{there:%a} {_date(there)}", f"{there:%z}"
    parts = {"time": time, "day": day, "zone": zone, "offset": f"{offset[:3]}:{offset[3:]}"}
    return ShownMoment("local", parts)


def _date(there: datetime) -> str:
    return f"{there.day} {there:%b} {there.year}"


@cache
def _zone(name: str) -> ZoneInfo | None:
    """Return a zone; None for UTC, unknown zones and zones not named after a place."""
    area, _, place = name.partition("/")
    if not place or area == "Etc":
        return None
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError):
        return None


def _in_utc(when: datetime) -> str:
    return f"{when.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _moment(moment: datetime | str) -> datetime | None:
    if isinstance(moment, datetime):
        return moment
    try:
        return datetime.fromisoformat(moment)
    except ValueError:
        return None
