"""Who is on call, as frozen values."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.ids import TeamKey, UserId
from bot.domain.incidents.severity import Severity


@dataclass(frozen=True, slots=True)
class OnCallPerson:
    """`at`: the moment as their own clock shows it."""

    user: UserId
    at: datetime


@dataclass(frozen=True, slots=True)
class OnCallStep:
    """Who is paged so long after the first, if no one has acknowledged."""

    after: timedelta
    people: tuple[OnCallPerson, ...]


@dataclass(frozen=True, slots=True)
class OnCallLine:
    """One team's first round; without steps it has no one who could be paged."""

    team: TeamKey
    name: str
    steps: tuple[OnCallStep, ...]
    rounds: int = 1


@dataclass(frozen=True, slots=True)
class OnCall:
    """Whom each team would page for an escalation of this severity, or for `reference`."""

    severity: Severity
    lines: tuple[OnCallLine, ...]
    reference: str | None = None
