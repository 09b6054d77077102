"""Keeps the text of a refused command: to copy, and with *Open this* if it may be a report."""

import html
import re
from contextlib import suppress
from dataclasses import fields, replace

from bot.domain.controls import COMMAND
from bot.domain.errors import (
    AlreadyHandled,
    BadInput,
    FormErrors,
    Misread,
    NotFound,
    ReasonNeeded,
    Unclear,
)
from bot.domain.ids import reference
from bot.domain.problems import SAID, Problem
from bot.domain.problems.texts import NoSummary
from bot.policy import Policy
from bot.render import offers
from bot.render.message import Message, texts
from bot.render.refusals import example_of
from bot.render.wording import Wording
from handlers.answers import Answer, Unsure
from handlers.commands.fitting import begins_with_a_name, fits
from handlers.commands.misplaced import in_full
from handlers.commands.verb import Behind, Verb
from handlers.errors import Failure
from handlers.shell import Shell
from handlers.typed.line import Typed, read
from handlers.typed.words import (
    as_read,
    first_word,
    number_first,
    once_quoted,
    plain,
    reference_first,
    reference_first_if_any,
    reference_in,
    unlinked,
)
from handlers.verbs import BY_WORD
from handlers.verbs.looking_up import SHOW

_LONG = 30
"""In characters: more than a person wants to type again."""
_A_SENTENCE = 3
"""In words. A text this long may be a report."""
_WORD = re.compile(r"\w+")
_CODE = re.compile(r"`([^`]+)`")
_JOINING = frozenset({"and", "or"})


def shown(shell: Shell, result: Answer | Failure, text: str) -> Answer:
    """Return the answer to a command as the person reads it."""
    if isinstance(result, Unsure):
        return with_text(shell.wording, result, text)
    if not isinstance(result, Failure):
        return result
    wording = shell.wording
    error = _of_verb(wording, _named(wording, result.error, text), text)
    error = _as_command(wording, error, text)
    answer = replace(result, error=error).message(shell.wording)
    if isinstance(result.error, AlreadyHandled):
        return answer
    report = _report(shell.policy, result.error, text)
    if report:
        answer = offers.perhaps_a_report(shell.wording, answer, report)
    return with_text(shell.wording, answer, text)


def _of_verb(wording: Wording, error: Exception, text: str) -> Exception:
    """Return the refusal with the typed verb, so that it says what did not happen."""
    with suppress(BadInput):
        verb = read(text).verb
        if isinstance(error, Misread | FormErrors) and verb is not None and not error.verb:
            return replace(error, verb=verb.name)
        if isinstance(error, ReasonNeeded) and verb is not None:
            return replace(error, verb=verb.name, typed=as_read(wording, plain(text), text))
    return error


def _named(wording: Wording, error: Exception, text: str) -> Exception:
    """Return the refusal with the typed names of people and channels."""
    match error:
        case BadInput():
            return replace(error, problem=_as_typed(wording, error.problem, text))
        case NotFound():
            return replace(error, named=as_read(wording, error.named, text))
        case Unclear():
            commands = tuple(as_read(wording, command, text) for command in error.commands)
            return replace(
                error, problem=_as_typed(wording, error.problem, text), commands=commands
            )
        case _:
            return error


def _as_typed(wording: Wording, problem: Problem, text: str) -> Problem:
    """Return the problem with the person's own capitals. Readers see small letters only."""

    def typed(name: str, value: object) -> object:
        match value:
            case str():
                return (_said if name.startswith(SAID) else as_read)(wording, value, text)
            case tuple():
                return tuple(typed(name, one) for one in value)
            case _:
                return value

    kept = {field.name: getattr(problem, field.name) for field in fields(problem)}
    return replace(problem, **{name: typed(name, value) for name, value in kept.items()})


def _said(wording: Wording, value: str, text: str) -> str:
    """Return a quoted text without the person's own quotes and with their capitals."""
    typed = plain(text)
    value = once_quoted(f"“{as_read(wording, value, text)}”")[1:-1]
    small = typed.lower()
    at = small.find(value.lower()) if len(small) == len(typed) else -1
    return value if at < 0 or not value else typed[at : at + len(value)]


