"""Reads the first words after `/escalate`, and returns the rest as it was typed.

The manifest asks Slack to escape the text (`should_escape`). Mentions come as `<@U123|priya>`, and
typed text has `&amp; &lt; &gt;`. `plain` undoes this, exactly once. Every reader takes the text as
Slack sent it, looks at its one form (`normal`), and returns the rest unchanged.
"""

import re
from contextlib import suppress

from bot.domain.errors import BadInput, NotFound
from bot.domain.ids import UserId, reference
from bot.domain.incidents.lifecycle import STATE_WORDS, State, parse_state
from bot.domain.problems.names import NotAReference
from bot.policy import Policy, TeamRule
from bot.render.wording import Wording
from handlers.typed.normal import normal

ENDS = r"(?=\s|$|[-.,;:!?/|=&+]+(?:\s|$)|[-.,;:!?/|=&+]+(?=[^\W\d_]))"
"""The end of a name: a space, a stop, or a dash or stop before more words."""

_ESC = r"esc(?:alation)?[-\s_#:]{0,3}"
_REFERENCE = re.compile(rf"(?:{_ESC}|#\s?(?:esc[-_]?)?)0*([0-9]{{1,9}}){ENDS}", re.IGNORECASE)
_WITHIN = re.compile(rf"(?<![\w-]){_REFERENCE.pattern}", re.IGNORECASE)
_CHANNEL = re.compile(r"<#([A-Z0-9]+)>(?![^\W_])")
_LIKE_A_REFERENCE = re.compile(
    rf"(?:esc[-_#:]\S*|{_ESC}[0-9]\S*|#\s?(?:esc)?[-_]?[0-9]\S*)", re.IGNORECASE
)
_ABOUT = re.compile(
    r"(?:(?:for|on|in|re|about|regarding|at|of|to|with|is|the|this)[:,.]?\s+)+",
    re.IGNORECASE,
)
_NUMBER = re.compile(rf"0*([0-9]{{1,9}}){ENDS}")
_STATES = "|".join(re.sub("[ -]", r"[-\\s_]+", word) for word in STATE_WORDS)
_STATE = re.compile(rf"({_STATES}){ENDS}", re.IGNORECASE)
_PERSON = re.compile(r"<@([A-Z0-9]+)>")
_WORD = re.compile(r"\S+")
STOPS = ".,;:!?-/|=&+"
SIGNS = frozenset(",;/&+|")
"""Signs that join one name to another."""
_ENTITY = re.compile(r"<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>")
_OPENED_TWICE = re.compile("(?<!\\w)(['\u201c])[\"'\u201c\u2018\u00ab](?=\\w)")
_CLOSED_TWICE = re.compile("(?<=\\w)[\"'\u201d\u2019\u00bb](['\u201d])(?!\\w)")
_UNNAMED = {"@": "this_person", "#": "this_channel", "!": "this_group"}
_SCHEMES = ("mailto:", "tel:", "https://", "http://")
_ME = frozenset({"me", "@me", "myself"})


def plain(text: str) -> str:
    """Return the text as the person typed it, with mentions and channels by name."""
    said = _ENTITY.sub(_named, text)
    return said.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").strip()


def unlinked(text: str) -> str:
    """Return the text with its links as typed. Mentions and escapes stay."""
    return _ENTITY.sub(lambda found: found[0] if found[1] else _named(found), text)


def _named(entity: re.Match[str]) -> str:
    kind, target, label = entity[1], entity[2], entity[3]
    match kind:
        case "@" | "#":
            return f"{kind}{label or target}"
        case "!":
            return label or f"@{target.split('^')[0]}"
        case _:
            return _link(target, (label or "").strip())


def as_read(wording: Wording, said: str, typed: str) -> str:
    """Replace ids in what a reader says by names: Slack's `<@U0TOM|tom>` becomes `@tom`.

    Without a name they become 'this person' and 'this channel'.
    """

    def called(kind: str, label: str) -> str:
        return f"{kind}{label.lstrip(kind)}" if label else wording.plain("unnamed", _UNNAMED[kind])

    names = {
        f"{kind}{target}".lower(): called(kind, label)
        for kind, target, label in _ENTITY.findall(typed)
        if kind
    }
    if not names:
        return said
    ids = "|".join(re.escape(one) for one in sorted(names, key=len, reverse=True))
    found = re.compile(rf"<({ids})(?:\|[^<>]*)?>|({ids})(?![\w|])", re.IGNORECASE)
    return found.sub(lambda one: names[(one[1] or one[2]).lower()], said)


def once_quoted(said: str) -> str:
    """Drop a person's quotes within our own: `'"this"' is not a time`."""
    return _CLOSED_TWICE.sub(r"\1", _OPENED_TWICE.sub(r"\1", said))


