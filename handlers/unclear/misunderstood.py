"""Answers a text that begins with no verb. Nothing is done; the answer offers possible meanings."""

import re
from contextlib import suppress
from dataclasses import dataclass, replace

from bot.domain.access.rights import Deed, require
from bot.domain.errors import BadInput, NotFound
from bot.domain.ids import UserId, parse_reference, reference
from bot.domain.incidents.lifecycle import WORKING
from bot.domain.text.likeness import distance, mistyped
from bot.domain.times.front import begins_with_time
from bot.policy import Policy
from bot.render import offers
from bot.services.incidents import references
from handlers.answers import Unsure
from handlers.commands.fitting import fits
from handlers.commands.misplaced import as_here, in_full, naming_here
from handlers.commands.verb import Ask, Behind, Verb
from handlers.typed.line import Typed, read
from handlers.typed.normal import normal
from handlers.typed.severities import code_first
from handlers.typed.words import (
    as_read,
    first_word,
    number_first,
    person_first,
    plain,
    reference_first,
    state_first,
    team_first,
)
from handlers.unclear.allowed import allowed, may_open
from handlers.unclear.meant import meant, without_filling
from handlers.unclear.offered import guarded
from handlers.unclear.undoing import undone
from handlers.verbs import BY_WORD, HELP
from handlers.verbs.followup_verbs import TASK
from handlers.verbs.lifecycle_verbs import SEVERITY, STATUS
from handlers.verbs.looking_up import ON_CALL, SHOW
from handlers.verbs.notes import NOTE
from handlers.verbs.opening_verb import OPEN
from handlers.verbs.paging_verbs import PAGE

_ARTICLE = re.compile(r"^(?:my|the|this|that|all|our)\s+", re.IGNORECASE)
_MORE_PEOPLE = re.compile(r"(?:and|or|&|\+|,|/|<?@)(?!\w)|<?@", re.IGNORECASE)
_TIME = re.compile(r"(?:by|in|at|until|till?)\s+[0-9]", re.IGNORECASE)
_LONGEST = 30
"""In letters. Only so much of a word is compared."""
_GLUED = re.compile(r"([a-z-]+?)[-#_]*(?:esc)?[-#_]*([0-9]{1,9})", re.IGNORECASE)
"""A verb and a number without a space: `ack5`, `close-5`, `ackESC-5`."""
_A_SENTENCE = 4
"""In words. A text this long may be a report, although it begins like a command."""


@dataclass(frozen=True, slots=True)
class Offer:
    """Commands to copy. `block` of help.j2 says why. `report` is the text of *Open this*."""

    commands: tuple[str, ...]
    report: str = ""
    block: str = ""
    word: str = ""


async def misunderstood(ask: Ask, typed: Typed) -> Unsure:
    """Offer a command for a typing error, and a button for a possible report. Do nothing else."""
    here = await naming_here(ask)
    offer = await _number_first(ask, typed) or _offer(ask.policy, typed, here)
    commands = allowed(ask.act, await as_here(ask, await guarded(ask, offer.commands)))
    if not commands and (offer.commands or offer.report):
        require(ask.act, Deed.OPEN)
    report = offer.report if may_open(ask.act) else ""
    word = offer.word or as_read(ask.wording, typed.word, typed.said)
    if offer.block:
        said = offers.undo(ask.wording, word, offer.block, commands, report)
    else:
        said = offers.unknown_command(ask.wording, word, commands, report)
    return Unsure(said.text, said.blocks)


def _offer(policy: Policy, typed: Typed, here: str | None) -> Offer:
    """Return the first offer that fits. `here` is the escalation of the channel."""
    return (
        _opposite(typed)
        or _meant(typed)
        or _severity(typed, here)
        or _set_to(policy, typed)
        or _person(policy, typed)
        or _without_filling(policy, typed, here)
        or _mistyped(policy, typed)
    )


async def _number_first(ask: Ask, typed: Typed) -> Offer | None:
    """Read `5 update all good` or `5: monitoring`, and offer the command with the reference."""
    number, rest = number_first(typed.said)
    if number is None or not rest or typed.named is not None:
        return None
    named = await ask.read(references.numbered, ask.act, parse_reference(number))
    if named is None:
        return None
    with suppress(BadInput):
        again = read(rest)
        verb, words = again.verb, plain(again.words)
        if verb is None:
            offer = _offer(ask.policy, replace(again, named=named), None)
            report = _report(typed, at_least=_A_SENTENCE)
            return replace(offer, report=report) if offer.commands else None
        if verb.about_incident and again.named is None:
            takes_it = verb.behind is not Behind.NOTHING or not words
            report = "" if takes_it else _report(typed, at_least=_A_SENTENCE)
            return Offer(_in_full(verb, named, words), report)
    return None


