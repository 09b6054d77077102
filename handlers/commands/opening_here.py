"""Commands such as `raise p0` or `new …` in a channel: do they mean its escalation or a new one?"""

from contextlib import suppress

from bot.domain.act import Act
from bot.domain.errors import BadInput, Unclear
from bot.domain.incidents.severity import UNLESS_SAID
from bot.domain.problems.commands import AboutThisOrNew
from bot.policy import Policy
from bot.services.incidents import references
from handlers.commands.misplaced import in_full
from handlers.shell import Shell
from handlers.typed.line import Typed, read
from handlers.typed.severities import opening_words, written_first
from handlers.typed.words import plain, reference_first_if_any, state_first
from handlers.verbs.opening_verb import OPEN

_CHOICE = 2
"""How many possible severities are offered. If there are more, the person types one."""


async def room_of_another(
    shell: Shell, asking: Act, typed: Typed, channel: str | None
) -> str | None:
    """Return the channel's escalation if a synonym of `open` was typed with a text.

    A text that begins with a reference is about that escalation; the verb `open` handles it.
    """
    is_open = typed.word.lower() == OPEN.name
    if is_open or not typed.words or not channel or reference_first_if_any(typed.words):
        return None
    return await shell.threads.read(references.in_channel, shell.db, asking, channel)


def named_beside_a_severity(policy: Policy, typed: Typed) -> str | None:
    """Return the escalation in `ESC-5 raise p0`."""
    named = typed.named if typed.verb is OPEN else None
    is_one = named is not None and not named.startswith("<")
    return named if is_one and written_first(policy, typed.words) else None


def instead_of_opening(policy: Policy, typed: Typed, here: str) -> Unclear:
    """Open nothing, and offer a command for each possible meaning."""
    problem = AboutThisOrNew(typed.word, here)
    first = written_first(policy, typed.words)
    if first is None or not first.clear:
        commands = (*_about(typed, here), *_new(policy, typed.words))
        return Unclear(problem, commands, no_report=True)
    code, title = first.severity.lower(), plain(first.rest)
    about = f"severity {here} {code}" + (f": {title}" if title else "")
    new = f"{OPEN.name} {code}" + (f": {title}" if title else " <title>")
    return Unclear(problem, (about, new), no_report=True)


def _new(policy: Policy, words: str) -> tuple[str, ...]:
    """Return the commands that open a new one, one for each severity that may be meant."""
    read = opening_words(policy, words, UNLESS_SAID)
    if len(read.meant) > _CHOICE:
        return (f"{OPEN.name} <p0-p3> {read.title or '<title>'}",)
    either = [f"{one.severity.lower()}: {one.title or '<title>'}" for one in read.meant]
    return tuple(f"{OPEN.name} {one}" for one in either or [plain(words)])


def _about(typed: Typed, here: str) -> tuple[str, ...]:
    """Read `start investigating`, `create task …`; other words may be news for the timeline."""
    with suppress(BadInput):
        again = read(typed.words)
        if again.verb is not None and again.verb.about_incident:
            return (in_full(again.verb, again.named or here, plain(again.words)),)
    with suppress(BadInput):
        state, note = state_first(typed.words)
        return (f"status {here} {state.key} {plain(note)}".strip(),)
    return (f"note {here} {plain(typed.said)}",)
