"""Slack's mrkdwn: escapes text for it, and parses it into a small tree of tokens.

The tree has two uses: a page draws the text, and a workspace finds out which people to notify. Only
`& < >` are special to Slack's parser. All other marks only change how the text looks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

LoudRange = Literal["channel", "here", "everyone"]
Look = Literal["bold", "italic", "strike"]


@dataclass(frozen=True)
class Text:
    text: str
    """Unescaped, as a person reads it."""


@dataclass(frozen=True)
class Styled:
    look: Look
    children: tuple[Token, ...]


@dataclass(frozen=True)
class Code:
    text: str


@dataclass(frozen=True)
class Pre:
    text: str


@dataclass(frozen=True)
class Quote:
    children: tuple[Token, ...]


@dataclass(frozen=True)
class ListLine:
    """A line that begins with a bullet or a number. Slack draws the marker as written."""

    marker: str
    children: tuple[Token, ...]


@dataclass(frozen=True)
class Link:
    url: str
    label: str


@dataclass(frozen=True)
class UserMention:
    user: str
    label: str | None = None


@dataclass(frozen=True)
class ChannelMention:
    channel: str
    label: str | None = None


@dataclass(frozen=True)
class GroupMention:
    group: str
    label: str | None = None


@dataclass(frozen=True)
class LoudMention:
    range: LoudRange


@dataclass(frozen=True)
class Date:
    """`<!date^ts^format^link|fallback>`"""

    seconds: int
    format: str
    link: str | None
    fallback: str


@dataclass(frozen=True)
class Emoji:
    code: str


@dataclass(frozen=True)
class Break:
    """The end of a line."""


Token: TypeAlias = (
    Text
    | Styled
    | Code
    | Pre
    | Quote
    | ListLine
    | Link
    | UserMention
    | ChannelMention
    | GroupMention
    | LoudMention
    | Date
    | Emoji
    | Break
)

_ENTITY = re.compile(r"&(amp|lt|gt);")
_ENTITIES = {"amp": "&", "lt": "<", "gt": ">"}
_FENCE = re.compile(r"```(?:\n)?(.*?)(?:\n)?```", re.DOTALL)
_LIST_LINE = re.compile(r"^(\s*(?:[•◦▪‣–-]|\d{1,3}\.)\s+)(.+)$")
_QUOTE_LINE = re.compile(r"^(?:>|&gt;) ?(.*)$")
_CODE_LINK = re.compile(r"<([^<>|]+)(?:\|([^<>]+))?>")
_DATE = re.compile(r"^date\^(\d+)\^([^^]*)(?:\^(.*))?$", re.DOTALL)
_INLINE = re.compile(
    r"(?P<entity><[^<>\n]+>)"
    r"|`(?P<code>[^`\n]+)`"
    r"|(?<![0-9]):(?P<emoji>[a-z0-9_+'-]+(?:::skin-tone-[2-6])?):"
    r"|(?<![\w*])\*(?P<bold>[^\s*](?:[^*\n]*[^\s*])?)\*(?![\w*])"
    r"|(?<![\w_])_(?P<italic>[^\s_](?:[^_\n]*[^\s_])?)_(?![\w_])"
    r"|(?<![\w~])~(?P<strike>[^\s~](?:[^~\n]*[^\s~])?)~(?![\w~])"
)
_LOOKS: tuple[Look, ...] = ("bold", "italic", "strike")
_LOUD: dict[str, LoudRange] = {
    "channel": "channel",
    "here": "here",
    "group": "here",
    "everyone": "everyone",
}


def escape(text: str) -> str:
    """Escape `& < >`. Never escape a text twice: `<` would become `&amp;lt;`."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescape(text: str) -> str:
    return _ENTITY.sub(lambda match: _ENTITIES[match[1]], text)


