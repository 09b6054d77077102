"""The answer to 'who is on call', as frozen values."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.ids import TeamKey, UserId
from bot.domain.incidents.severity import Severity


@dataclass(frozen=True, slots=True)
class OnCallPerson:
    """`at`: the current time in the person's own time zone."""

    user: UserId
    at: datetime


@dataclass(frozen=True, slots=True)
class OnCallStep:
    """The people paged `after` this long, counted from the first step, if no one acknowledges."""

    after: timedelta
    people: tuple[OnCallPerson, ...]


@dataclass(frozen=True, slots=True)
class OnCallLine:
    """One team's first round. If there are no steps, no one in the team can be paged."""

    team: TeamKey
    name: str
    steps: tuple[OnCallStep, ...]
    rounds: int = 1


@dataclass(frozen=True, slots=True)
class OnCall:
    """The people each team would page for an escalation of this severity, or for `reference`."""

    severity: Severity
    lines: tuple[OnCallLine, ...]
    reference: str | None = None
