"""Fits lists into one message: they are cut to Slack's sizes and count what they leave out.

Slack refuses a whole message if its blocks hold too much, so no message ever exceeds its limits.
"""

from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from itertools import chain
from typing import Any

from bot.render.blocks import Block, section
from bot.render.text import sizes
from bot.render.text.mrkdwn import Mrkdwn, cut, fit

_KEPT = 80
"""Characters that every text keeps. Fifty blocks of this length still fit into a message."""


@dataclass(frozen=True, slots=True)
class Growing:
    """A list within a message. `draw(n)` shows its first n items and counts the others."""

    most: int
    draw: Callable[[int], list[Block]]


Part = Block | Growing


def rows(
    given: Sequence[Sequence[Block]], more: Callable[[int], Block], *, beyond: int = 0
) -> Growing:
    """A list of rows of one or more blocks. `beyond`: how many more rows were not passed in."""

    def draw(shown: int) -> list[Block]:
        left = len(given) - shown + beyond
        return [*chain.from_iterable(given[:shown]), *([more(left)] if left else [])]

    return Growing(len(given), draw)


def lines(
    heading: Mrkdwn, given: Sequence[Mrkdwn], more: Callable[[int], Mrkdwn], *, beyond: int = 0
) -> Growing:
    """One section: a heading with a line for each item.

    `beyond`: how many more items were not passed in.
    """

    def text(shown: int) -> Mrkdwn:
        left = len(given) - shown + beyond
        return Mrkdwn("\n".join([heading, *given[:shown], *([more(left)] if left else [])]))

    most = len(given)
    while most and len(text(most)) > sizes.SECTION:
        most -= 1
    return Growing(most, lambda shown: [section(text(shown))])


def whole(parts: Sequence[Part]) -> list[Block]:
    """Draw everything, for a view: a view may hold ten times as much as a message."""
    return [block for part in parts for block in _drawn(part)]


def fitted(parts: Sequence[Part]) -> list[Block]:
    """Draw as much as fits into a message. The list that takes the most room shrinks first."""
    shown = {place: part.most for place, part in enumerate(parts) if isinstance(part, Growing)}
    drawn = [_drawn(part) for part in parts]
    weights = [size(blocks) for blocks in drawn]
    while _too_much(drawn, weights) and any(shown.values()):
        place = max((at for at, count in shown.items() if count), key=weights.__getitem__)
        shown[place] -= 1
        part = parts[place]
        assert isinstance(part, Growing)
        drawn[place] = part.draw(shown[place])
        weights[place] = size(drawn[place])
    return _shortened([*chain.from_iterable(drawn)][: sizes.BLOCKS_IN_MESSAGE])


def size(blocks: Sequence[Block]) -> int:
    """Weigh blocks against `sizes.MESSAGE`: their characters, and `sizes.BLOCK` for each."""
    return sum(sizes.BLOCK + _characters(block) for block in blocks)


def _drawn(part: Part) -> list[Block]:
    return part.draw(part.most) if isinstance(part, Growing) else [part]


def _too_much(drawn: Sequence[list[Block]], weights: Sequence[int]) -> bool:
    return sum(map(len, drawn)) > sizes.BLOCKS_IN_MESSAGE or sum(weights) > sizes.MESSAGE


def _characters(value: Any) -> int:
    if isinstance(value, dict):
        own = value.get("text")
        inner = sum(map(_characters, value.values()))
        return inner + len(own) if isinstance(own, str) else inner
    return sum(map(_characters, value)) if isinstance(value, list) else 0


def _shortened(blocks: list[Block]) -> list[Block]:
    """Cut the longest texts first, if the blocks are still too much with every list shrunk."""
    over = size(blocks) - sizes.MESSAGE
    if over <= 0:
        return blocks
    blocks = deepcopy(blocks)
    for text in sorted(_texts(blocks), key=lambda text: len(text["text"]), reverse=True):
        length = len(text["text"])
        shorten = fit if text["type"] == "mrkdwn" else cut
        text["text"] = shorten(text["text"], min(length, max(_KEPT, length - over)))
        over -= length - len(text["text"])
        if over <= 0:
            break
    return blocks


def _texts(blocks: Sequence[Block]) -> Iterator[dict[str, Any]]:
    """The texts of sections and contexts. Buttons and headers are too short to cut."""
    for block in blocks:
        if block["type"] == "section":
            yield from [block["text"]] if "text" in block else block["fields"]
        elif block["type"] == "context":
            yield from block["elements"]
