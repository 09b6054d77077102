"""The states of an incident, and the one table of legal moves."""

from collections.abc import Mapping
from enum import StrEnum

from bot.domain.errors import BadInput, IllegalMove, NothingToDo
from bot.domain.problems.names import NoSuchState


class State(StrEnum):
    NEW = "new"
    TRIAGED = "triaged"
    INVESTIGATING = "investigating"
    AWAITING_DECISION = "awaiting decision"
    ACTION_PENDING = "action pending"
    MONITORING = "monitoring"
    RESOLVED = "resolved"
    REVIEWED = "reviewed"
    REOPENED = "reopened"
    DUPLICATE = "duplicate"
    DECLINED = "declined"

    @property
    def key(self) -> str:
        """The state as one word, as people type it."""
        return shown(self).replace(" ", "-")


class ShownState(StrEnum):
    """The states that people read and type under another name than the stored one."""

    REVIEWED = "closed after review"


_SHOWN = {State[one.name].value: one.value for one in ShownState}


def shown(state: str) -> str:
    """Return the name that people read for a stored state."""
    return _SHOWN.get(state, state)


WORKING = frozenset(
    {State.TRIAGED, State.INVESTIGATING, State.AWAITING_DECISION}
    | {State.ACTION_PENDING, State.MONITORING}
)
OPEN = WORKING | {State.NEW, State.REOPENED}
ENDED = frozenset({State.RESOLVED, State.REVIEWED, State.DUPLICATE, State.DECLINED})

# Work moves in both directions: a decision may send it back to investigation. Only reopening leads
# out of an ended state. People read `reviewed` as 'closed after review'.
MOVES: Mapping[State, frozenset[State]] = {
    State.NEW: WORKING | {State.RESOLVED, State.DUPLICATE, State.DECLINED},
    **{
        state: (WORKING - {state}) | {State.RESOLVED, State.DUPLICATE, State.DECLINED}
        for state in sorted(WORKING)
    },
    State.REOPENED: WORKING | {State.RESOLVED, State.DUPLICATE, State.DECLINED},
    State.RESOLVED: frozenset({State.REVIEWED, State.REOPENED}),
    State.REVIEWED: frozenset({State.REOPENED}),
    State.DUPLICATE: frozenset({State.REOPENED}),
    State.DECLINED: frozenset({State.REOPENED}),
}


def legal_moves(state: State) -> tuple[State, ...]:
    """Return the states that `state` may become, in the order of their declaration."""
    return tuple(to for to in State if to in MOVES[state])


def check_move(reference: str, state: State, to: State) -> None:
    """Raise IllegalMove or NothingToDo unless `state` may become `to`."""
    if state is to:
        raise NothingToDo(reference, state.value)
    if to not in MOVES[state]:
        raise IllegalMove(reference, state, to, tuple(move.value for move in legal_moves(state)))


_SAID_OTHERWISE = {
    **{said: stored for stored, said in _SHOWN.items()},
    "closed": "reviewed",
    "close": "reviewed",
    "resolve": "resolved",
}
STATE_WORDS = (*(state.value for state in State), *_SAID_OTHERWISE)


def parse_state(text: str) -> State:
    """Read a state as people type it: `awaiting decision`, `awaiting-decision`, `closed`."""
    wanted = " ".join(text.lower().replace("-", " ").replace("_", " ").split())
    wanted = _SAID_OTHERWISE.get(wanted, wanted)
    for state in State:
        if state.value == wanted:
            return state
    raise BadInput("status", NoSuchState(text.strip()[:40], tuple(State)))
