"""How fast teams answered: the digest's figures about acknowledgements."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.digests.facts import AckFact, in_teams
from bot.domain.digests.weeks import Period
from bot.domain.ids import TeamKey

Z_95 = 1.959964


@dataclass(frozen=True, slots=True)
class Proportion:
    """`hits` of `n`, with the 95 % Wilson interval."""

    hits: int
    n: int
    low: float
    high: float

    @property
    def share(self) -> float:
        return self.hits / self.n


@dataclass(frozen=True, slots=True)
class AckFigures:
    """The requests to teams in the period.

    The times are of the `acked` requests only. Requests in `waiting` still have time for an answer,
    so they do not count as `unanswered`, and `attainment` leaves them out.
    """

    asked: int
    acked: int
    unanswered: int
    waiting: int
    median: timedelta | None
    p90: timedelta | None
    attainment: Proportion | None


@dataclass(frozen=True, slots=True)
class TeamAcks:
    team: TeamKey
    figures: AckFigures


def wilson(hits: int, n: int) -> Proportion:
    """Return the share with its Wilson score interval, which also holds for few cases.

    `n` is greater than 0.
    """
    share, z2 = hits / n, Z_95 * Z_95
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    reach = Z_95 * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return Proportion(hits, n, max(0.0, centre - reach), min(1.0, centre + reach))


def middle(lengths: Sequence[timedelta]) -> timedelta:
    """Return the median. For an even count, it is halfway between the middle two."""
    ordered, half = sorted(lengths), len(lengths) // 2
    return (ordered[half] + ordered[~half]) / 2


def ninetieth(lengths: Sequence[timedelta]) -> timedelta:
    """Return the 90th percentile by nearest rank, so it is a length that occurred."""
    return sorted(lengths)[math.ceil(0.9 * len(lengths)) - 1]


def ack_figures(acks: Iterable[AckFact], period: Period) -> AckFigures:
    """Count the requests of the period, with the answers that had come by its end."""
    asked = [ack for ack in acks if ack.paged_at in period]
    took = [
        ack.acked_at - ack.paged_at
        for ack in asked
        if ack.acked_at is not None and ack.acked_at < period.end
    ]
    kept = [_kept(ack, period.end) for ack in asked]
    judged = [answer for answer in kept if answer is not None]
    return AckFigures(
        asked=len(asked),
        acked=len(took),
        unanswered=len(judged) - len(took),
        waiting=len(asked) - len(judged),
        median=middle(took) if took else None,
        p90=ninetieth(took) if took else None,
        attainment=wilson(sum(judged), len(judged)) if judged else None,
    )


def _kept(ack: AckFact, end: datetime) -> bool | None:
    """Return whether the team answered in time; None while it still can."""
    if ack.acked_at is not None and ack.acked_at < end:
        return ack.acked_at <= ack.due_at
    return False if ack.due_at < end else None


def acks_by_team(acks: Iterable[AckFact], period: Period) -> tuple[TeamAcks, ...]:
    """Count the answers for each team that was asked. People paged by name share one row."""
    asked: dict[TeamKey, list[AckFact]] = {}
    for ack in acks:
        if ack.paged_at in period:
            asked.setdefault(in_teams(ack.team), []).append(ack)
    return tuple(TeamAcks(team, ack_figures(asked[team], period)) for team in sorted(asked))
