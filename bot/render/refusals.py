"""Words every error of the domain for a person: why it failed, and what would work."""

import re
from functools import cache
from typing import Any

from bot.domain.controls import Button
from bot.domain.errors import (
    BadInput,
    FormErrors,
    NoAccess,
    NotPermitted,
    TocsinError,
    Unclear,
    WhichTeam,
)
from bot.domain.problems import Problem
from bot.render.blocks import actions, button, context, section
from bot.render.message import Message, message
from bot.render.text import fitting
from bot.render.text.fitting import Growing, Part
from bot.render.text.mrkdwn import Mrkdwn
from bot.render.wording import Wording

_CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")


def refused(wording: Wording, error: Exception, error_reference: str | None = None) -> Message:
    """Answer with the error's own text. An exception of another kind gets a general one.

    `error_reference` finds the log line; give it when the fault is ours.
    """
    said = refusal(wording, error)
    blocks: list[Part] = [section(said)]
    if isinstance(error, NoAccess):
        blocks.append(
            actions([button(wording, Button.REQUEST_ACCESS, error.incident_id, "primary")])
        )
    if isinstance(error, WhichTeam):
        blocks.append(_teams_to_choose(wording, error))
    if error_reference:
        reference = wording.say("errors", "error_reference", reference=error_reference)
        blocks.append(context(reference))
        said = Mrkdwn(f"{said} {reference}")
    return message(said, blocks)


def _teams_to_choose(wording: Wording, error: WhichTeam) -> Growing:
    rows = [
        [
            section(
                wording.say("errors", "one_team", team=team, person=person),
                button(wording, Button.STEP_IN_FOR, run),
            )
        ]
        for run, team, person in error.runs
    ]
    return fitting.rows(rows, lambda count: context(wording.say("card", "more_teams", count=count)))


def refusal(wording: Wording, error: Exception) -> Mrkdwn:
    """The sentence alone, as mrkdwn."""
    return wording.say("errors", block_for(error), error=error, **_words_of(wording, error))


def refusal_plain(wording: Wording, error: Exception) -> str:
    """The sentence alone, as plain text: Slack does not parse errors on form fields."""
    return wording.plain("errors", block_for(error), error=error, **_words_of(wording, error))


def _words_of(wording: Wording, error: Exception) -> dict[str, Any]:
    """An error's values in plain words. The error's own sentence includes and escapes them."""
    match error:
        case BadInput() | Unclear():
            example = example_of(wording, error) if isinstance(error, BadInput) else ""
            return {"problem": problem_plain(wording, error.problem), "example": example}
        case FormErrors():
            problems = [problem_plain(wording, problem) for problem in error.errors.values()]
            return {"problems": problems}
        case NotPermitted():
            return {"to": wording.plain("deeds", error.to)}
        case _:
            return {}


def problem_plain(wording: Wording, problem: Problem) -> str:
    return wording.plain("problems", named_after(problem), problem=problem)


def example_of(wording: Wording, error: BadInput) -> str:
    """An example of what to type instead: the error's own, else its problem's."""
    block = f"{named_after(error.problem)}_example"
    if error.example or not wording.words.has("problems", block):
        return error.example
    return wording.plain("problems", block, problem=error.problem)


def block_for(error: Exception) -> str:
    return named_after(error) if isinstance(error, TocsinError) else "unexpected"


def named_after(value: object) -> str:
    """The name of the template block that words an error or a problem."""
    return _snake_case(type(value).__name__)


@cache
def _snake_case(name: str) -> str:
    return _CAPITAL.sub("_", name).lower()
