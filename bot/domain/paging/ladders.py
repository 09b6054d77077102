"""A team's ladder, and the decision on its next step. No clock, no database, no Slack."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from bot.domain.ids import TeamKey, UserId

PERSON_PREFIX = "person:"
"""This prefix and a user id form the key of a run for one person instead of a team."""


def person_of(key: str) -> UserId | None:
    """Return the person that the run with this key is for; None if it is for a team."""
    return UserId(key.removeprefix(PERSON_PREFIX)) if key.startswith(PERSON_PREFIX) else None


class RunState(StrEnum):
    """The states of a run: the paging of one team for one incident."""

    PAGING = "paging"
    ACKNOWLEDGED = "acknowledged"
    EXHAUSTED = "exhausted"
    CANCELLED = "cancelled"


UNANSWERED = (RunState.PAGING, RunState.EXHAUSTED)
"""No one has acknowledged. People may still do so after the whole ladder has ended."""


class PageState(StrEnum):
    """The states of a page: one message to one person within a run."""

    WAITING = "waiting"
    ACKNOWLEDGED = "acknowledged"
    DECLINED = "declined"
    UNREACHABLE = "unreachable"
    SUPERSEDED = "superseded"


SAID_NO = (PageState.DECLINED, PageState.UNREACHABLE)
"""The ladder passes over people whose page is in one of these states."""

STILL_ASKED = (PageState.WAITING, PageState.UNREACHABLE)
"""Not answered. A person whom Slack could not reach may hear of the page another way and answer."""


@dataclass(frozen=True, slots=True)
class Step:
    """The people to page, and how long to wait for an acknowledgement before the next step."""

    targets: tuple[UserId, ...]
    wait: timedelta


@dataclass(frozen=True, slots=True)
class Ladder:
    """The snapshot that a run pages by. It holds people by id, so nothing is looked up later.

    When a run moves to another ladder, the count of rounds continues, so that no page or timer of
    the old ladder matches again. `first_round`: the number of this ladder's first round.
    """

    steps: tuple[Step, ...]
    rounds: int = 1
    first_round: int = 0

    @property
    def before(self) -> "Position":
        """The position before the first step."""
        return Position(self.first_round, -1)

    def after(self, user: UserId) -> "Ladder":
        """Return the ladder without this person, starting at the step after theirs.

        The steps up to theirs come at the end. A step with no one left goes away.
        """
        own = next((n for n, step in enumerate(self.steps) if user in step.targets), -1)
        turned = (*self.steps[own + 1 :], *self.steps[: own + 1])
        left = (Step(tuple(t for t in step.targets if t != user), step.wait) for step in turned)
        return Ladder(tuple(step for step in left if step.targets), self.rounds)

    def but(self, users: Collection[UserId], gone: Collection[UserId]) -> "Ladder":
        """Return the ladder without these people; unchanged if only people in `gone` are left."""
        left = (
            Step(tuple(t for t in step.targets if t not in users), step.wait) for step in self.steps
        )
        shorter = replace(self, steps=tuple(step for step in left if step.targets))
        return shorter if any(user not in gone for user in shorter.everyone) else self

    def paces_like(self, other: "Ladder") -> bool:
        """Tell whether both ladders page the same people after the same waits."""
        return (self.steps, self.rounds) == (other.steps, other.rounds)

    @property
    def everyone(self) -> tuple[UserId, ...]:
        """Each person on the ladder once, in the order of their turns."""
        return tuple(dict.fromkeys(user for step in self.steps for user in step.targets))

    def to_json(self) -> dict[str, Any]:
        steps = [
            {"targets": list(step.targets), "wait": step.wait.total_seconds()}
            for step in self.steps
        ]
        whole: dict[str, Any] = {"rounds": self.rounds, "steps": steps}
        return {**whole, "first_round": self.first_round} if self.first_round else whole

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Ladder":
        steps = tuple(
            Step(
                tuple(UserId(target) for target in step["targets"]),
                timedelta(seconds=step["wait"]),
            )
            for step in data["steps"]
        )
        return cls(steps, int(data["rounds"]), int(data.get("first_round", 0)))


@dataclass(frozen=True, slots=True)
class Position:
    """The position of a run. Rounds and steps count from 0. BEFORE is before the first step."""

    round: int
    step: int


BEFORE = Position(0, -1)
FIRST = Position(0, 0)


@dataclass(frozen=True, slots=True)
class PageNow:
    """Page these people. If no one acknowledges, decide again at `next_at`."""

    position: Position
    targets: tuple[UserId, ...]
    next_at: datetime
    skipped: tuple[UserId, ...] = ()


@dataclass(frozen=True, slots=True)
class Exhausted:
    """Every step of every round has passed. Tell the escalation manager and the channel."""

    skipped: tuple[UserId, ...] = ()


def next_step(
    ladder: Ladder, at: Position, now: datetime, gone: Collection[UserId] = frozenset()
) -> PageNow | Exhausted:
    """Decide what follows position `at`.

    The ladder skips people in `gone` (deactivated, declined, unreachable). If a step has no one
    left, the next step follows at once, or Exhausted: an empty step never means silence.
    """
    skipped: list[UserId] = []
    for position in _positions_after(ladder, at):
        step = ladder.steps[position.step]
        reachable = tuple(target for target in step.targets if target not in gone)
        skipped += [target for target in step.targets if target in gone]
        if reachable:
            return PageNow(position, reachable, now + step.wait, tuple(dict.fromkeys(skipped)))
    return Exhausted(tuple(dict.fromkeys(skipped)))


def planned(
    ladder: Ladder, now: datetime, gone: Collection[UserId] = frozenset()
) -> list[tuple[timedelta, PageNow]]:
    """Return the steps of one round as they follow if no answer comes.

    Each comes with its delay after the first.
    """
    steps: list[tuple[timedelta, PageNow]] = []
    at, then = ladder.before, now
    while isinstance(step := next_step(ladder, at, then, gone), PageNow):
        if step.position.round != ladder.first_round:
            break
        steps.append((then - now, step))
        at, then = step.position, step.next_at
    return steps


def _positions_after(ladder: Ladder, at: Position) -> Sequence[Position]:
    everything = [
        Position(round_, step)
        for round_ in range(ladder.first_round, ladder.first_round + ladder.rounds)
        for step in range(len(ladder.steps))
    ]
    return [p for p in everything if (p.round, p.step) > (at.round, at.step)]


class Who(StrEnum):
    """The words that a step in the policy may use instead of a person's name."""

    ON_CALL = "on-call"
    BACKUP = "backup"
    EVERYONE = "everyone"
    MANAGER = "escalation-manager"


@dataclass(frozen=True, slots=True)
class Team:
    """A stakeholder team. `on_call` is in order: the person on call first, then the backups."""

    key: TeamKey
    name: str
    on_call: tuple[UserId, ...]
    members: tuple[UserId, ...] = field(default=())


def resolve(who: str, team: Team, manager: Sequence[UserId]) -> tuple[UserId, ...]:
    """Turn a step's word into people. A plain member id stands for that person."""
    match who:
        case Who.ON_CALL:
            return team.on_call[:1]
        case Who.BACKUP:
            return team.on_call[1:2]
        case Who.EVERYONE:
            return tuple(dict.fromkeys((*team.on_call, *team.members)))
        case Who.MANAGER:
            return tuple(manager)
        case person:
            return (UserId(person),)