def _opposite(typed: Typed) -> Offer | None:
    """Offer commands that undo the verb in `unack` or `undo ack`."""
    behind = _ARTICLE.sub("", plain(typed.words), count=1)
    way = undone(BY_WORD, typed.word, behind)
    if way is None:
        return None
    named = typed.named or _named_in(behind)
    commands = tuple(command.format(of=named or "ESC-n") for command in way.commands)
    undoes, of = first_word(behind)
    verb = BY_WORD.get(undoes.lower())
    meant = named is not None or (verb is not None and not of)
    return Offer(commands, "" if meant else _report(typed), way.block)


def _named_in(behind: str) -> str | None:
    """Return the escalation in `unack ESC-5` or `undo ack ESC-5`."""
    for words in (behind, first_word(behind)[1]):
        if named := _split_off(words)[0]:
            return named
    return None


def _meant(typed: Typed) -> Offer | None:
    """Look up words that are not compared with verbs: `nack`, `false alarm`, `hand over`."""
    found = meant(typed.said)
    if found is None:
        return None
    named, text = _reference(typed.named, found.words)
    if named is None and BY_WORD[first_word(found.way.commands[0])[0]].behind is Behind.NAMES:
        named, text = number_first(text)
    is_sentence = named is None and bool(text)
    if (is_sentence and not found.takes_text) or not (named or found.way.alone):
        return None
    commands = tuple(found.commands(named or "ESC-n", text))
    report = _report(typed, at_least=_A_SENTENCE) if is_sentence else ""
    return Offer(commands, report, found.way.block, found.said)


def _severity(typed: Typed, here: str | None) -> Offer | None:
    """Read a severity in the verb's place: `p0 ESC-5`, `sev2 bomb threat`."""
    severity, words = code_first(typed.said)
    if severity is None:
        return None
    named, text = _reference(typed.named, words)
    of, code = named or (here and "ESC-n"), severity.lower()
    commands = [f"{SEVERITY.name} {of} {code} {text}".strip()] if of else []
    if named:
        return Offer(tuple(commands))
    return Offer((*commands, f"{OPEN.name} {code} {text or '<title>'}"), _report(typed))


def _set_to(policy: Policy, typed: Typed) -> Offer | None:
    """Read a state or a team in the verb's place: `monitoring`, `legal`."""
    with suppress(BadInput):
        state, words = state_first(typed.said)
        named, text = _reference(typed.named, words)
        if state in WORKING and (named or not text):
            return Offer((f"{STATUS.name} {named or 'ESC-n'} {state.key} {text}".strip(),))
    with suppress(NotFound):
        team, words = team_first(policy, typed.said)
        named, text = _reference(typed.named, words)
        if words != typed.said and (named or not text):
            command = f"{PAGE.name} {named or 'ESC-n'} {team.key} {text or '<why>'}"
            return Offer((command, f"{ON_CALL.name} {team.key}"))
    return None


def _person(policy: Policy, typed: Typed) -> Offer | None:
    """Read a person in the verb's place: offer to page them, or to give them a task by a time."""
    found = _named_first(policy, typed)
    if found is None:
        return None
    (said, words), of = found, typed.named or "ESC-n"
    norm, text = normal(words).norm, plain(words)
    if _TIME.match(norm) or begins_with_time(norm, policy.working):
        return Offer((f"{TASK.name} {of} {said} <text> by <when>",))
    page = f"{PAGE.name} {of} {said}: {text}" if text else f"{PAGE.name} {of} {said} <why>"
    if _MORE_PEOPLE.match(norm):
        return Offer((page,), _report(typed))
    return Offer((page, f"{TASK.name} {of} {said} {text or '<text>'} by <when>"), _report(typed))


def _named_first(policy: Policy, typed: Typed) -> tuple[str, str] | None:
    """Return the person in front as a command names them, and the words after them."""
    with suppress(NotFound):
        user, words = person_first(typed.said, UserId(""))
        said = plain(typed.said.removesuffix(words)).rstrip(" ,:;")
        # Slack may have sent an id without the name.
        return ("@person" if said == f"@{user}" else said, words) if user else None
    name = plain(typed.word).lower()
    return (name, typed.words) if name.removeprefix("@") in policy.people else None


