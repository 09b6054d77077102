"""Reads the new state in `status`. `status done` names no state, but means one."""

import re
from collections.abc import Mapping
from contextlib import suppress

from bot.domain.errors import BadInput, Unclear
from bot.domain.incidents.lifecycle import STATE_WORDS, WORKING, State, parse_state
from bot.domain.problems.names import NearestState, StateWithoutTo, TwoStates
from bot.domain.text.likeness import mistyped, near
from handlers.commands.verb import Ask
from handlers.typed.normal import Line, normal
from handlers.typed.words import ENDS, first_word, plain, state_first

_SAID = {
    State.TRIAGED: "triage|triaging|assessed",
    State.INVESTIGATING: (
        "investigation|investigate|investigated|in progress|progress|working|working on it|wip"
        "|started|ongoing|active|looking|looking into it|checking|under review|under investigation"
    ),
    State.AWAITING_DECISION: (
        "await|awaits|awaiting|waiting|waiting for decision|decision|pending decision"
        "|needs decision|on hold|hold|blocked|paused"
    ),
    State.ACTION_PENDING: "action|actioning|acting|pending action|pending|mitigating",
    State.MONITORING: "monitor|monitored|watching|observing|stable|mitigated",
    State.RESOLVED: (
        "done|fixed|fix|finished|finish|complete|completed|solved|solve|resolution|ended|end|over"
        "|all clear|all good|ok|cleared"
    ),
    State.REVIEWED: "review|archived|archive",
    State.REOPENED: "open|opened|re-open|re-opened|reopen",
    State.DUPLICATE: "dup|dupe|duplicated",
    State.DECLINED: (
        "decline|reject|rejected|invalid|false alarm|false positive|spam|dismissed|cancelled"
        "|canceled|no action|not an escalation"
    ),
}
NEAREST: Mapping[str, State] = {
    word: state for state, words in _SAID.items() for word in words.split("|")
}
"""Words that people use for a state. The bot offers the state and never sets it by itself."""
_PHRASE = re.compile(
    rf"({'|'.join(map(re.escape, sorted(NEAREST, key=len, reverse=True)))}){ENDS}", re.IGNORECASE
)
_VERBS = {
    State.RESOLVED: "resolve {of} {note}",
    State.REVIEWED: "close {of}",
    State.REOPENED: "reopen {of} {reason}",
    State.DECLINED: "decline {of} {reason}",
    State.DUPLICATE: "duplicate {of} of ESC-m",
}
_HALVES = {"decision": State.AWAITING_DECISION, "action": State.ACTION_PENDING}
"""The half of a state's name that identifies it. The other half only says that work waits."""
_OTHER_HALF = re.compile(
    r"(?:[-\s_]+(?:is|are|for|on|to|a|an|the|some|still|be|being))*[-\s_]+([^\W\d_]+)"
    rf"{ENDS}",
    re.IGNORECASE,
)
_WAITS = re.compile(r"await|wait|pend|need|requir", re.IGNORECASE)
_TWO_WORDS = re.compile(r"[^\W_]+[-\s_]+[^\W_]+")
_TO = re.compile(r"(?:to|as|into)\s+", re.IGNORECASE)
_OR_STATE = re.compile(r"(?:or|and/or|vs|oder)\s+", re.IGNORECASE)


def state_typed(ask: Ask) -> tuple[State, str]:
    """Split off the state.

    Raises Unclear for a choice of two, and for words that only mean a state.
    """
    try:
        to, words = state_first(ask.words)
    except BadInput:
        _refuse_nearest(ask)
        raise
    behind = normal(words).norm
    choice = _OR_STATE.match(behind)
    if choice or set(stops_behind(ask, words)) & set("/|"):
        with suppress(BadInput):
            other, _ = state_first(behind[choice.end() :] if choice else words)
            of = ask.named or "ESC-n"
            either = tuple(f"status {of} {one.key}" for one in (to, other))
            raise Unclear(TwoStates(to, other), either)
    return to, words


def stops_behind(ask: Ask, words: str) -> str:
    """Return the last two characters between the state and the note."""
    return normal(ask.words).norm.removesuffix(normal(words).norm).strip()[-2:]


def _refuse_nearest(ask: Ask) -> None:
    line = normal(ask.words)
    _refuse_to(ask, line)
    found = _PHRASE.match(line.norm)
    mistyped_words = _two_words(line)
    if mistyped_words is not None:
        said, note, state = mistyped_words
    elif found is not None:
        said, note, state = _whole(line, found.end(), NEAREST[found[1].lower()])
    else:
        said, _ = first_word(ask.words)
        like = near(said.lower(), STATE_WORDS)
        if not like:
            return
        said, note, state = _whole(line, line.norm.find(said) + len(said), parse_state(like[0]))
    raise Unclear(
        NearestState(plain(said)[:40], state),
        (_command(state, ask.named or "ESC-n", plain(note)),),
        no_report=mistyped_words is not None or found is None or not note,
    )


def _refuse_to(ask: Ask, line: Line) -> None:
    """Raise Unclear for `status ESC-5 to triaged`, and offer the command without `to`."""
    to = _TO.match(line.norm)
    if to is None:
        return
    with suppress(BadInput):
        state, note = state_first(line.behind(to.end()))
        command = _command(state, ask.named or "ESC-n", plain(note))
        raise Unclear(StateWithoutTo(), (command,), no_report=True)


def _two_words(line: Line) -> tuple[str, str, State] | None:
    """Read `awaiting decison` as one state. Its second word is not a note."""
    two = _TWO_WORDS.match(line.norm)
    if two is None:
        return None
    said = " ".join(re.split(r"[-\s_]+", two[0].lower()))
    like = [name for name in STATE_WORDS if " " in name and mistyped(said, name)]
    return (two[0], line.behind(two.end()), parse_state(like[0])) if like else None


def _whole(line: Line, end: int, state: State) -> tuple[str, str, State]:
    """Read on after words that mean a state, since the other half of its name is not a note.

    `await action` and `action is pending` are one state each, though half of each is enough.
    """
    other = _OTHER_HALF.match(line.norm, end)
    if other is None or state not in _HALVES.values():
        return line.norm[:end], line.behind(end), state
    named = any(map(_half, line.norm[:end].split()))
    half = _half(other[1])
    if half is None and not (named and _WAITS.match(other[1])):
        return line.norm[:end], line.behind(end), state
    return line.norm[: other.end()], line.behind(other.end()), _HALVES.get(half or "", state)


def _half(word: str) -> str | None:
    """Return the half of a name that the word means: `decison` and `decisions` mean `decision`."""
    like = (half for half in _HALVES if word.lower().startswith(half) or mistyped(word, half))
    return next(like, None)


def _command(state: State, of: str, note: str) -> str:
    way = "status {of} {state} {note}" if state in WORKING else _VERBS.get(state, "show {of}")
    filled = way.format(of=of, state=state.key, note=note, reason=note or "<reason>")
    return filled.strip()
