"""What a run does next if no one acknowledges, so that messages promise only that."""

from collections.abc import Collection
from datetime import UTC, datetime
from enum import StrEnum

from bot.domain.ids import UserId
from bot.domain.paging.ladders import PERSON_PREFIX, Exhausted, Ladder, Position, next_step

_NO_MATTER_WHEN = datetime(1970, 1, 1, tzinfo=UTC)


class Follows(StrEnum):
    PERSON = "one more person is paged"
    PEOPLE = "several people are paged, and one of them at least for the first time"
    AGAIN = "people are paged again who were paged in this round"
    ROUND = "the next round begins"
    MANAGERS_PAGED = "one person was asked for: the escalation managers are paged in their place"
    MANAGERS_TOLD = "the list is at its end: the escalation managers are alerted"


def what_follows(
    ladder: Ladder, at: Position, gone: Collection[UserId], team_key: str = ""
) -> Follows:
    """Return what the run with this key (of a team or a person) does next.

    It passes over people in `gone`: they have left, declined, or cannot be reached.
    """
    step = next_step(ladder, at, _NO_MATTER_WHEN, gone)
    if isinstance(step, Exhausted):
        return Follows.MANAGERS_TOLD
    if team_key.startswith(PERSON_PREFIX):
        return Follows.MANAGERS_PAGED
    if step.position.round != at.round:
        return Follows.ROUND
    before = {user for each in ladder.steps[: at.step + 1] for user in each.targets}
    if before.issuperset(step.targets):
        return Follows.AGAIN
    return Follows.PERSON if len(step.targets) == 1 else Follows.PEOPLE
