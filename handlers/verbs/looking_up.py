"""The verbs that change nothing: list, show, search, oncall."""

import re

from bot.domain.access.rights import Deed
from bot.domain.errors import Unclear
from bot.domain.problems.commands import OneTeam
from bot.render.incidents import answers
from bot.services.incidents import lists, queries
from bot.services.paging import on_call as on_call_of
from handlers.answers import Answer
from handlers.commands.verb import Ask, Behind, Verb
from handlers.typed.normal import normal
from handlers.typed.severities import written_first
from handlers.typed.words import STOPS, plain, reference_first, reference_in, team_first

FILTERS = ("mine", "my", "team", "open", "all", "overdue", "late", "ended", "closed")


async def list_incidents(ask: Ask) -> Answer:
    listing = await ask.read(lists.listing, ask.policy, ask.act, _filter(ask))
    return answers.listing(ask.wording, listing)


def _filter(ask: Ask) -> str:
    """Return a severity in its one spelling, or the words in their one form."""
    first = written_first(ask.policy, ask.words)
    if first is not None and not first.rest:
        return first.severity.value.lower()
    words = (word.strip(STOPS) for word in normal(ask.words).norm.split())
    return plain(" ".join(word for word in words if word))


async def show(ask: Ask) -> Answer:
    found = await ask.incident()
    details = await ask.read(queries.details, ask.act, found.incident_id)
    return answers.details(ask.wording, details)


async def search(ask: Ask) -> Answer:
    listing = await ask.read(lists.search, ask.act, ask.text)
    return answers.listing(ask.wording, listing)


_WHO_IS = re.compile(
    r"^\s*(?:(?:is|'s|are)\s+)?(?:(?:on[-\s]?call|on\s+duty)(?!\w)[?\s]*)?(?:for\s+)?",
    re.IGNORECASE,
)
"""Reads `who is on call for legal`, as `who` is another word for `oncall`."""


def _escalation_first(words: str) -> tuple[str | None, str]:
    """Split off a reference in front. A named channel does not count as one."""
    named, rest = reference_first(words)
    return (None, words) if named is None or named.startswith("<") else (named, rest)


async def on_call(ask: Ask) -> Answer:
    named, words = _escalation_first(_WHO_IS.sub("", ask.words, count=1))
    team, rest = team_first(ask.policy, words) if plain(words) else (None, "")
    if team is not None and rest:
        problem = OneTeam(plain(rest)[:80])
        of = named or reference_in(rest) or ""
        raise Unclear(problem, (" ".join(part for part in ("oncall", of, team.key) if part),))
    key = team.key if team else None
    view = await ask.read(on_call_of.on_call, ask.policy, ask.act, key, ask.channel, named)
    return answers.on_call(ask.wording, view)


LIST = Verb(
    name="list",
    aliases=("ls", "incidents"),
    deed=Deed.READ,
    run=list_incidents,
    about_incident=False,
)
SHOW = Verb(
    name="show",
    aliases=("view", "info", "details"),
    deed=Deed.READ,
    run=show,
    behind=Behind.NOTHING,
)
SEARCH = Verb(
    name="search",
    aliases=("find",),
    deed=Deed.READ,
    run=search,
    must_say="<words>",
    about_incident=False,
)
ON_CALL = Verb(
    name="oncall",
    aliases=("on-call", "teams", "who"),
    deed=Deed.READ,
    run=on_call,
    about_incident=False,
)
