"""The text behind `/escalate`, read word by word.

The manifest asks Slack to escape it (`should_escape`): mentions come as `<@U123|priya>`, and what a
person typed has `&amp; &lt; &gt;`. `plain` undoes that, exactly once.
"""

import re

from bot.domain.errors import NotFound
from bot.domain.ids import UserId
from bot.policy import Policy, TeamRule

_REFERENCE = re.compile(r"(?:esc[-\s]?|#)([0-9]{1,9})(?=[\s:,]|$)[:,]?\s*", re.IGNORECASE)
_PERSON = re.compile(r"<@([A-Z0-9]+)(?:\|[^<>]*)?>\s*")
_ENTITY = re.compile(r"<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>")
_LONGEST_TEAM_NAME = 4


def plain(text: str) -> str:
    """Return the text as the person typed it: mentions and channels by their names."""
    said = _ENTITY.sub(_named, text)
    return said.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").strip()


def _named(entity: re.Match[str]) -> str:
    kind, target, label = entity[1], entity[2], entity[3]
    match kind:
        case "@" | "#":
            return f"{kind}{label or target}"
        case "!":
            return label or f"@{target.split('^')[0]}"
        case _:
            return target


def first_word(text: str) -> tuple[str, str]:
    """Split off the first word, whatever space is behind it: a line may end there."""
    word, rest = [*text.split(maxsplit=1), "", ""][:2]
    return word, rest.strip()


def reference_first(text: str) -> tuple[str | None, str]:
    """Split off `ESC-12`, `esc12`, `esc 12` or `#12`; a bare number may mean anything."""
    found = _REFERENCE.match(text)
    return (f"ESC-{found[1]}", text[found.end() :]) if found else (None, text)


def person_first(text: str, me: UserId) -> tuple[UserId | None, str]:
    """Split off a mention, or `me`; raises NotFound for an `@name` that Slack does not know."""
    found = _PERSON.match(text)
    if found:
        return UserId(found[1]), text[found.end() :].strip()
    word, rest = first_word(text)
    if word.lower() in ("me", "@me", "myself"):
        return me, rest
    if word.startswith("@"):
        raise NotFound("person", plain(word))
    return None, text


def team_first(policy: Policy, text: str) -> tuple[TeamRule, str]:
    """Split off a team's name, which may be several words; raises NotFound with the nearest."""
    words = text.split()
    for count in range(min(_LONGEST_TEAM_NAME, len(words)), 1, -1):
        try:
            team = policy.team(plain(" ".join(words[:count])))
        except NotFound:
            continue
        return team, "".join(text.split(maxsplit=count)[count:]).strip()
    word, rest = first_word(text)
    return policy.team(plain(word.rstrip(",:"))), rest
