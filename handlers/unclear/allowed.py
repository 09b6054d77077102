"""Limits a refusal's offers to commands that this person's role allows somewhere."""

from collections.abc import Iterable

from bot.domain.access.rights import Deed, may
from bot.domain.act import Act
from handlers.typed.words import first_word
from handlers.verbs import BY_WORD


def allowed(act: Act, commands: Iterable[str]) -> tuple[str, ...]:
    """Drop the commands that need a higher role."""
    return tuple(command for command in commands if _may(act, command))


def may_open(act: Act) -> bool:
    return may(act.role, Deed.OPEN)


def _may(act: Act, command: str) -> bool:
    verb = BY_WORD.get(first_word(command)[0].lower())
    return verb is None or verb.deed is None or may(act.role, verb.deed, belongs=True)