def _without_filling(policy: Policy, typed: Typed, here: str | None) -> Offer | None:
    """Offer the command after `please` in `please open …`, `can you page …`."""
    rest = without_filling(typed.said)
    if rest is None:
        return None
    if not rest:
        return Offer((OPEN.name,) if typed.word.lower() == "escalate" else ())
    with suppress(BadInput):
        again = read(rest)
        again = replace(again, named=typed.named or again.named)
        behind = plain(again.words)
        if again.verb is OPEN:
            return Offer((f"{OPEN.name} {behind}".strip(),), behind)
        if again.verb is not None and (again.verb is not HELP or not behind):
            meant = fits(policy, again.verb, again.words)
            report = "" if meant else _report(typed, at_least=_A_SENTENCE)
            return Offer(_in_full(again.verb, again.named, behind), report)
        offer = _offer(policy, replace(again, verb=None), here)
        meant = bool(offer.commands) and not offer.report
        offer = replace(offer, report="" if meant else _report(typed))
        is_open = typed.word.lower() == "escalate" and not (again.named or offer.commands)
        return replace(offer, commands=(f"{OPEN.name} {rest}",)) if is_open else offer
    return None


def _mistyped(policy: Policy, typed: Typed) -> Offer:
    behind = plain(typed.words)
    if typed.word.isdigit() and not behind and not typed.named:
        return Offer((f"{SHOW.name} {reference(int(typed.word[:9]))}",))
    glued = _GLUED.fullmatch(typed.word)
    verb = BY_WORD.get(glued[1].lower()) if glued else None
    if glued and verb and (verb is not SEVERITY or "esc" in typed.word.lower()):
        return Offer(_in_full(verb, reference(int(glued[2])), behind))
    named, text = _reference(typed.named, typed.words)
    nearest = nearest_verbs(typed.word)
    if text and named is None:
        nearest = [verb for verb in nearest if not _is_a_plural(typed.word, verb)]
    if typed.named:
        nearest = [verb for verb in nearest if verb != OPEN.name]
    elif nearest[:1] == [OPEN.name]:
        return Offer((f"{OPEN.name} {behind}".strip(),), behind)
    commands = [one for verb in nearest for one in _in_full(BY_WORD[verb], typed.named, behind)]
    meant = named or any(fits(policy, BY_WORD[verb], typed.words) for verb in nearest)
    return Offer(tuple(dict.fromkeys(commands)), "" if meant else _report(typed))


def _in_full(verb: Verb, named: str | None, text: str) -> tuple[str, ...]:
    """Return the command. If its verb takes no text, add a note with the text."""
    of, behind = _reference(named, text)
    if verb.behind is not Behind.NOTHING or not behind:
        return (in_full(verb, named, text),)
    alone = in_full(verb, of, "")
    return (alone, f"{NOTE.name} {of or 'ESC-n'} {behind}") if verb.about_incident else (alone,)


def _is_a_plural(word: str, verb: str) -> bool:
    """Whether the word is a plural and so not the verb: `posts show a suicide` is no `post`."""
    names = (BY_WORD[verb].name, *BY_WORD[verb].aliases)
    return any(word.lower() in (f"{name}s", name.removesuffix("s")) for name in names)


def _report(typed: Typed, *, at_least: int = 2) -> str:
    """Return the text of a report without `escalate`, if it has `at_least` words; else ''."""
    said = plain(typed.said)
    if typed.named or len(said.split()) < at_least:
        return ""
    return plain(typed.words) if typed.word.lower() == "escalate" else said


def _reference(named: str | None, words: str) -> tuple[str | None, str]:
    """Return the escalation named before or after the word, and the rest."""
    found, rest = _split_off(words)
    if named:
        return (named, rest) if found == named else (named, plain(words))
    return found, plain(rest)


def _split_off(words: str) -> tuple[str | None, str]:
    with suppress(BadInput):
        found, rest = reference_first(words)
        if found is None:
            number, behind = number_first(words)
            found, rest = (number, behind) if number and not behind else (None, words)
        if found and not found.startswith("<"):
            return found, rest
    return None, words


def nearest_verbs(word: str) -> list[str]:
    """Return the verbs whose name or alias may be mistyped, the nearest first, at most three."""
    word = word.lower()[:_LONGEST]
    near = sorted((distance(word, known), known) for known in BY_WORD if mistyped(word, known))
    return list(dict.fromkeys(BY_WORD[known].name for _, known in near))[:3]