def parse(source: str) -> tuple[Token, ...]:
    """Return the tokens of a mrkdwn text, in order."""
    tokens: list[Token] = []
    position = 0
    for fence in _FENCE.finditer(source):
        before = source[position : fence.start()]
        tokens.extend(_lines(before.removesuffix("\n")) if before else ())
        tokens.append(Pre(_plain_of_entities(fence[1])))
        position = fence.end()
    rest = source[position:]
    if position:
        rest = rest.removeprefix("\n")
    if rest:
        tokens.extend(_lines(rest))
    return tuple(tokens)


def walk(tokens: tuple[Token, ...]) -> Iterator[Token]:
    """Yield every token, the nested ones too."""
    for token in tokens:
        yield token
        if isinstance(token, Styled | Quote | ListLine):
            yield from walk(token.children)


def plain(source: str) -> str:
    """Return the text without marks, for a preview or a notification."""
    return "".join(_plain_token(token) for token in parse(source))


def _lines(source: str) -> Iterator[Token]:
    quoted: list[str] = []
    ended = False
    for line in source.split("\n"):
        quote = _QUOTE_LINE.match(line)
        if quote:
            quoted.append(quote[1])
            continue
        if quoted:
            yield Quote(tuple(_joined(quoted)))
            quoted, ended = [], False
        if ended:
            yield Break()
        yield from _line(line)
        ended = True
    if quoted:
        yield Quote(tuple(_joined(quoted)))


def _joined(lines: list[str]) -> Iterator[Token]:
    for number, line in enumerate(lines):
        if number:
            yield Break()
        yield from _line(line)


def _line(line: str) -> Iterator[Token]:
    listed = _LIST_LINE.match(line)
    if listed:
        yield ListLine(listed[1], tuple(_inline(listed[2])))
    else:
        yield from _inline(line)


def _inline(source: str) -> Iterator[Token]:
    position = 0
    for match in _INLINE.finditer(source):
        if match.start() > position:
            yield Text(unescape(source[position : match.start()]))
        yield _inline_token(match)
        position = match.end()
    if position < len(source):
        yield Text(unescape(source[position:]))


def _inline_token(match: re.Match[str]) -> Token:
    if match["entity"]:
        return _entity(match["entity"][1:-1])
    if match["code"]:
        return Code(_plain_of_entities(match["code"]))
    if match["emoji"]:
        return Emoji(match["emoji"])
    look = next(name for name in _LOOKS if match[name])
    return Styled(look, tuple(_inline(match[look])))


def _entity(body: str) -> Token:
    target, _, label = body.partition("|")
    words = unescape(label) or None
    if target.startswith("@"):
        return UserMention(target[1:], words)
    if target.startswith("#"):
        return ChannelMention(target[1:], words)
    if target.startswith("!"):
        return _special(target[1:], words)
    return Link(unescape(target), words or unescape(target.removeprefix("mailto:")))


def _special(target: str, label: str | None) -> Token:
    if target in _LOUD:
        return LoudMention(_LOUD[target])
    if target.startswith("subteam^"):
        return GroupMention(target.removeprefix("subteam^"), label)
    date = _DATE.match(target)
    if date:
        return Date(int(date[1]), date[2], date[3] or None, label or "")
    return Text(label or f"<!{target}>")


def _plain_of_entities(source: str) -> str:
    """Return the text of code. Slack resolves links in code, but draws them as plain text."""
    return unescape(_CODE_LINK.sub(lambda match: match[2] or match[1], source))


def _plain_token(token: Token) -> str:
    match token:
        case Text(text) | Code(text) | Pre(text):
            return text
        case Styled(children=children) | Quote(children=children):
            return "".join(_plain_token(child) for child in children)
        case ListLine(marker, children):
            return marker + "".join(_plain_token(child) for child in children)
        case Link(label=label):
            return label
        case UserMention(user, label):
            return f"@{label or user}"
        case ChannelMention(channel, label):
            return f"#{label or channel}"
        case GroupMention(group, label):
            return label or f"@{group}"
        case LoudMention(reach):
            return f"@{reach}"
        case Date(fallback=fallback):
            return fallback
        case Emoji(code):
            return f":{code}:"
        case Break():
            return "\n"
