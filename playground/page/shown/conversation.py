"""Draws a channel or thread as rows, with day separators and runs of one author."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from playground.page.shown.reader import Reader
from playground.page.shown.surface import Surface
from playground.page.templating import join, keyed, macro
from playground.state.records import Channel, Message

#: Messages of one author within these seconds share one head.
_RUN = 300
_REPLIERS = 4
#: A conversation shows this many of its newest messages.
_SHOWN = 100


@dataclass(frozen=True)
class Row:
    message: Message
    follows: bool = False
    """Whether it continues the same author's message above without its own head. Cards never do."""
    in_thread: bool = False
    is_note: bool = False
    """Whether it is Slack's own line: a person joined, the topic changed."""
    replies: int = 0
    repliers: tuple[str, ...] = ()
    last_reply: str = "0"


def draw(reader: Reader, room: Channel, since: str) -> Markup:
    """Draw a channel's list. `since`: the person's read marker when they opened it."""
    messages = reader.workspace.messages(room.id, reader.me.id)
    left_out = max(0, len(messages) - _SHOWN)
    parts = [_earlier(left_out) if left_out else _intro(reader, room)]
    parts += _drawn(reader, messages[left_out:], since)
    return join(parts)


def draw_thread(reader: Reader, room: Channel, ts: str) -> Markup:
    messages = reader.workspace.messages(room.id, reader.me.id, ts)
    drawn = list(_drawn(reader, messages, since="", in_thread=True))
    count = sum(message.is_reply for message in messages)
    words = "1 reply" if count == 1 else f"{count} replies" if count else "No replies yet"
    rule = keyed("div", "rule", Markup.escape(words), class_="reply-rule")
    return join([*drawn[:2], rule, *drawn[2:]])


def draw_message(reader: Reader, row: Row, prefix: str = "m") -> Markup:
    message = row.message
    base = f"/client/{reader.me.id}"
    surface = Surface(
        reader,
        key=f"{prefix}{message.ts}",
        click_url=f"{base}/{message.channel}/{message.ts}/click",
    )
    looks = ["message"]
    looks += ["follows"] * row.follows
    looks += ["ephemeral"] * (message.ephemeral_to is not None)
    looks += ["note"] * row.is_note
    looks += ["pinned"] * message.pinned
    looks += ["pings"] * message.pings(reader.me.id)
    body = macro("message.html", "message", row, surface, base)
    return keyed(
        "article",
        message.ts,
        body,
        class_=" ".join(looks),
        id=f"{prefix}{message.ts}",
        data_message_ts=message.ts,
        data_channel=message.channel,
        data_person=message.user,
    )


def _drawn(
    reader: Reader, messages: list[Message], since: str, *, in_thread: bool = False
) -> Iterator[Markup]:
    above: Message | None = None
    marked = not since
    shown_day = ""
    for message in messages:
        day = reader.day(message.ts)
        if day != shown_day:
            shown_day = day
            yield keyed("div", f"day-{message.ts}", Markup.escape(day), class_="day")
            above = None
        if not marked and message.ts > since and _is_news(message, reader.me.id):
            marked = True
            if message is not messages[0] and message.ephemeral_to is None:
                yield keyed("div", "fresh", Markup("New"), class_="fresh", role="separator")
                above = None
        row = _row(reader, message, above, in_thread=in_thread)
        yield draw_message(reader, row, "t" if in_thread else "m")
        # The first reply has its own head, even if the author replies to themselves.
        above = None if in_thread and not message.is_reply else message


def _row(reader: Reader, message: Message, above: Message | None, *, in_thread: bool) -> Row:
    if message.is_note:
        return Row(message, is_note=True)
    follows = (
        above is not None
        and not above.is_note
        and above.user == message.user
        and above.ephemeral_to == message.ephemeral_to
        and not (above.blocks or message.blocks)
        and float(message.ts) - float(above.ts) < _RUN
    )
    if in_thread:
        return Row(message, follows, in_thread=True)
    replies = reader.workspace.replies(message.channel, message.ts)
    if not replies:
        return Row(message, follows)
    authors = tuple(dict.fromkeys(reply.user for reply in replies))
    return Row(
        message,
        follows,
        replies=len(replies),
        repliers=authors[:_REPLIERS],
        last_reply=replies[-1].ts,
    )


def _is_news(message: Message, user: str) -> bool:
    return message.user != user and not message.is_note


def _earlier(count: int) -> Markup:
    words = f"{count} earlier {'message is' if count == 1 else 'messages are'} not shown here."
    return keyed("div", "intro", Markup('<p class="quiet">{}</p>').format(words), class_="intro")


def _intro(reader: Reader, room: Channel) -> Markup:
    body = macro("intro.html", "intro", reader, room)
    return keyed("div", "intro", body, class_="intro")
