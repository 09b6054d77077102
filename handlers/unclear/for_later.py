"""Refuses a page for later. A page goes out at once.

`page legal tomorrow` and `page legal if pr is silent` ask for a later one.
"""

import re

from bot.domain.errors import BadInput, Unclear
from bot.domain.problems.commands import MeantForLater, SoundsUnsure
from bot.domain.times.front import begins_with_time
from bot.domain.times.points import WorkingTime, read_when
from handlers.commands.verb import Ask
from handlers.typed.normal import normal
from handlers.typed.words import plain

_LEAD = re.compile(
    r"(?:(?:please|pls|but|only|just|then|not\s+now|not\s+yet|not\s+before|first\s+thing"
    r"(?=\W+\w))[\s,.-]+)*",
    re.IGNORECASE,
)
_VAGUE = re.compile(
    r"(?:later|soon|some\s*time|eventually|first\s+thing|eow|eom"
    r"|next\s+(?:(?:business|working)\s+)?(?:day|month|morning|year|shift|quarter|time)"
    r"|in\s+the\s+(?:morning|afternoon|evening)|after\s+(?:lunch|dinner|work|hours|the\s+weekend)"
    r"|in\s+(?:a|an|half|a\s+few|some)\s+(?:an?\s+)?(?:bit|while|moment|minutes?|hours?|days?)"
    r"|at\s+some\s+point|over\s+the\s+weekend)(?!\w)"
    r"|(?:this\s+(?:afternoon|evening|weekend|week)|at\s+night|overnight|morning|evening"
    r"|end\s+of\s+(?:the\s+)?(?:week|month))\W*$",
    re.IGNORECASE,
)
"""Times without a definite moment. Some also begin a sentence, so they must stand alone."""
_FROM = re.compile(r"^(?:from|starting|after|around|about)\s+", re.IGNORECASE)
_BESIDE_AN_EVENT = re.compile(r"\s(?:before|after)\s", re.IGNORECASE)
_MORNING = re.compile(r"(?:in\s+the\s+)?morning|first\s+thing", re.IGNORECASE)
_CONDITION = re.compile(
    r"(?:if|when|unless|once|until|till|as\s+soon\s+as|in\s+case"
    r"|not\s+(?:yet|now|until|till|before|without|unless)|wait\s+(?:for|until|till)"
    r"|hold\s+(?:on|off)|(?:provided|assuming|pending|depending)(?:\s+(?:that|on))?)(?!\w)",
    re.IGNORECASE,
)
_OPEN = re.compile(
    r"(?:^|[\s,;-]+)(?:maybe|perhaps|possibly|probably|or\s+not|not\s+sure(?:\s+yet)?|tbd|tbc"
    r"|(?:if|when|as)\s+(?:needed|necessary|required))\W*$",
    re.IGNORECASE,
)
_PUT_OFF = re.compile(
    r"(?:^|[\s,;-])(?:but|only|just|not)\s+(?:(?:not|only|yet|before|until|till|from|after|on)\s+)*"
    r"(?P<when>\S+(?:\s+\S+){0,4})$",
    re.IGNORECASE,
)
"""Matches `…, but only tomorrow at 9` and `… not before 9am` at the end."""

MUST_SAY = {"handover": "<summary>", "decline": "<reason>"}
"""Placeholders for a text that a verb needs."""
_DEADLINE = re.compile(r"(?:by|before|within|(?:no|not)\s+later\s+than|latest)\s", re.IGNORECASE)
"""A deadline. A request with a deadline is for now."""


def asks_for_a_time(text: str, working: WorkingTime) -> bool:
    """Whether a time is in front, or at the end after `but` and the like."""
    norm = normal(text).norm
    behind = _LEAD.sub("", norm, count=1)
    if _DEADLINE.match(behind):
        return False
    if _VAGUE.match(behind) or begins_with_time(behind, working):
        return True
    put_off = _PUT_OFF.search(norm)
    when = put_off["when"] if put_off else ""
    return bool(when and (_VAGUE.match(when) or begins_with_time(when, working)))


def asks_for_a_condition(text: str) -> bool:
    return _CONDITION.match(_LEAD.sub("", normal(text).norm, count=1)) is not None


def without_doubt(text: str) -> str:
    """Return the text without `or not` and the like at its end."""
    return _OPEN.sub("", text)


def refuse_later(ask: Ask, verb: str, said: str, rest: str) -> None:
    """Raise Unclear if the text sets a time or leaves the decision open.

    The action itself cannot wait. A reminder can.
    """
    text, of = plain(rest), ask.named or "ESC-n"
    names = f"{verb} {said}".strip()
    time = asks_for_a_time(rest, ask.policy.working)
    if time or asks_for_a_condition(rest):
        when = _reminded(ask, names, rest) if time else f"in 15m {names} {text}"
        commands = (f"remind {of} {when}", with_colon(verb, of, said, text))
        raise Unclear(MeantForLater(verb, text[:60]), commands, no_report=True)
    doubt = _OPEN.search(text)
    if doubt is not None:
        problem = SoundsUnsure(verb, doubt[0].strip(" ,;-"))
        sure = with_colon(verb, of, said, text[: doubt.start()] or MUST_SAY.get(verb, ""))
        raise Unclear(problem, (sure, f"show {of}"), no_report=True)


def with_colon(verb: str, of: str, said: str, text: str) -> str:
    """Return the command, with a colon where its text begins."""
    names = " ".join(part for part in (verb, of, said) if part)
    parted = " " if text.startswith("<") else ": "
    return f"{names}{parted}{text}" if text else names


def _reminded(ask: Ask, names: str, rest: str) -> str:
    """Return the time, and the action after it, for a reminder.

    A time without a definite moment becomes 15 minutes from now, or the next morning. For `at 9`
    and for a time in the past, the person fills in the time.
    """
    norm = normal(rest).norm
    behind = _LEAD.sub("", norm, count=1)
    for typed in (norm, behind, _FROM.sub("", behind)):
        try:
            found = read_when(typed, ask.act.now, ask.policy.default_zone, ask.policy.working)
        except BadInput:
            continue
        return f"{typed[: found.end]} {names} {found.text}".strip()
    if begins_with_time(behind, ask.policy.working) and not _BESIDE_AN_EVENT.search(behind):
        return f"<when> {names} {plain(rest)}"
    when = "tomorrow 9:00" if _MORNING.match(behind) else "in 15m"
    return f"{when} {names} {plain(rest)}"
