"""What a run's messages may promise is what its next step then does."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.ids import UserId
from bot.domain.paging.ladders import PERSON_PREFIX, Exhausted, Ladder, Position, Step, next_step
from bot.domain.paging.outlook import Follows, what_follows
from tests.domain.paging.test_ladders import ladders, people

FIVE = timedelta(minutes=5)
A, B, C = (UserId(f"U0{letter}") for letter in "ABC")
TEAM = Ladder(tuple(Step(who, FIVE) for who in ((A,), (B,), (A, B, C), (A, B))), rounds=2)
NOBODY: frozenset[UserId] = frozenset()


@pytest.mark.parametrize(
    ("at", "gone", "follows"),
    [
        (Position(0, 0), NOBODY, Follows.PERSON),
        (Position(0, 1), NOBODY, Follows.PEOPLE),
        (Position(0, 0), frozenset({B}), Follows.PEOPLE),
        (Position(0, 1), frozenset({A, B}), Follows.PERSON),
        (Position(0, 1), frozenset({C}), Follows.AGAIN),
        (Position(0, 2), NOBODY, Follows.AGAIN),
        (Position(0, 3), NOBODY, Follows.ROUND),
        (Position(1, 3), NOBODY, Follows.MANAGERS_TOLD),
        (Position(1, 2), frozenset({A, B}), Follows.MANAGERS_TOLD),
    ],
)
def test_a_team(at: Position, gone: frozenset[UserId], follows: Follows) -> None:
    assert what_follows(TEAM, at, gone, "legal") is follows


def test_behind_a_person_stand_the_managers() -> None:
    ladder = Ladder((Step((A,), FIVE), Step((B, C), FIVE)))
    key = PERSON_PREFIX + A
    assert what_follows(ladder, Position(0, 0), NOBODY, key) is Follows.MANAGERS_PAGED
    assert what_follows(ladder, Position(0, 0), {B, C}, key) is Follows.MANAGERS_TOLD
    assert what_follows(ladder, Position(0, 1), NOBODY, key) is Follows.MANAGERS_TOLD


@given(ladders, st.integers(0, 3), st.integers(0, 3), st.frozensets(people))
def test_it_tells_of_what_the_next_step_is(
    ladder: Ladder, round_: int, step: int, gone: frozenset[UserId]
) -> None:
    at = Position(round_, step)
    follows = what_follows(ladder, at, gone, "legal")
    taken = next_step(ladder, at, datetime(2026, 11, 23, tzinfo=UTC), gone)
    assert (follows is Follows.MANAGERS_TOLD) == isinstance(taken, Exhausted)
    if follows is Follows.PERSON:
        assert not isinstance(taken, Exhausted)
        assert len(taken.targets) == 1
