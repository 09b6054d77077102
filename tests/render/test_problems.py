"""Every problem has words of its own, in which all of its values stand."""

from dataclasses import fields
from datetime import datetime
from typing import Any, get_args, get_origin, get_type_hints
from zoneinfo import ZoneInfo

import pytest
from syrupy.assertion import SnapshotAssertion

from bot.domain.errors import BadInput, BeingPaged
from bot.domain.ids import TeamKey
from bot.domain.incidents.needs import NoTeam
from bot.domain.problems import Problem, commands, names, texts, times
from bot.render.incidents import answers
from bot.render.refusals import example_of, named_after, problem_plain
from bot.render.wording import Wording
from tests.factories import MEI, PRIYA

KINDS = [
    kind
    for module in (times, names, texts, commands)
    for kind in vars(module).values()
    if isinstance(kind, type) and issubclass(kind, Problem) and kind is not Problem
]
AT = datetime(2026, 11, 25, 14, 20, tzinfo=ZoneInfo("Asia/Singapore"))
EXAMPLES: dict[str, Any] = {
    "said": "soonish",
    "said_before": "tomorrow",
    "said_too": "at noon",
    "date": "2026-02-30",
    "clock": "17:30",
    "zone": "BST",
    "place": "Europe/London",
    "offset": "+25:00",
    "ways": ("9:00", "9am", "9pm"),
    "places": ("London", "Dhaka"),
    "reference": "ESC-12",
    "references": ("ESC-12", "ESC-7", "ESC-3"),
    "example": "ESC-12",
    "number": "12",
    "state": "awaiting decision",
    "verb": "resolve",
    "command": "decline ESC-12",
    "names": ("Legal", "PR", "@tom"),
    "teams": ("Legal", "PR"),
    "team": "Legal",
    "person": "Gus Guest",
    "category": "Suspected CSAM",
    "severity": "P1",
    "other": "ESC-7",
    "of": "note",
    "length": "in 17h30m",
    "now": AT,
}
OF_TYPES: dict[object, Any] = {
    int: 1_200,
    bool: True,
    NoTeam: NoTeam("Leagl", TeamKey("legal")),
    BeingPaged: BeingPaged("Legal", (PRIYA,), None, MEI, AT),
}


def an_example(kind: type[Problem]) -> Problem:
    types = get_type_hints(kind)
    return kind(**{field.name: _value(field.name, types[field.name]) for field in fields(kind)})


def _value(name: str, of: object) -> Any:
    if of in OF_TYPES:
        return 500 if name == "most" else OF_TYPES[of]
    if name == "known":
        item = get_args(of)[0]
        return (("P0", "Critical"), ("P1", "High")) if get_origin(item) else ("new", "monitoring")
    return EXAMPLES[name]


def _said(wording: Wording, problem: Problem) -> str:
    example = example_of(wording, BadInput("text", problem))
    return " | ".join(filter(None, [problem_plain(wording, problem), example]))


def test_each_reads_as_before(wording: Wording, snapshot: SnapshotAssertion) -> None:
    said = {kind.__name__: _said(wording, an_example(kind)) for kind in KINDS}
    assert "\n".join(f"{name}: {words}" for name, words in sorted(said.items())) == snapshot


def test_each_has_a_block_and_each_block_a_problem(wording: Wording) -> None:
    problems = {named_after(an_example(kind)) for kind in KINDS}
    blocks = wording.words.blocks()["problems"]
    assert blocks - {f"{problem}_example" for problem in problems} == problems


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_it_is_said_in_whole_sentences_of_all_values(wording: Wording, kind: type[Problem]) -> None:
    problem = an_example(kind)
    said = problem_plain(wording, problem)
    values = [getattr(problem, field.name) for field in fields(problem)]
    assert [one for one in values if isinstance(one, str) and one not in said] == []


def test_what_was_typed_is_escaped_once(wording: Wording) -> None:
    error = BadInput("when", times.NotATime("<@U0EVIL> & {{7}}"))
    assert answers.refusal(wording, error) == "“&lt;@U0EVIL&gt; &amp; {{7}}” is not a time."
    assert answers.refusal_plain(wording, error) == "“<@U0EVIL> & {{7}}” is not a time."
