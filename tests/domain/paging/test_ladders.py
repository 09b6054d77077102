"""The ladder: whom to page next, and that it always ends."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.ids import TeamKey, UserId
from bot.domain.paging.ladders import (
    BEFORE,
    Exhausted,
    Ladder,
    PageNow,
    Position,
    Step,
    Team,
    Who,
    next_step,
    resolve,
)

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
PRIYA, TOM, ELENA = UserId("U0PRIYA"), UserId("U0TOM"), UserId("U0ELENA")
FIVE = timedelta(minutes=5)

people = st.sampled_from([UserId(f"U0{letter}") for letter in "ABCDE"])
steps = st.builds(
    Step,
    st.lists(people, max_size=4, unique=True).map(tuple),
    st.timedeltas(timedelta(seconds=1), timedelta(days=2)),
)
ladders = st.builds(Ladder, st.lists(steps, max_size=4).map(tuple), st.integers(1, 4))


def walked(ladder: Ladder, gone: frozenset[UserId]) -> tuple[list[PageNow], Exhausted]:
    """Follow a ladder that nobody answers to its end."""
    pages: list[PageNow] = []
    at, now = BEFORE, NOW
    for _ in range(ladder.rounds * len(ladder.steps) + 1):
        decision = next_step(ladder, at, now, gone)
        if isinstance(decision, Exhausted):
            return pages, decision
        pages.append(decision)
        at, now = decision.position, decision.next_at
    raise AssertionError("the ladder does not end")


@given(ladders, st.frozensets(people))
def test_a_ladder_ends_and_everyone_reachable_is_paged_before(
    ladder: Ladder, gone: frozenset[UserId]
) -> None:
    pages, _ = walked(ladder, gone)

    paged = [target for page in pages for target in page.targets]
    reachable = {target for step in ladder.steps for target in step.targets} - gone
    assert set(paged) == reachable
    on_steps = [target for step in ladder.steps for target in step.targets if target not in gone]
    assert sorted(paged) == sorted(on_steps * ladder.rounds)


@given(ladders, st.frozensets(people))
def test_it_only_goes_forward_and_waits_as_its_step_says(
    ladder: Ladder, gone: frozenset[UserId]
) -> None:
    pages, _ = walked(ladder, gone)

    positions = [(page.position.round, page.position.step) for page in pages]
    assert positions == sorted(set(positions))
    now = NOW
    for page in pages:
        assert page.next_at - now == ladder.steps[page.position.step].wait
        now = page.next_at


@given(ladders, st.frozensets(people))
def test_who_is_gone_is_never_paged_and_is_named_as_skipped(
    ladder: Ladder, gone: frozenset[UserId]
) -> None:
    pages, end = walked(ladder, gone)

    assert not {target for page in pages for target in page.targets} & gone
    skipped = {who for page in pages for who in page.skipped} | set(end.skipped)
    assert skipped == {t for step in ladder.steps for t in step.targets} & gone


@given(ladders, people, st.integers(0, 20))
def test_who_goes_in_the_middle_is_not_paged_from_then_on(
    ladder: Ladder, leaver: UserId, after: int
) -> None:
    at, now, gone = BEFORE, NOW, frozenset[UserId]()
    for turn in range(ladder.rounds * len(ladder.steps) + 1):
        gone = frozenset({leaver}) if turn >= after else gone
        decision = next_step(ladder, at, now, gone)
        if isinstance(decision, Exhausted):
            return
        assert leaver not in decision.targets or leaver not in gone
        at, now = decision.position, decision.next_at
    raise AssertionError("the ladder does not end")


def test_a_step_that_has_nobody_left_is_passed_over_at_once() -> None:
    ladder = Ladder((Step((PRIYA,), FIVE), Step((TOM,), 2 * FIVE)), rounds=2)

    assert next_step(ladder, BEFORE, NOW, {PRIYA}) == PageNow(
        Position(0, 1), (TOM,), NOW + 2 * FIVE, skipped=(PRIYA,)
    )


def test_a_second_round_begins_with_the_first_step() -> None:
    ladder = Ladder((Step((PRIYA,), FIVE), Step((TOM,), FIVE)), rounds=2)

    assert next_step(ladder, Position(0, 1), NOW) == PageNow(Position(1, 0), (PRIYA,), NOW + FIVE)


def test_after_the_last_step_of_the_last_round_it_is_exhausted() -> None:
    ladder = Ladder((Step((PRIYA,), FIVE),), rounds=2)

    assert next_step(ladder, Position(1, 0), NOW) == Exhausted()


def test_when_all_are_gone_it_is_exhausted_at_once() -> None:
    ladder = Ladder((Step((PRIYA, TOM), FIVE),), rounds=9)

    assert next_step(ladder, BEFORE, NOW, {PRIYA, TOM}) == Exhausted(skipped=(PRIYA, TOM))


def test_a_ladder_without_steps_is_exhausted() -> None:
    assert next_step(Ladder(()), BEFORE, NOW) == Exhausted()


@given(ladders)
def test_a_snapshot_survives_being_stored(ladder: Ladder) -> None:
    assert Ladder.from_json(json.loads(json.dumps(ladder.to_json()))) == ladder


TEAM = Team(TeamKey("legal"), "Legal", (PRIYA, TOM), (TOM, ELENA))


@pytest.mark.parametrize(
    ("who", "found"),
    [
        (Who.ON_CALL, (PRIYA,)),
        (Who.BACKUP, (TOM,)),
        (Who.EVERYONE, (PRIYA, TOM, ELENA)),
        (Who.MANAGER, ("U0MEI", "U0AOIFE")),
        ("U0SOMEBODY", ("U0SOMEBODY",)),
    ],
)
def test_a_steps_word_means_people(who: str, found: tuple[str, ...]) -> None:
    assert resolve(who, TEAM, [UserId("U0MEI"), UserId("U0AOIFE")]) == found


def test_a_team_with_one_on_call_has_no_backup() -> None:
    assert resolve(Who.BACKUP, Team(TeamKey("dpo"), "DPO", (PRIYA,)), []) == ()