def _link(target: str, label: str) -> str:
    """Return a link as typed. Slack adds a scheme; a label that differs is kept too."""
    if target.startswith(("mailto:", "tel:")):
        target = target.partition(":")[2]
    if label in ("", target):
        return target
    as_typed = any(target.rstrip("/") == scheme + label.rstrip("/") for scheme in _SCHEMES)
    return label if as_typed else f"{label} ({target})"


def first_word(text: str) -> tuple[str, str]:
    """Split off the first word in its one form, with any space, mark or stop after it."""
    line = normal(text)
    found = _WORD.match(line.norm)
    if found is None:
        return "", ""
    return found[0].strip(STOPS) or found[0], line.behind(found.end())


def asked(text: str, rest: str) -> bool:
    """Whether a question mark separates the part of a text that was read from the rest."""
    text = text.strip()
    read = text[: len(text) - len(rest)] + rest[:1]
    return "?" in read or "\uff1f" in read


def colon_before(text: str, rest: str) -> bool:
    """Whether a colon before the rest marks the beginning of its text."""
    stops = between(text, rest)
    return ":" in stops or "\uff1a" in stops


def between(text: str, rest: str) -> str:
    """Return the last sign of the part that was read, and the first sign of the rest."""
    text, rest = text.strip(), rest.strip()
    return text[: len(text) - len(rest)].rstrip()[-1:] + rest[:1]


def reference_first(text: str) -> tuple[str | None, str]:
    """Split off `ESC-12`, `esc12`, `esc 12` or `#12`, or a channel, unchanged, that may be an
    escalation's.

    A bare number may mean anything and is left. Raises BadInput for words that only look like a
    reference.
    """
    line = normal(text)
    if found := _CHANNEL.match(line.norm):
        entity = line.raw[line.starts[0] : line.ends[found.end() - 1]]
        return entity, line.behind(found.end())
    if found := _REFERENCE.match(line.norm):
        return reference(int(found[1])), line.behind(found.end())
    if found := _LIKE_A_REFERENCE.match(line.norm):
        raise BadInput("incident", NotAReference(found[0][:40]), reference(12))
    return None, text


def reference_ahead(text: str) -> tuple[str | None, str]:
    """Split off the reference in front of a text, also after a word such as `for` or `on`."""
    with suppress(BadInput):
        named, rest = reference_first(behind_linking(text))
        return (named, rest) if named and not named.startswith("<") else (None, text)
    return None, text


def behind_linking(text: str) -> str:
    """Return the text after `for`, `on` and the like, or all of it."""
    line = normal(text)
    leading = _ABOUT.match(line.norm)
    return line.behind(leading.end()) if leading else text


def reference_first_if_any(text: str) -> str | None:
    with suppress(BadInput):
        named, _ = reference_first(text)
        return named if named and not named.startswith("<") else None
    return None


def reference_in(text: str) -> str | None:
    """Find the first reference anywhere in a text."""
    found = _WITHIN.search(normal(text).norm)
    return reference(int(found[1])) if found else None


def number_first(text: str) -> tuple[str | None, str]:
    """Split off a bare number, as a reference."""
    line = normal(text)
    found = _NUMBER.match(line.norm)
    return (reference(int(found[1])), line.behind(found.end())) if found else (None, text)


def person_first(text: str, me: UserId) -> tuple[UserId | None, str]:
    """Split off a mention or `me`. Raises NotFound for an `@name` that Slack does not know."""
    line = normal(text)
    if found := _PERSON.match(line.norm):
        return UserId(found[1]), line.behind(found.end())
    word, rest = first_word(text)
    if word.lower() in _ME:
        return me, rest
    if len(word) > 1 and word.startswith("@"):
        raise NotFound("person", word)
    return None, text


def state_first(text: str) -> tuple[State, str]:
    """Split off a state of one or two words. Raises BadInput with the known states."""
    line = normal(text)
    found = _STATE.match(line.norm)
    if found is None:
        return parse_state(first_word(text)[0]), text
    return parse_state(found[1]), line.behind(found.end())


def team_first(policy: Policy, text: str) -> tuple[TeamRule, str]:
    """Split off a team's name of one or more words. Raises NotFound with the nearest teams."""
    line = normal(text)
    found = re.compile(rf"@?({team_names(policy)}){ENDS}", re.IGNORECASE).match(line.norm)
    if found:
        return policy.team(found[1]), line.behind(found.end())
    return policy.team(first_word(text)[0]), text


def team_names(policy: Policy) -> str:
    """Return a pattern for all ways to write a team's name, the longest first."""
    names = {
        re.sub(r"[-\s_]+", r"[-\\s_]+", re.escape(normal(name).norm).replace("\\", ""))
        for team in policy.teams.values()
        for name in (*team.aliases, team.name, team.key)
    }
    return "|".join(sorted(names, key=len, reverse=True))
