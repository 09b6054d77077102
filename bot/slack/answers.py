"""Reads Slack's answers. A missing or misshapen answer is an unknown outcome."""

from collections.abc import Iterator, Mapping
from typing import Any

from bot.slack.errors import Unreadable
from bot.slack.refusals import Reach, about

_LONGEST_ID = 32
_LONGEST_CODE = 80


def word(answer: Mapping[str, Any], *path: str, longest: int = _LONGEST_ID) -> str | None:
    """Return an id, a ts or a name at `path`; None if there is none."""
    found: Any = answer
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    fits = isinstance(found, str) and found.isprintable() and 0 < len(found) <= longest
    return found if fits else None


def needed(answer: Mapping[str, Any], *path: str) -> str:
    """Return a word that the answer must have; raises Unreadable without it.

    Slack may have made the call or not.
    """
    found = word(answer, *path)
    if found is None:
        raise Unreadable(f"an answer without {'.'.join(path)}")
    return found


def listed(answer: Mapping[str, Any], name: str) -> list[Any]:
    """Return a list that the answer must have, with any content; raises Unreadable without it."""
    found = answer.get(name)
    if not isinstance(found, list):
        raise Unreadable(f"an answer without {name}")
    return found


def ids(answer: Mapping[str, Any], name: str) -> list[str]:
    """Return the ids in a list that the answer must have, without items that are not ids.

    Raises Unreadable if the list is missing, or has items but no id.
    """
    found = listed(answer, name)
    fits = [one for one in found if word({"id": one}, "id") is not None]
    if found and not fits:
        raise Unreadable(f"an answer with misshapen {name}")
    return fits


def each(answer: Mapping[str, Any], name: str) -> Iterator[Mapping[str, Any]]:
    """Yield the objects in a list, if the answer has one."""
    found = answer.get(name)
    for item in found if isinstance(found, list) else ():
        if isinstance(item, dict):
            yield item


def refused_people(answer: Mapping[str, Any], method: str) -> tuple[str, ...]:
    """Return the people that Slack left out of a call, though it may have taken others.

    People who are already there, and the bot itself, are not among them.
    """
    found = (
        (word(one, "user"), about(method, word(one, "error", longest=_LONGEST_CODE) or ""))
        for one in each(answer, "errors")
        if one.get("ok") is not True
    )
    return tuple(user for user, refusal in found if user and refusal is not Reach.DONE)


def next_page(answer: Mapping[str, Any]) -> str | None:
    """Return the cursor of the next page, if there is one."""
    metadata = answer.get("response_metadata")
    cursor = metadata.get("next_cursor") if isinstance(metadata, dict) else None
    return cursor if isinstance(cursor, str) and cursor else None
