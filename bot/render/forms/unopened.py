"""Says why a command with lines for teams opened its form and not the escalation."""

from collections.abc import Collection

from bot.domain.ids import TeamKey
from bot.domain.incidents.needs import named, needs_in
from bot.domain.incidents.severity import UNLESS_SAID, Severity
from bot.render.blocks import Block, section
from bot.render.wording import Wording


def unopened(
    wording: Wording,
    category: str | None,
    severity: Severity | None,
    needs: str,
    teams: Collection[TeamKey] | None,
) -> list[Block]:
    """The form's first block until a category is chosen. After that, the fields show errors."""
    if category is not None:
        return []
    read = needs_in(needs, wording.policy.team_names())
    if read.unclear is not None:
        return [section(wording.say("forms", "unopened_unclear", no_team=read.unclear))]
    asked = named(read.needs)
    if not asked:
        return []
    default = wording.policy.category(wording.policy.default_category)
    severity = severity or UNLESS_SAID
    unpaged = [team for team in asked if team not in default.teams[severity]]
    if not unpaged:
        return []
    said = wording.say(
        "forms",
        "unopened_unpaged",
        teams=[wording.team(team) for team in unpaged],
        chosen=set(unpaged) <= set(teams or ()),
        category=default.label,
        severity=severity,
    )
    return [section(said)]
