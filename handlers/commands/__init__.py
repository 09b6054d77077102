"""The verbs of `/escalate`: a new one is a row here and a function in a file beside it."""

from collections.abc import Mapping

from bot.domain.rights import Deed, require
from bot.render import help as render
from bot.render import offers
from handlers.answer import Answer, Unsure
from handlers.commands import (
    correcting,
    digest,
    following,
    moving,
    opening,
    owning,
    paging,
    reading,
    writing,
)
from handlers.commands.verb import Ask, Verb
from handlers.commands.words import as_read, first_word, plain


async def _help(ask: Ask) -> Answer:
    explained = [render.verb_help(ask.desk, verb.name, lines=verb.lines) for verb in VERBS]
    wanted = first_word(ask.words)[0]
    known = BY_WORD.get(wanted.lower())
    if known is None and len(ask.text.split()) > 1:
        require(ask.act, Deed.OPEN)
        word = as_read(ask.desk, wanted, ask.words)
        said = offers.unknown_command(ask.desk, word, (), plain(ask.said))
        return Unsure(said.text, said.blocks)
    return render.help(
        ask.desk, explained, known.name if known else as_read(ask.desk, wanted, ask.words) or None
    )


HELP = Verb(
    name="help",
    aliases=("?", "usage", "commands"),
    deed=None,
    run=_help,
    about_incident=False,
)

VERBS: tuple[Verb, ...] = (
    opening.OPEN,
    reading.LIST,
    reading.SHOW,
    reading.SEARCH,
    paging.ACK,
    paging.PAGE,
    paging.HAND_OVER,
    reading.ON_CALL,
    moving.STATUS,
    writing.UPDATE,
    writing.NOTE,
    moving.SEVERITY,
    correcting.EDIT,
    owning.ASSIGN,
    following.TASK,
    following.DONE,
    following.REMIND,
    following.REMINDERS,
    moving.RESOLVE,
    moving.CLOSE,
    moving.REOPEN,
    moving.DECLINE,
    moving.DUPLICATE,
    digest.DIGEST,
    HELP,
)

BY_WORD: Mapping[str, Verb] = {word: verb for verb in VERBS for word in (*verb.aliases, verb.name)}
