"""Reads a team or a person from the two forms that ask for them."""

from bot.domain.controls import Field
from bot.domain.errors import FormErrors
from bot.domain.ids import TeamKey, UserId
from bot.domain.problems.texts import ChooseATarget, ChooseOne, TeamGone
from handlers.forms.sent import Sent
from handlers.who import reachable


async def target(sent: Sent) -> tuple[TeamKey | None, UserId | None]:
    """Return the chosen team or person. Raises FormErrors unless it is exactly one."""
    team, user = sent.fields.chosen(Field.TEAM), sent.fields.person(Field.PERSON)
    if team and user:
        raise FormErrors({Field.PERSON: ChooseOne()})
    if user:
        return None, await reachable(sent.shell, sent.act, user)
    if not team:
        raise FormErrors({Field.TEAM: ChooseATarget()})
    if team not in sent.policy.teams:
        raise FormErrors({Field.TEAM: TeamGone()})
    return TeamKey(team), None
