"""The kinds of value in the policy file, and the form of each."""

import re
from collections.abc import Callable
from datetime import time, timedelta
from difflib import get_close_matches
from functools import cache
from typing import Annotated, Any
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from bot.configuration.length_faults import fault_of_length
from bot.domain.errors import BadInput
from bot.domain.fallback.ways import FallbackWay
from bot.domain.incidents.severity import Severity
from bot.domain.paging.ladders import Who
from bot.domain.times.durations import parse_duration

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

DSA_CATEGORIES = frozenset(
    {
        "ANIMAL_WELFARE",
        "CONSUMER_INFORMATION",
        "CYBER_VIOLENCE",
        "CYBER_VIOLENCE_AGAINST_WOMEN",
        "DATA_PROTECTION_AND_PRIVACY_VIOLATIONS",
        "ILLEGAL_OR_HARMFUL_SPEECH",
        "INTELLECTUAL_PROPERTY_INFRINGEMENTS",
        "NEGATIVE_EFFECTS_ON_CIVIC_DISCOURSE_OR_ELECTIONS",
        "NOT_SPECIFIED_NOTICE",
        "OTHER_VIOLATION_TC",
        "PROTECTION_OF_MINORS",
        "RISK_FOR_PUBLIC_SECURITY",
        "SCAMS_AND_FRAUD",
        "SELF_HARM",
        "UNSAFE_AND_PROHIBITED_PRODUCTS",
        "VIOLENCE",
    }
)
"""The statement categories of the DSA Transparency Database since July 2025."""

_PERSON = "@[a-z0-9_-]+"
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")


def _expected(text: str) -> PydanticCustomError:
    return PydanticCustomError("expected", "{problem}", {"problem": text})


def _written_as(form: str, what: str) -> Callable[[Any], str]:
    pattern = re.compile(form)

    def check(value: Any) -> str:
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise _expected(f"expected {what}, found {shown(value)}")
        return value

    return check


def shown(value: Any) -> str:
    """Return a value as the policy file writes it, cut to 60 characters."""
    match value:
        case str():
            return f"'{value[:60]}'"
        case bool():
            return str(value).lower()
        case int() | float():
            return str(value)
        case list():
            return "a list"
        case dict():
            return "a table"
        case _:
            return "a date or time without quotes"


LONGEST_SENTENCE = 300


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise _expected(f"expected a text in quotes, found {shown(value)}")
    if not value.strip():
        raise _expected("expected a text, found an empty one")
    if len(value) > 75:
        # Slack's limit for an option's text: no one could choose a longer label.
        raise _expected(f"expected at most 75 characters, found {len(value)}")
    return value.strip()


_STRAIGHT = str.maketrans("\u201c\u201d", "''")
"""Policy faults appear in a terminal, so they use straight quotation marks like the file."""


def _duration(value: Any) -> timedelta:
    if not isinstance(value, str):
        raise _expected(f"expected a duration in quotes such as '5m', found {shown(value)}")
    try:
        return parse_duration(value)
    except BadInput as error:
        problem = fault_of_length(error.problem).translate(_STRAIGHT)
        raise _expected(f"expected a duration such as '5m': {problem}") from None


_zone_names = cache(available_timezones)


def _zone(value: Any) -> ZoneInfo:
    if not isinstance(value, str) or value not in _zone_names():
        raise _expected(f"expected a time zone such as 'Asia/Singapore', found {shown(value)}")
    return ZoneInfo(value)


def _clock(value: Any) -> time:
    if isinstance(value, time) and value.tzinfo is None:
        return value.replace(second=0, microsecond=0)
    found = _CLOCK.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise _expected(f"expected a time of day such as '09:00', found {shown(value)}")
    return time(int(found[1]), int(found[2]))


def _weekday(value: Any) -> int:
    word = value.lower() if isinstance(value, str) else ""
    names = [day for day in WEEKDAYS if day == word or day[:3] == word]
    if not names:
        raise _expected(f"expected a weekday such as 'monday', found {shown(value)}")
    return WEEKDAYS.index(names[0])


def _dsa(value: Any) -> str:
    if not isinstance(value, str) or value not in DSA_CATEGORIES:
        raise _expected(
            f"expected a statement category of the DSA such as 'CYBER_VIOLENCE', "
            f"found {shown(value)}"
        )
    return f"STATEMENT_CATEGORY_{value}"


def _severity(value: Any) -> Severity:
    if value not in list(Severity):
        raise _expected(f"expected P0, P1, P2 or P3, found {shown(value)}")
    return Severity(value)


