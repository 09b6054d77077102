"""States, and the one table of legal moves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import BadInput, IllegalMove, NothingToDo
from bot.domain.incidents.lifecycle import (
    ENDED,
    MOVES,
    OPEN,
    WORKING,
    State,
    check_move,
    legal_moves,
    parse_state,
)
from tests.problems import in_words

states = st.sampled_from(State)


@given(states, states)
def test_every_move_is_legal_or_refused_with_those_that_are(state: State, to: State) -> None:
    if to in legal_moves(state):
        check_move("ESC-1", state, to)
        return
    if state is to:
        with pytest.raises(NothingToDo) as nothing:
            check_move("ESC-1", state, to)
        assert nothing.value.already == state.value
        return
    with pytest.raises(IllegalMove) as refused:
        check_move("ESC-1", state, to)
    assert (refused.value.state, refused.value.to) == (state, to)
    assert refused.value.legal == tuple(move.value for move in legal_moves(state))


def test_each_state_is_open_or_ended_and_has_its_row() -> None:
    assert set(MOVES) == set(State)
    assert set(State) == OPEN | ENDED
    assert not OPEN & ENDED
    assert WORKING < OPEN


@given(states)
def test_no_state_is_a_dead_end_and_none_moves_to_itself(state: State) -> None:
    assert legal_moves(state)
    assert state not in legal_moves(state)


@given(states.filter(OPEN.__contains__))
def test_whatever_is_open_can_be_resolved_declined_or_marked_a_duplicate(state: State) -> None:
    assert {State.RESOLVED, State.DECLINED, State.DUPLICATE} <= set(legal_moves(state))
    assert State.REOPENED not in legal_moves(state)
    assert State.NEW not in legal_moves(state)


@given(states.filter(ENDED.__contains__))
def test_an_ending_is_left_only_by_reopening(state: State) -> None:
    assert set(legal_moves(state)) - {State.REVIEWED} == {State.REOPENED}


def test_only_what_is_resolved_is_reviewed() -> None:
    assert [state for state in State if State.REVIEWED in MOVES[state]] == [State.RESOLVED]


@given(st.lists(states, max_size=30))
def test_no_walk_leads_back_to_new(wishes: list[State]) -> None:
    state = State.NEW
    for wish in wishes:
        if wish in legal_moves(state):
            state = wish
            assert state is not State.NEW


@pytest.mark.parametrize("state", State)
def test_a_state_is_read_by_its_words_and_by_its_key_in_any_case(state: State) -> None:
    for text in (state.value, state.key, state.value.upper(), f" {state.key.replace('-', '_')} "):
        assert parse_state(text) is state


@pytest.mark.parametrize(
    ("text", "state"),
    [("closed", State.REVIEWED), ("close", State.REVIEWED), ("resolve", State.RESOLVED)],
)
def test_the_words_that_people_use_beside(text: str, state: State) -> None:
    assert parse_state(text) is state


def test_an_unknown_state_names_those_that_there_are() -> None:
    with pytest.raises(BadInput) as refused:
        parse_state("finished")

    assert "“finished” is not a state" in in_words(refused.value.problem)
    assert "awaiting decision, action pending" in in_words(refused.value.problem)
