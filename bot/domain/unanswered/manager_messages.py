"""What managers read about pages that no one answered, as frozen values."""

from dataclasses import dataclass

from bot.domain.delivery.message_args import MessageArgs
from bot.domain.ids import UserId
from bot.domain.incidents.views import Head, TeamRow
from bot.domain.paging.ladders import RunState


@dataclass(frozen=True, slots=True)
class UnansweredArgs(MessageArgs):
    tried: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ExhaustedArgs(MessageArgs):
    may_repeat: bool | None = None


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A team's first step passed without an answer: to the owner. `tried` were asked in vain; the
    team's row says who is paged now. `ended`: the incident has. `you`: the reader was asked.
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
    """Nobody acknowledged: to the escalation manager. `ended`: the incident has. `you`: it was the
    reader, paged by name, who did not. `declined`: this person said that they can't take it."""

    head: Head
    team: TeamRow
    tried: tuple[UserId, ...]
    untold: tuple[UserId, ...] = ()
    """Whose page Slack has not taken."""
    ended: bool = False
    again: bool = False
    """Whether the team was paged again after this was said."""
    may_repeat: bool = False
    you: bool = False
    declined: bool = False
    others: tuple[TeamRow, ...] = ()
    """The incident's other teams that the reader was told of before, and that still wait."""
    newer: bool = False
    """Whether a newer message to the reader about the incident stands below, and lists them all."""

    @property
    def waits(self) -> bool:
        """Whether somebody still has to be found for this team."""
        return self.team.state is RunState.EXHAUSTED and not self.ended and not self.again

    @property
    def asks(self) -> bool:
        """Whether somebody still has to be found, for this team or another one."""
        return self.waits or bool(self.others)
