"""Messages about pages that no one answered, as frozen values."""

from dataclasses import dataclass

from bot.domain.delivery.message_args import MessageArgs
from bot.domain.ids import UserId
from bot.domain.incidents.views import Head, TeamRow
from bot.domain.paging.ladders import RunState


@dataclass(frozen=True, slots=True)
class UnansweredArgs(MessageArgs):
    tried: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A message to the owner: a team's first step passed without an answer.

    `tried`: the people who did not answer. The team's row says who is paged now. `ended`: the
    incident has ended. `you`: the reader was one of those asked.
    """

    head: Head
    team: TeamRow
    tried: tuple[UserId, ...]
    ended: bool = False
    you: bool = False

    @property
    def asks(self) -> bool:
        """Whether the team is still being paged."""
        return self.team.state is RunState.PAGING and not self.ended


@dataclass(frozen=True, slots=True)
class ExhaustedMessage:
    """A message to the escalation manager: no one acknowledged.

    `said_no`: the people of a team, among `tried`, who said that they can't take it. `ended`: the
    incident has ended. `you`: the reader was paged by name and did not acknowledge. `declined`: the
    person said that they can't take it.
    """

    head: Head
    team: TeamRow
    tried: tuple[UserId, ...]
    untold: tuple[UserId, ...] = ()
    """The people whose page Slack has not accepted."""
    ended: bool = False
    again: bool = False
    """Whether the team was paged again after this message."""
    may_repeat: bool = False
    you: bool = False
    declined: bool = False
    said_no: tuple[UserId, ...] = ()
    others: tuple[TeamRow, ...] = ()
    """The incident's other teams that still wait and that the reader was told of before."""
    newer: bool = False
    """Whether the reader has a newer message about the incident that lists all the teams."""

    @property
    def refused(self) -> bool:
        """Whether everyone whose page arrived said that they can't take it."""
        return self.declined or (bool(self.tried) and set(self.tried) <= set(self.said_no))

    @property
    def waits(self) -> bool:
        """Whether this team still needs a responder."""
        return self.team.state is RunState.EXHAUSTED and not self.ended and not self.again

    @property
    def asks(self) -> bool:
        """Whether this team or another one still needs a responder."""
        return self.waits or bool(self.others)
