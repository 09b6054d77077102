"""The answer to what begins with no verb: nothing is done, and what may be meant is offered."""

from contextlib import suppress
from difflib import get_close_matches

from bot.domain.errors import BadInput
from bot.domain.ids import reference
from bot.render import offers
from bot.render.message import Message
from handlers.commands import BY_WORD
from handlers.commands.opening import OPEN
from handlers.commands.reading import SHOW
from handlers.commands.severities import code_first
from handlers.commands.typed import Typed
from handlers.commands.undoing import undone
from handlers.commands.words import first_word, plain, reference_first
from handlers.shell import Shell


def misunderstood(shell: Shell, typed: Typed) -> Message:
    """A typo gets the corrected command to copy, what may be a report a button; nothing is done."""
    behind = plain(typed.words)
    way = undone(BY_WORD, typed.word, behind)
    if way is not None:
        of = typed.named or _named_in(behind) or "ESC-n"
        commands = [command.format(of=of) for command in way.commands]
        return offers.undo(shell.desk, typed.word, way.block, commands)
    nearest = nearest_verbs(typed.word)
    if typed.named:
        nearest = [
            f"{verb} {typed.named} {behind}".strip() for verb in nearest if verb != OPEN.name
        ]
        return offers.unknown_command(shell.desk, typed.word, nearest)
    if typed.word.isdigit() and not behind:
        nearest = [f"{SHOW.name} {reference(int(typed.word[:9]))}"]
        return offers.unknown_command(shell.desk, typed.word, nearest)
    if code_first(typed.word)[0] is not None:
        nearest, behind, report = [OPEN.name], plain(typed.said), plain(typed.said)
    elif nearest[:1] == [OPEN.name]:
        nearest, report = nearest[:1], behind
    else:
        report = plain(typed.said) if behind else ""
    corrected = [f"{verb} {behind}".strip() for verb in nearest]
    return offers.unknown_command(shell.desk, typed.word, corrected, report)


def _named_in(behind: str) -> str | None:
    """The escalation in `unack ESC-5` or `undo ack ESC-5`."""
    for words in (behind, first_word(behind)[1]):
        with suppress(BadInput):
            if named := reference_first(words)[0]:
                return named
    return None


def nearest_verbs(word: str) -> list[str]:
    """Names of the verbs that may have been meant, by name or alias, the nearest first."""
    close = get_close_matches(word.lower(), list(BY_WORD), n=4, cutoff=0.6)
    return list(dict.fromkeys(BY_WORD[name].name for name in close))[:3]