def _step_target(value: Any) -> str:
    """Check a step's target: a word of `ladders.Who`, or a person."""
    words = [who.value for who in Who]
    if isinstance(value, str) and (value in words or re.fullmatch(_PERSON, value)):
        return value
    near = get_close_matches(value, words, n=1, cutoff=0.6) if isinstance(value, str) else []
    guess = f"; did you mean '{near[0]}'?" if near else ""
    listed = ", ".join(f"'{word}'" for word in words)
    raise _expected(f"expected {listed} or a person such as '@priya', found {shown(value)}{guess}")


_ADDRESSES = {
    "email": (re.compile(r"[^\s@<>,;]+@[^\s@<>,;]+\.[^\s@<>,;.]+"), "'email:priya@example.com'"),
    "sms": (re.compile(r"\+[0-9]{7,15}"), "'sms:+6591234567'"),
}
"""The address forms of the gateways that are known here. Only Apprise knows the others."""
_WAY = re.compile(r"([a-z][a-z0-9-]{0,11}):([^\s\x00-\x1f\x7f]{1,200})")


def _way(value: Any) -> FallbackWay:
    found = _WAY.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise _expected(
            "expected a gateway's key, a colon and an address, such as "
            "'email:priya@example.com' (the value is not repeated here)"
        )
    form, example = _ADDRESSES.get(found[1], (None, ""))
    if form is not None and not form.fullmatch(found[2]):
        raise _expected(f"expected an address such as {example} (the value is not repeated here)")
    return FallbackWay(found[1], found[2])


def one_or_several(value: Any) -> list[Any]:
    """Accept a single word or person without the brackets of a list."""
    return [value] if isinstance(value, str) else value


def _sentence(value: Any) -> str:
    if not isinstance(value, str):
        raise _expected(f"expected a sentence in quotes, found {shown(value)}")
    said = " ".join(value.split())
    if not said:
        raise _expected("expected a sentence, found an empty one")
    if len(said) > LONGEST_SENTENCE:
        raise _expected(f"expected at most {LONGEST_SENTENCE} characters, found {len(said)}")
    return said


# A fault about a missing key shows the example.
Text = Annotated[str, BeforeValidator(_text), Field(examples=["Legal"])]
Sentence = Annotated[
    str, BeforeValidator(_sentence), Field(examples=["In an emergency, call +65 0000 0000."])
]
Duration = Annotated[timedelta, BeforeValidator(_duration), Field(examples=["5m"])]
Zone = Annotated[ZoneInfo, BeforeValidator(_zone), Field(examples=["Asia/Singapore"])]
ClockTime = Annotated[time, BeforeValidator(_clock), Field(examples=["09:00"])]
Weekday = Annotated[int, BeforeValidator(_weekday), Field(examples=["monday"])]
DsaCategory = Annotated[str, BeforeValidator(_dsa), Field(examples=["CYBER_VIOLENCE"])]
Key = Annotated[
    str,
    BeforeValidator(
        _written_as(
            "[A-Za-z0-9][A-Za-z0-9-]{0,39}", "a key of letters, digits and hyphens, at most 40"
        )
    ),
]
PersonName = Annotated[
    str,
    BeforeValidator(
        _written_as(
            "[a-z0-9][a-z0-9_-]{0,39}", "a short name of small letters, digits, hyphens, at most 40"
        )
    ),
]
SeverityKey = Annotated[Severity, BeforeValidator(_severity)]
MemberId = Annotated[
    str, BeforeValidator(_written_as("[UW][A-Z0-9]{2,20}", "a Slack member ID such as 'U0PRIYA'"))
]
ChannelId = Annotated[
    str,
    BeforeValidator(
        _written_as(
            "[CG][A-Z0-9]{2,20}",
            "a Slack channel ID such as 'C0LEADERSHIP' (Slack shows it at the end of 'About')",
        )
    ),
]
Mention = Annotated[
    str, BeforeValidator(_written_as(_PERSON, "a person of [people] such as '@priya'"))
]
RoleHolder = Annotated[
    str,
    BeforeValidator(
        _written_as(
            f"{_PERSON}|usergroup:S[A-Z0-9]{{2,20}}",
            "a person such as '@priya' or a user group such as 'usergroup:S0TNS'",
        )
    ),
]
WayText = Annotated[FallbackWay, BeforeValidator(_way)]
StepTarget = Annotated[str, BeforeValidator(_step_target)]
# A Slack select holds at most 100 options.
Labels = Annotated[dict[Key, Text], Field(min_length=1, max_length=100)]
ChannelPrefix = Annotated[
    str,
    BeforeValidator(
        _written_as("[a-z0-9][a-z0-9_-]{0,20}", "at most 21 small letters, digits, hyphens")
    ),
]
