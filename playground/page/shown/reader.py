"""Renders Slack text as safe HTML for one viewer.

All content from apps and people passes through here or through Jinja2's autoescape. Nothing is ever
inserted unescaped.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never
from zlib import crc32

from markupsafe import Markup, escape

from playground.page.shown import dates, emoji
from playground.state.records import SLACKBOT, Channel, Json, Person
from playground.state.workspace import Workspace
from slack_rules import mrkdwn as slack_text

#: Only these become links. `javascript:` and the like stay text.
_SAFE_SCHEMES = ("http://", "https://", "mailto:", "tel:")
_PERMALINK = re.compile(
    r"https?://[^/]+/archives/(?P<channel>[A-Z0-9]+)"
    r"(?:/p(?P<seconds>\d{10})(?P<micros>\d{6})(?:\?thread_ts=(?P<thread>[\d.]+))?)?"
)
#: Longer names may break over lines. Others stay in one piece.
_LONG_NAME = 28
_LOOKS = {"bold": "b", "italic": "i", "strike": "s"}
#: 'ESC-12' stays on one line. A browser would break it after its hyphen.
_REFERENCE = re.compile(r"\b([A-Z]{2,10}-\d{1,9})\b")


def safe_url(url: object) -> str | None:
    """Return the address if a browser may open it, else None."""
    text = str(url or "").strip()
    return text if text.lower().startswith(_SAFE_SCHEMES) else None


def hue(identity: str) -> int:
    """Return one of ten colours, always the same one for an id."""
    return crc32(identity.encode()) % 10


def lines(text: str) -> Markup:
    """Escape text and keep its line breaks."""
    return Markup("<br>").join(whole(line) for line in text.split("\n"))


def whole(text: Markup | str) -> Markup:
    """Escape text, and keep each reference on one line without changing what is copied."""
    if isinstance(text, Markup):
        return text
    return Markup().join(
        Markup('<span class="whole">{}</span>').format(part) if number % 2 else escape(part)
        for number, part in enumerate(_REFERENCE.split(text))
    )


@dataclass(frozen=True)
class Reader:
    """The viewer, their workspace and the current virtual time."""

    me: Person
    workspace: Workspace
    now: float

    # Texts

    def text(self, source: Json | str | None) -> Markup:
        """Render a text object: mrkdwn is parsed, plain_text gets emoji only."""
        if not source:
            return Markup()
        if isinstance(source, str):
            return self.mrkdwn(source)
        words = str(source.get("text") or "")
        return self.mrkdwn(words) if source.get("type") == "mrkdwn" else self.plain(words)

    def plain(self, source: str) -> Markup:
        """Render plain text, in which only emoji codes are parsed."""
        return Markup().join(
            self.emoji(part[1:-1]) if number % 2 else lines(part)
            for number, part in enumerate(emoji.split(source))
        )

    def words(self, source: Json | str | None) -> str:
        """Return text for an attribute or label, without markup and HTML."""
        if not source:
            return ""
        if isinstance(source, str):
            return slack_text.plain(source)
        words = str(source.get("text") or "")
        if source.get("type") == "mrkdwn":
            words = slack_text.plain(words)
        return "".join(
            emoji.character(part[1:-1]) or part if number % 2 else part
            for number, part in enumerate(emoji.split(words))
        )

    def mrkdwn(self, source: str) -> Markup:
        return self._tokens(slack_text.parse(source))

    def _tokens(self, tokens: Sequence[slack_text.Token]) -> Markup:
        """Render tokens. A line that is its own block already ends, so the break after it goes."""
        drawn: list[Markup] = []
        after_list = False
        for token in tokens:
            if not (after_list and isinstance(token, slack_text.Break)):
                drawn.append(self._token(token))
            after_list = isinstance(token, slack_text.ListLine)
        return Markup().join(drawn)

    def _token(self, token: slack_text.Token) -> Markup:  # one case for each kind of token
        match token:
            case slack_text.Text(text):
                return whole(text)
            case slack_text.Styled(look, children):
                tag = Markup(_LOOKS[look])
                return Markup("<{0}>{1}</{0}>").format(tag, self._tokens(children))
            case slack_text.Code(text):
                return Markup("<code>{}</code>").format(whole(text))
            case slack_text.Pre(text):
                return Markup("<pre>{}</pre>").format(text)
            case slack_text.Quote(children):
                return Markup("<blockquote>{}</blockquote>").format(self._tokens(children))
            case slack_text.ListLine(marker, children):
                return Markup(
                    '<span class="list-line"><span>{}</span><span>{}</span></span>'
                ).format(marker, self._tokens(children))
            case slack_text.Link(url, label):
                return self.link(url, self.plain(label))
            case slack_text.UserMention(user, label):
                return self.mention(user, label)
            case slack_text.ChannelMention(channel, label):
                return self.channel_mention(channel, label)
            case slack_text.GroupMention(group, label):
                return self.group_mention(group, label)
            case slack_text.LoudMention(reach):
                return self.loud_mention(reach)
            case slack_text.Date(seconds, layout, link, fallback):
                return self.date(seconds, layout, link, fallback)
            case slack_text.Emoji(code):
                return self.emoji(code)
            case slack_text.Break():
                return Markup("<br>")
            case other:
                assert_never(other)

    # Entities

    def link(self, url: str, label: Markup | str) -> Markup:
        """Render a link. It opens in a new tab if it leads elsewhere; an unsafe one stays text."""
        label = whole(label)
        address = safe_url(url)
        if address is None:
            return label
        here = self.permalink(address)
        if here is not None:
            return Markup('<a href="{}">{}</a>').format(here, label)
        return Markup('<a href="{}" target="_blank" rel="noopener noreferrer">{}</a>').format(
            address, label
        )

    def permalink(self, address: str) -> str | None:
        """Turn a link to a message in this workspace into an address on this page."""
        found = _PERMALINK.match(address)
        if found is None or found["channel"] not in self.workspace.channels:
            return None
        address = f"/client/{self.me.id}/{found['channel']}"
        if found["seconds"] is None:
            return address
        ts = f"{found['seconds']}.{found['micros']}"
        if found["thread"]:
            return f"{address}?thread={found['thread']}#t{ts}"
        return f"{address}#m{ts}"

    def mention(self, user: str, label: str | None = None) -> Markup:
        person = self.workspace.people.get(user)
        name = person.real_name if person else label or user
        kind = "mention me" if user == self.me.id else "mention"
        if len(name) > _LONG_NAME:
            kind += " long"
        return Markup('<span class="{}" data-person="{}"><bdi>@{}</bdi></span>').format(
            kind, user, name
        )

    def channel_mention(self, channel: str, label: str | None = None) -> Markup:
        room = self.workspace.channels.get(channel)
        if room is None and label is None:
            return Markup('<span class="mention">#unknown-channel</span>')
        if room is not None and not self.workspace.can_see(self.me.id, room):
            return Markup(
                '<span class="mention" title="You are not in it">🔒 private channel</span>'
            )
        name = room.name if room else label
        address = f"/client/{self.me.id}/{channel}"
        return Markup('<a class="mention" href="{}"><bdi>#{}</bdi></a>').format(address, name)

    def group_mention(self, group: str, label: str | None = None) -> Markup:
        known = self.workspace.groups.get(group)
        name = f"@{known.handle}" if known else label or f"@{group}"
        mine = known is not None and self.me.id in known.members
        return Markup('<span class="{}">{}</span>').format(
            "mention me" if mine else "mention", name
        )

    def loud_mention(self, reach: str) -> Markup:
        return Markup(
            '<span class="mention loud" title="Notifies everyone here">📢 @{}</span>'
        ).format(reach)

    def date(self, seconds: int, layout: str, link: str | None, fallback: str) -> Markup:
        """Render `<!date^…>` in the viewer's time zone."""
        words = dates.slack_date(seconds, layout, self.now, self.me.tz)
        moment = dates.local(seconds, self.me.tz)
        shown = Markup('<time class="when" datetime="{}" title="{}">{}</time>').format(
            moment.isoformat(), dates.full(moment), words or fallback
        )
        return self.link(link, shown) if link else shown

    def emoji(self, code: str) -> Markup:
        character = emoji.character(code)
        if character is None:
            return escape(f":{code}:")
        return Markup('<span class="emoji" role="img" aria-label="{}">{}</span>').format(
            code.replace("_", " "), character
        )

    # People and places

    def person(self, user: str) -> Person:
        """Return a person, or a stand-in for an unknown id, so that every author has a face."""
        known = {SLACKBOT: "Slackbot"}.get(user, user)
        return self.workspace.person(user) or Person(user, known, known)

    def name(self, user: str) -> str:
        return self.person(user).real_name

    def title(self, channel: Channel) -> str:
        return self.workspace.channel_title(channel, self.me.id)

    # Times

    def clock(self, ts: str) -> str:
        return dates.clock(dates.local(float(ts), self.me.tz))

    def iso(self, ts: str) -> str:
        return dates.local(float(ts), self.me.tz).isoformat()

    def full_time(self, ts: str) -> str:
        return dates.full(dates.local(float(ts), self.me.tz))

    def day(self, ts: str) -> str:
        """Return the day separator above a message of this time."""
        return dates.day_title(
            dates.local(float(ts), self.me.tz), dates.local(self.now, self.me.tz)
        )

    def local_input(self, seconds: object) -> str:
        """Format a moment for `<input type=datetime-local>`."""
        if not seconds:
            return ""
        return f"{dates.local(float(str(seconds)), self.me.tz):%Y-%m-%dT%H:%M}"
