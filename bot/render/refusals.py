"""Every error of the domain in a person's words: why not, and what would work."""

import re

from bot.domain.controls import Button
from bot.domain.errors import FormErrors, NoAccess, TocsinError, WhichTeam
from bot.render import fitting
from bot.render.blocks import actions, button, context, section
from bot.render.desk import Desk
from bot.render.fitting import Growing, Part
from bot.render.message import Message, message
from bot.render.mrkdwn import Mrkdwn

_CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")


def refused(desk: Desk, error: Exception, error_reference: str | None = None) -> Message:
    """Answer with the error's own text; any other exception gets a general one.

    `error_reference` finds the log line; give it when the fault is ours.
    """
    said = refusal(desk, error)
    blocks: list[Part] = [section(said)]
    if isinstance(error, NoAccess):
        blocks.append(actions([button(desk, Button.REQUEST_ACCESS, error.incident_id, "primary")]))
    if isinstance(error, WhichTeam):
        blocks.append(_teams_to_choose(desk, error))
    if error_reference:
        reference = desk.say("errors", "error_reference", reference=error_reference)
        blocks.append(context(reference))
        said = Mrkdwn(f"{said} {reference}")
    return message(said, blocks)


def _teams_to_choose(desk: Desk, error: WhichTeam) -> Growing:
    rows = [
        [
            section(
                desk.say("errors", "one_team", team=team, person=person),
                button(desk, Button.STEP_IN_FOR, run),
            )
        ]
        for run, team, person in error.runs
    ]
    return fitting.rows(rows, lambda count: context(desk.say("card", "more_teams", count=count)))


def refusal(desk: Desk, error: Exception) -> Mrkdwn:
    """The sentence alone, as mrkdwn."""
    problems = list(error.errors.values()) if isinstance(error, FormErrors) else []
    return desk.say("errors", block_for(error), error=error, problems=problems)


def refusal_plain(desk: Desk, error: Exception) -> str:
    """The sentence alone, as plain text: an error at a form's field is not parsed."""
    problems = list(error.errors.values()) if isinstance(error, FormErrors) else []
    return desk.plain("errors", block_for(error), error=error, problems=problems)


def block_for(error: Exception) -> str:
    if not isinstance(error, TocsinError):
        return "unexpected"
    return _CAPITAL.sub("_", type(error).__name__).lower()
