"""`/escalate assign`: names the owner of an escalation."""

import re

from bot.domain.access.rights import Deed
from bot.domain.errors import BadInput, Unclear
from bot.domain.ids import UserId
from bot.domain.problems.commands import NoTextAfterTheOwner, OneOwner
from bot.domain.problems.names import WhichOwner
from bot.services.incidents import lifecycle
from handlers.answers import Answer
from handlers.commands.misplaced import named_behind, names_it, naming_here
from handlers.commands.verb import Ask, Asking, Verb
from handlers.typed.no_target import one_person
from handlers.typed.words import first_word, plain
from handlers.who import reachable

_TO = re.compile(r"^\s*to\s+(?=\S)", re.IGNORECASE)
_MENTIONED = re.compile(r"@[^\s,;&+/]+")
_PEOPLE_ONLY = re.compile(r"(?:(?:and|or|plus)\b|[\s,;&+/]|@[^\s,;&+/]+)+", re.IGNORECASE)


async def assign(ask: Ask) -> Answer:
    refusal = BadInput("person", WhichOwner())
    words = _TO.sub("", ask.words, count=1)
    user, rest = one_person(ask, ASSIGN.name, words, refusal, text=False)
    if rest:
        raise await _one_owner(ask, rest)
    found = await ask.incident()
    owner: UserId = await reachable(ask.shell, ask.act, user, f"<@{user}>")
    await ask.write(lifecycle.assign, ask.act, found.incident_id, owner)
    return ask.say("assigned", reference=found.reference, person=owner)


async def _one_owner(ask: Ask, rest: str) -> Unclear:
    """Return the refusal of a second name. An escalation has one owner; the rest may be text."""
    of, owner = ask.named or "ESC-n", _owner(ask)
    other, _ = (None, "") if ask.named else await named_behind(ask, plain(rest))
    if other:
        here = await naming_here(ask)
        return Unclear(
            names_it(other, plain(rest)),
            tuple(f"assign {one} {owner}" for one in (other, here) if one),
        )
    others = _MENTIONED.findall(plain(rest)) if _PEOPLE_ONLY.fullmatch(plain(rest)) else []
    if others:
        commands = tuple(f"assign {of} {one}" for one in (owner, *others))
        return Unclear(OneOwner(plain(rest)[:80]), commands)
    commands = (f"assign {of} {owner}", f"note {of} {plain(rest)}")
    return Unclear(NoTextAfterTheOwner(plain(rest)[:80]), commands)


def _owner(ask: Ask) -> str:
    return first_word(_TO.sub("", ask.text, count=1))[0]


ASSIGN = Verb(
    name="assign",
    aliases=("own", "owner"),
    deed=Deed.UPDATE,
    asking=Asking.DECIDES,
    run=assign,
    must_say="<@person or me>",
)
