"""Decides whether the words after a verb are of the kind that the verb takes.

If they are, the person means that command, even if something in it is wrong. Otherwise the text may
be a report that only begins like a command.
"""

from contextlib import suppress

from bot.domain.errors import BadInput, NotFound
from bot.domain.text.likeness import mistyped
from bot.domain.times.front import begins_with_time
from bot.policy import Policy
from handlers.commands.lookalikes import lookalike_first
from handlers.commands.verb import Verb
from handlers.typed.edited import FIELDS
from handlers.typed.normal import normal
from handlers.typed.severities import written_first
from handlers.typed.words import first_word, state_first, team_first
from handlers.verbs.looking_up import FILTERS

_ME = frozenset({"me", "myself", "us"})
_OWN_WORDS = {"edit": FIELDS, "list": FILTERS}


def fits(policy: Policy, verb: Verb, words: str) -> bool:
    """Whether words that were refused begin as this verb's words do. No words at all fit too."""
    if not words.strip():
        return True
    if verb.takes_time and begins_with_time(normal(words).norm, policy.working):
        return True
    return begins_with_a_name(policy, words) or _begins_with_a_word_of(verb, words)


def begins_with_a_name(policy: Policy, words: str) -> bool:
    """Whether the words begin with a person, team, reference, state, severity or number."""
    word = first_word(words)[0]
    if word[:1] in "<@" or word.lower() in _ME or word.isdigit():
        return True
    with suppress(NotFound):
        if team_first(policy, words)[1] != words:
            return True
    with suppress(BadInput):
        state_first(words)
        return True
    # An exact reference looks like one, too.
    return written_first(policy, words) is not None or lookalike_first(words) is not None


def _begins_with_a_word_of(verb: Verb, words: str) -> bool:
    word = first_word(words)[0].lower().rstrip(":")
    known = _OWN_WORDS.get(verb.name, ())
    return word in known or any(mistyped(word, one) for one in known)
