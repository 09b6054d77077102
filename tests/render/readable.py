"""Payloads for a reviewer: a line for each block and control, with its text as typed.

    section | *ESC-12* Pile-on against a teenage streamer
    actions
      button "Show" action_id=incident_show style=primary value=01INCIDENT

A `|` comes before each line of mrkdwn, and `↵` stands for a new line in a field. Double quotes
enclose plain text. Single quotes enclose any other string that is not one word. Mrkdwn is verbatim
and plain text shows emoji; other texts are marked. Nothing is left out: payloads that differ
anywhere read differently.
"""

import json
import re
from collections.abc import Mapping
from typing import Any, TypeGuard

from syrupy.extensions.amber import AmberSnapshotExtension

SAYS = {"context": "elements", "input": "label", "modal": "title"}
"""The key whose text comes first, without its name. For other types it is `text`."""
HOLDS = {"modal": "blocks", "home": "blocks", "actions": "elements"}
"""The key whose items come last, without its name."""
_WORD = re.compile(r"[\w:.-]+", re.ASCII)


class Readable(AmberSnapshotExtension):
    """Stores the readable form of a payload."""

    def serialize(self, data: Mapping[str, Any], **_: Any) -> str:
        return readable(data)


def readable(payload: Mapping[str, Any]) -> str:
    """Return the lines of a message or view. A message's notification comes first."""
    rest = dict(payload)
    if "type" in rest or not isinstance(rest.get("text"), str):
        return "\n".join(_object(rest))
    first = _beside("text", _typed(rest.pop("text")))
    blocks = rest.pop("blocks") if _is_long(rest.get("blocks")) else []
    return "\n".join([*first, *_object(rest), *_items(blocks)])


def _object(payload: Mapping[str, Any]) -> list[str]:
    """Return its type, its text and all short values on one line, and the rest below it."""
    rest = dict(payload)
    kind = rest.pop("type") if _has_kind(payload) else ""
    said = _said(kind, payload)
    if said is not None:
        del rest[SAYS.get(kind, "text")]
    held = rest.pop(HOLDS[kind]) if _is_long(rest.get(HOLDS.get(kind, ""))) else []
    keys = sorted(rest, key=lambda key: (key != "text", key))
    words = [kind, _short(said) if _is_plain(said) else ""]
    words += [f"{key}={_short(rest[key])}" for key in keys if _short(rest[key])]
    head = _beside(" ".join(filter(None, words)), _typed(said["text"]) if _is_mrkdwn(said) else [])
    below = [line for key in keys if not _short(rest[key]) for line in _under(key, rest[key])]
    return [*head, *_indented([*below, *_items(held)], "  " if head else "")]


def _said(kind: str, payload: Mapping[str, Any]) -> Any:
    """Return the main text, if it is a plain or mrkdwn text."""
    said = payload.get(SAYS.get(kind, "text"))
    if kind == "context":
        said = said[0] if isinstance(said, list) and len(said) == 1 else None
    return said if kind and (_is_mrkdwn(said) or _is_plain(said)) else None


def _is_long(value: Any) -> TypeGuard[list[Any]]:
    return isinstance(value, list) and not _short(value)


def _under(key: str, value: Any) -> list[str]:
    if isinstance(value, list):
        return [f"{key}:", *_indented(_items(value), "  ")]
    return _after(f"{key}: ", _lines(value))


def _items(values: list[Any]) -> list[str]:
    """Return the lines of a list. An object with a type begins with it, all else with a dash."""
    found: list[str] = []
    for value in values:
        if _is_mrkdwn(value):
            found.append("- | " + " ↵ ".join(map(_seen, value["text"].split("\n"))))
        elif _has_kind(value) and not _is_plain(value):
            found += _object(value)
        else:
            found += _after("- ", _lines(value))
    return found


def _lines(value: Any) -> list[str]:
    if _is_mrkdwn(value):
        return _typed(value["text"])
    if short := _short(value):
        return [short]
    return _items(value) if isinstance(value, list) else _object(value)


def _short(value: Any) -> str:
    """Return the value as part of a line, or '' if it needs lines of its own."""
    if _is_plain(value):
        return _quoted(value["text"], '"')
    if isinstance(value, list):
        shorts = [_short(item) for item in value]
        return f"[{', '.join(shorts)}]" if all(shorts) else ""
    if isinstance(value, dict):
        return "" if value else "{}"
    if isinstance(value, str):
        return value if _is_word(value) else _quoted(value, "'")
    return json.dumps(value)


def _is_mrkdwn(value: Any) -> bool:
    return _is_text(value, "mrkdwn", "verbatim")


def _is_plain(value: Any) -> bool:
    return _is_text(value, "plain_text", "emoji")


def _is_text(value: Any, kind: str, flag: str) -> bool:
    """Whether the text is as the bot writes all texts: with this flag, and no other key."""
    return (
        isinstance(value, dict)
        and value.keys() == {"type", "text", flag}
        and value["type"] == kind
        and value[flag] is True
        and isinstance(value["text"], str)
    )


def _has_kind(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and isinstance(value.get("type"), str)
        and (value["type"].isidentifier())
    )


def _is_word(text: str) -> bool:
    """Whether it is one word that cannot be read as a number, true, false or null."""
    if not _WORD.fullmatch(text):
        return False
    try:
        json.loads(text)
    except ValueError:
        return True
    return False


def _typed(text: str) -> list[str]:
    return [f"| {_seen(line)}".rstrip() for line in text.split("\n")]


def _quoted(text: str, mark: str) -> str:
    return f"{mark}{_seen(text).replace(mark, chr(92) + mark)}{mark}"


def _seen(text: str) -> str:
    """Write invisible characters, and the sign for a new line, as Python does."""
    seen = text.replace("\\", r"\\").replace("↵", r"\u21b5")
    if not seen.isprintable():
        seen = "".join(char if char.isprintable() else repr(char)[1:-1] for char in seen)
    return f"{seen[:-1]}\\x20" if seen.endswith(" ") else seen


def _beside(words: str, typed: list[str]) -> list[str]:
    """Return the words, and after them the lines of a text, one below the other."""
    if words and typed:
        return [f"{words} {typed[0]}", *_indented(typed[1:], " " * (len(words) + 1))]
    return typed or [words][: len(words)]


def _after(mark: str, lines: list[str]) -> list[str]:
    return [f"{mark}{lines[0]}", *_indented(lines[1:], "  ")]


def _indented(lines: list[str], by: str) -> list[str]:
    return [f"{by}{line}" for line in lines]
