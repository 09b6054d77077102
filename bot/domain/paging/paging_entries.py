"""What the timeline records about pages."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.ids import TeamKey, UserId
from bot.domain.incidents.entries import NewEntry, PersonEntry
from bot.domain.incidents.timeline import EntryKind


@dataclass(frozen=True, kw_only=True)
class RunEntry(NewEntry):
    """An entry about a paging run. `team`: its lane key, a person's included. `name`: the team's
    name at that time.
    """

    run: str
    team: str
    name: str


@dataclass(frozen=True, kw_only=True)
class PagedEntry(RunEntry):
    """`late_since`: when this step was due, in ISO 8601, if the bot was late."""

    kind = EntryKind.PAGED
    targets: Sequence[UserId]
    round: int
    step: int
    why: str
    late_since: str | None = None


@dataclass(frozen=True, kw_only=True)
class AskedAgainEntry(RunEntry):
    kind = EntryKind.ASKED_AGAIN
    why: str


@dataclass(frozen=True, kw_only=True)
class AcknowledgedEntry(RunEntry):
    """`page`: the acknowledged page's id; None for a person who was not paged."""

    kind = EntryKind.ACKNOWLEDGED
    page: str | None


@dataclass(frozen=True, kw_only=True)
class DeclinedPageEntry(RunEntry):
    kind = EntryKind.DECLINED_PAGE
    reason: str


@dataclass(frozen=True, kw_only=True)
class UnansweredEntry(RunEntry):
    """`tried`: who did not answer. `targets`: who is paged next."""

    kind = EntryKind.UNANSWERED
    tried: Sequence[UserId]
    targets: Sequence[UserId]


@dataclass(frozen=True, kw_only=True)
class ExhaustedEntry(RunEntry):
    """`reached`: who got a page. `waiting`: whose page is still unsent. `doubted`: who count as
    gone, and were paged all the same. `left`: who were not paged.
    """

    kind = EntryKind.EXHAUSTED
    reached: Sequence[str]
    waiting: Sequence[str]
    doubted: Sequence[UserId]
    left: Sequence[UserId]


@dataclass(frozen=True, kw_only=True)
class CalledOffEntry(RunEntry):
    kind = EntryKind.CALLED_OFF


@dataclass(frozen=True, kw_only=True)
class UnreachableEntry(PersonEntry):
    """`error`: Slack's. `again`: Slack is asked again."""

    kind = EntryKind.UNREACHABLE
    error: str
    team: str
    name: str
    again: bool = False


@dataclass(frozen=True, kw_only=True)
class ReachedEntry(PersonEntry):
    kind = EntryKind.REACHED
    team: str
    name: str


@dataclass(frozen=True, kw_only=True)
class ReachedOutsideEntry(PersonEntry):
    """`way`: the gateway. `exhausted`: the message said that a ladder had ended."""

    kind = EntryKind.REACHED_OUTSIDE
    way: str
    team: str
    name: str
    exhausted: bool = False


@dataclass(frozen=True, kw_only=True)
class HandedOverEntry(NewEntry):
    """`name`: the team's. `owns`: the ownership goes with it."""

    kind = EntryKind.HANDED_OVER
    to_team: TeamKey | None
    to_person: UserId | None
    name: str
    summary: str
    owns: bool = False


@dataclass(frozen=True, kw_only=True)
class CameBackEntry(NewEntry):
    """`owner`: who answers for the incident."""

    kind = EntryKind.CAME_BACK
    team: str
    name: str
    owner: str
