"""What the weekly digest is counted from: plain facts, as they are known.

Incidents and answers are tuples, because there are thousands of them: a frozen dataclass takes
five times as long.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from bot.domain.ids import TeamKey, UserId
from bot.domain.incidents.severity import Severity
from bot.domain.paging.ladders import PERSON_PREFIX

PAGED_DIRECTLY = TeamKey(PERSON_PREFIX)
"""The key under which all stand who were paged by name, and in no team's."""


class IncidentFact(NamedTuple):
    """One incident. Of one that is `masked` a digest says that it is there, and nothing else."""

    reference: str
    title: str
    severity: Severity
    category: str
    surface: str
    state: str
    owner: UserId | None
    teams: tuple[TeamKey, ...]
    opened_at: datetime
    closed_at: datetime | None
    update_due_at: datetime | None = None
    masked: bool = False

    def open_at(self, moment: datetime) -> bool:
        return self.opened_at < moment and (self.closed_at is None or self.closed_at >= moment)


class AckFact(NamedTuple):
    """A team was asked, and answered or did not. Cancelled runs are left out by the caller.

    `due_at` moves when the severity does: it is what the team's pages said when it answered.
    """

    reference: str
    team: TeamKey
    paged_at: datetime
    due_at: datetime
    acked_at: datetime | None


@dataclass(frozen=True, slots=True)
class TaskFact:
    """A task, and whose it is. `ended_at`: when its incident has ended."""

    reference: str
    text: str
    owner: UserId | None
    due_at: datetime
    done_at: datetime | None
    ended_at: datetime | None = None

    def ended(self, moment: datetime) -> bool:
        return self.ended_at is not None and self.ended_at < moment


@dataclass(frozen=True, slots=True)
class DigestFacts:
    """Everything that the figures are counted from.

    `since` is when the record begins: weeks before it are no history, not weeks of nothing.
    `acks` and `tasks` are those of incidents that are not masked.
    """

    since: datetime
    incidents: tuple[IncidentFact, ...]
    acks: tuple[AckFact, ...]
    tasks: tuple[TaskFact, ...]

    def of_teams(self, teams: Collection[TeamKey]) -> "DigestFacts":
        """Keep what concerns these teams; none named means all.

        Nobody learns which teams a masked one concerns, so a team's digest leaves it out.
        """
        if not teams:
            return self
        incidents = tuple(
            i for i in self.incidents if not i.masked and any(team in teams for team in i.teams)
        )
        references = {incident.reference for incident in incidents}
        return replace(
            self,
            incidents=incidents,
            acks=tuple(ack for ack in self.acks if ack.team in teams),
            tasks=tuple(task for task in self.tasks if task.reference in references),
        )


def in_teams(team: TeamKey) -> TeamKey:
    """A table names teams; a person who was paged is no row of it."""
    return PAGED_DIRECTLY if team.startswith(PERSON_PREFIX) else team
