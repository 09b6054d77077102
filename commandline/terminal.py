"""Turns a Slack message into text for a terminal, without ids or Slack's markup."""

import html
import re
from collections.abc import Callable, Collection, Mapping

_MENTION = re.compile(r"<@(\w+)(?:\|[^>]*)?>")
_MARKS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"<!date\^[^|>]*\|([^>]*)>"), r"\1"),
    (re.compile(r"<#\w+\|([^>]+)>"), r"#\1"),
    (re.compile(r"<#\w+\|?>"), "a channel"),
    (re.compile(r"<((?:https?|mailto):[^|>]*)\|([^>]*)>"), r"\2 (\1)"),
    (re.compile(r"<((?:https?|mailto):[^>]*)>"), r"\1"),
    (re.compile(r":(?:large_)?\w+_circle: ?"), ""),
    (re.compile(r"(?<![\w*])([*_])(?! )([^*_\n]+?)(?<! )\1(?![\w*])"), r"\2"),
)


def plain(
    blocks: list[dict[str, object]], names: Callable[[Collection[str]], Mapping[str, str]]
) -> str:
    """Return the text of blocks. `names` maps the IDs of the people in it to their names."""
    said = "\n\n".join(text for block in blocks if (text := "\n".join(_texts(block))))
    called = names(frozenset(_MENTION.findall(said)))
    said = _MENTION.sub(lambda found: called[found[1]], said)
    for mark, words in _MARKS:
        said = mark.sub(words, said)
    # Unescape last, so that people's own words are never taken for markup.
    return html.unescape(said)


def counted(count: int, one: str, many: str = "") -> str:
    """Return `1 team`, `2 teams`; `many` is a plural without an s."""
    return f"{count} {one if count == 1 else many or f'{one}s'}"


def _texts(value: object) -> list[str]:
    if isinstance(value, dict):
        if isinstance(value.get("text"), str):
            return [value["text"]]
        return [text for inner in value.values() for text in _texts(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in _texts(inner)]
    return []
