"""The needs that a person wrote in a form or a command."""

from bot.domain.controls import Field
from bot.domain.errors import FormErrors
from bot.domain.incidents.needs import Need, needs_in
from bot.domain.problems.texts import NeedsOfNoTeam
from bot.render.wording import Wording


def needed(wording: Wording, text: str) -> tuple[Need, ...]:
    """Read the lines. Raises FormErrors for a line that is not for one team."""
    read = needs_in(text, wording.policy.team_names())
    if read.unclear is not None:
        raise FormErrors({Field.NEEDS.value: NeedsOfNoTeam(read.unclear)})
    return read.needs
