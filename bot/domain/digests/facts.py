"""The plain facts from which the weekly digest is counted.

Incidents and answers are named tuples, because there are thousands of them and a frozen dataclass
takes five times as long.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from bot.domain.ids import TeamKey, UserId
from bot.domain.incidents.severity import Severity
from bot.domain.paging.ladders import PERSON_PREFIX

PAGED_DIRECTLY = TeamKey(PERSON_PREFIX)
"""The key for all people who were paged by name, not for a team."""


class IncidentFact(NamedTuple):
    """One incident. If it is `masked`, the digest counts it and shows nothing else of it."""

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
    """One request to a team, answered or not. The caller leaves out cancelled runs.

    `due_at` moves with the severity: it is the time on the team's pages when the team answered.
    """

    reference: str
    team: TeamKey
    paged_at: datetime
    due_at: datetime
    acked_at: datetime | None


@dataclass(frozen=True, slots=True)
class TaskFact:
    """A task and its owner. `ended_at`: when its incident ended."""

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
    """All the facts behind a digest's figures.

    `since`: when the record begins. Earlier weeks have no history; they do not count as zero.
    `acks` and `tasks` belong to incidents that are not masked.
    """

    since: datetime
    incidents: tuple[IncidentFact, ...]
    acks: tuple[AckFact, ...]
    tasks: tuple[TaskFact, ...]

    def of_teams(self, teams: Collection[TeamKey]) -> "DigestFacts":
        """Keep the facts about these teams. An empty collection means all teams.

        A team's digest leaves out masked incidents, so as not to tell which teams they concern.
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
    """Return the key of a run's row in a table of teams. People paged by name share one row."""
    return PAGED_DIRECTLY if team.startswith(PERSON_PREFIX) else team