def _as_command(wording: Wording, error: Exception, text: str) -> Exception:
    """Complete the error's example into a whole command that can be copied."""
    example = example_of(wording, error) if isinstance(error, BadInput) else ""
    if not isinstance(error, BadInput) or not example:
        return error
    if isinstance(error.problem, NoSummary):
        example = f"{COMMAND} {as_read(wording, plain(text), text)} {example}"
    elif first_word(example)[0] in BY_WORD:
        example = f"{COMMAND} {example}"
    else:
        example = _example(wording, example, text)
    if error.field_name != "incident":
        example = _about_the_same(example, text, error.here)
    return replace(error, example=example)


def _about_the_same(example: str, text: str, here: str | None) -> str:
    """Put the right escalation in an example.

    A copied example must not write to an escalation that the person did not name.
    """
    of = here
    with suppress(BadInput):
        typed = read(text)
        of = typed.named or reference_first_if_any(typed.words) or _numbered(typed) or here
    if of is None:
        return example
    word, behind = first_word(example.removeprefix(COMMAND))
    verb = BY_WORD.get(word)
    if verb and verb.about_incident and verb.needs_incident and not reference_in(behind):
        return f"{COMMAND} {word} {of} {behind}"
    return example if example.count(reference(12)[:4]) != 1 else example.replace(reference(12), of)


def _numbered(typed: Typed) -> str | None:
    """Return the escalation that a bare number after the verb means: `update 5`, `own 5`."""
    number, rest = number_first(typed.words)
    verb = typed.verb
    if verb is None or not verb.about_incident or verb.behind is Behind.NUMBERS:
        return None
    return number if not rest or verb.behind is Behind.NAMES else None


def _example(wording: Wording, value: str, text: str) -> str:
    """Return the verb's own example, or its command if the value is the corrected text."""
    verb: Verb | None = SHOW
    named, words = None, ""
    with suppress(BadInput):
        typed = read(text)
        verb, named, words = typed.verb, typed.named, typed.words
    if verb is None:
        return ""
    if plain(words).split()[-1:] == value.split()[-1:] and " " in value:
        said, of = value, named or reference_first_if_any(words)
    else:
        example = wording.plain("verbs", f"{verb.name}_example")
        said, of = example.removeprefix(verb.name).strip(), None
    command = in_full(verb, of, said).replace(" [ESC-n]", "").replace("ESC-n", reference(12))
    return f"{COMMAND} {command}"


def with_text(wording: Wording, answer: Message, text: str) -> Message:
    """Return the answer, with the typed text if it is long and not yet part of the answer."""
    said = plain(unlinked(text.strip()).removeprefix(COMMAND))
    kept = _behind_the_verb(text).rstrip("?\uff1f ")
    if len(kept) <= _LONG:
        return answer
    visible = " ".join(html.unescape(" ".join(texts(answer))).split())
    if "\n" not in kept and (kept in visible or _in_a_command(kept, visible)):
        return answer
    return offers.with_text(wording, answer, f"{COMMAND} {said}")


def _in_a_command(kept: str, visible: str) -> bool:
    """Whether one offered command has all its words in order, except words that join names."""
    words = [word for word in _WORD.findall(kept.lower()) if word not in _JOINING]

    def has_them(code: str) -> bool:
        behind = iter(_WORD.findall(code.lower()))
        return all(word in behind for word in words)

    return any(map(has_them, _CODE.findall(visible)))


def _behind_the_verb(text: str) -> str:
    with suppress(BadInput):
        return plain(read(text).words)
    return plain(text)


def _report(policy: Policy, error: Exception, text: str) -> str:
    """Return the text of *Open this*: a sentence that begins like a command but is none."""
    if isinstance(error, Unclear) and error.report:
        return "" if error.no_report else error.report
    with suppress(BadInput):
        typed = read(text)
        said = plain(typed.said)
        refused = isinstance(error, Misread) and not error.no_report
        if (
            not refused
            or typed.named
            or reference_in(typed.words)
            or len(said.split()) < _A_SENTENCE
            or _opens(typed)
        ):
            return ""
        reference_first(typed.words)  # Raises for words that only look like one.
        nowhere = isinstance(error, BadInput) and error.field_name == "incident"
        return said if nowhere or not _fits(policy, typed) else ""
    return ""


def _opens(typed: Typed) -> bool:
    return typed.verb is not None and typed.verb.straight is not None


def _fits(policy: Policy, typed: Typed) -> bool:
    if typed.verb is None:
        return begins_with_a_name(policy, typed.words)
    return fits(policy, typed.verb, typed.words)
