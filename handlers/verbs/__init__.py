"""The verbs of `/escalate`. A new verb is a row here and a function in a file nearby."""

from collections.abc import Mapping

from bot.domain.access.rights import Deed, require
from bot.render import help as render
from bot.render import offers
from handlers.answers import Answer, Unsure
from handlers.commands.verb import Ask, Verb
from handlers.typed.words import as_read, first_word, plain
from handlers.verbs import (
    assign,
    digest,
    edit,
    followup_verbs,
    lifecycle_verbs,
    looking_up,
    notes,
    opening_verb,
    paging_verbs,
)


async def _help(ask: Ask) -> Answer:
    explained = [render.verb_help(ask.wording, verb.name, lines=verb.lines) for verb in VERBS]
    wanted = first_word(ask.words)[0]
    known = BY_WORD.get(wanted.lower())
    if known is None and len(ask.text.split()) > 1:
        require(ask.act, Deed.OPEN)
        word = as_read(ask.wording, wanted, ask.words)
        said = offers.unknown_command(ask.wording, word, (), plain(ask.said))
        return Unsure(said.text, said.blocks)
    return render.help(
        ask.wording,
        explained,
        known.name if known else as_read(ask.wording, wanted, ask.words) or None,
    )


HELP = Verb(
    name="help",
    aliases=("?", "usage", "commands"),
    deed=None,
    run=_help,
    about_incident=False,
)

VERBS: tuple[Verb, ...] = (
    opening_verb.OPEN,
    looking_up.LIST,
    looking_up.SHOW,
    looking_up.SEARCH,
    paging_verbs.ACK,
    paging_verbs.PAGE,
    paging_verbs.HAND_OVER,
    looking_up.ON_CALL,
    lifecycle_verbs.STATUS,
    notes.UPDATE,
    notes.NOTE,
    lifecycle_verbs.SEVERITY,
    edit.EDIT,
    assign.ASSIGN,
    followup_verbs.TASK,
    followup_verbs.DONE,
    followup_verbs.REMIND,
    followup_verbs.REMINDERS,
    lifecycle_verbs.RESOLVE,
    lifecycle_verbs.CLOSE,
    lifecycle_verbs.REOPEN,
    lifecycle_verbs.DECLINE,
    lifecycle_verbs.DUPLICATE,
    digest.DIGEST,
    HELP,
)

BY_WORD: Mapping[str, Verb] = {word: verb for verb in VERBS for word in (*verb.aliases, verb.name)}
