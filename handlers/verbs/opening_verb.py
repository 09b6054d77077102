"""`/escalate` and `/escalate open`: open the form, or the escalation at once."""

import re
from collections.abc import Awaitable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from hashlib import sha256

from bot.domain.access.rights import Deed, require
from bot.domain.act import Act
from bot.domain.controls import Button
from bot.domain.errors import NoAccess, Unclear
from bot.domain.incidents.needs import named, needs_in
from bot.domain.incidents.results import OpeningDraft
from bot.domain.incidents.severity import UNLESS_SAID, Severity
from bot.domain.problems.commands import OpensANewOne
from bot.domain.text.showing import says
from bot.policy import Policy
from bot.render import forms, offers
from bot.render.incidents import answers
from bot.services.incidents import opening
from handlers.answers import Answer, Modal, Unsure
from handlers.commands.verb import Ask, Verb
from handlers.forms.subjects import typed_as
from handlers.shell import Shell
from handlers.typed.severities import OpeningWords, code_first, opening_words
from handlers.typed.words import first_word, plain, reference_ahead
from handlers.who import once_known

_NAMES = re.compile(r"(?:[@#]\S+[\s,]*)+")
_MOST_IN_FRONT = 3
_AGAIN = re.compile(r"^(?:once\s+)?again(?!\w)[\s,:;.!-]*", re.IGNORECASE)
_NOTHING_SAID = re.compile(r"^(?:please|pls|plz|now|thanks|too)\W*$", re.IGNORECASE)


async def open_form(ask: Ask) -> Answer:
    require(ask.act, Deed.OPEN)
    return Modal(forms.open_form(ask.wording), Button.OPEN_FORM, "form")


async def open_otherwise(ask: Ask) -> Answer:
    """Answer a text that opens nothing at once: it has no title, or is not clear."""
    words, needs = _parted(ask.policy, ask.words)
    read = _read(ask.policy, words)
    if one := _escalation_in_front(read.title):
        raise await _opened_already(ask, *one)
    if read.meant:
        key = sha256((ask.act.key or "").encode()).hexdigest()[:16]
        meant = [(one, typed_as(key, one.severity, one.title, needs)) for one in read.meant]
        said = offers.open_as(ask.wording, read.unknown, meant, needs)
        return Unsure(said.text, said.blocks)
    filled = filled_form(ask.policy, read.title, read.severity, needs)
    return Modal(forms.open_form(ask.wording, filled), Button.OPEN_FORM, "form")


async def _opened_already(ask: Ask, reference: str, behind: str) -> Unclear:
    """Return the refusal. Only a person who may read the escalation learns that it has ended."""
    commands = [f"show {reference}"]
    with suppress(NoAccess):
        head = await replace(ask, named=reference).head(Deed.READ)
        if not head.is_open:
            commands.append(f"reopen {reference} {behind or '<reason>'}")
        elif behind:
            commands.append(f"update {reference} {behind}")
    problem = OpensANewOne(reference)
    says_more = plain(ask.words) != reference
    return Unclear(problem, tuple(commands), no_report=not says_more, report=ask.text)


def open_at_once(shell: Shell, asking: Act, words: str) -> Awaitable[Answer] | None:
    """Open the escalation and identify the person in one call, because people wait for it."""
    words, needs = _parted(shell.policy, words)
    read = _read(shell.policy, words)
    if read.unknown or not says(read.title) or _says_nothing(read.title):
        return None
    draft = draft_of(shell.policy, read.severity or UNLESS_SAID, read.title, needs)
    return _opened(shell, asking, draft) if draft is not None else None


def draft_of(policy: Policy, severity: Severity, title: str, needs: str) -> OpeningDraft | None:
    """Return the draft to open at once.

    None if the form must ask for the title or for the team that a line means.
    """
    read = needs_in(needs, policy.team_names())
    paged = policy.proposed_teams(policy.default_category, severity)
    if not says(title) or read.unclear is not None or not set(named(read.needs)) <= set(paged):
        return None
    return OpeningDraft(
        title=title, severity=severity, category=policy.default_category, needs=read.needs
    )


def _parted(policy: Policy, words: str) -> tuple[str, str]:
    """Split the line with the title from the lines after it, which are the needs.

    A severity may have a line of its own. A line for a team is not a title, unless it is the verb's
    own line. Words below the verb's line begin with a line break.
    """
    lines = [line for line in words.splitlines() if line.strip()]
    below = words.startswith("\n")
    for upto in range(0 if below else 1, min(len(lines), _MOST_IN_FRONT)):
        first = "\n".join(lines[:upto])
        if _read(policy, first).title or _for_a_team(policy, lines[upto]):
            return first, plain("\n".join(lines[upto:]))
    return words, ""


def _for_a_team(policy: Policy, line: str) -> bool:
    """Whether a line is for a team, also if it has only the team's name and its text is below."""
    read = needs_in(f"{plain(line)}\nx", policy.team_names())
    return read.unclear is not None or bool(read.needs and read.needs[0].teams)


def _says_nothing(title: str) -> bool:
    """Whether the title is only a number or mentions, or begins with a reference.

    A person who types that means something else.
    """
    only_names = _NAMES.fullmatch(title) is not None
    return title.isdigit() or only_names or _escalation_in_front(title) is not None


def _escalation_in_front(title: str) -> tuple[str, str] | None:
    """Return the escalation that a title begins with, and the text after it, without `again`."""
    named, behind = reference_ahead(_AGAIN.sub("", title, count=1))
    if named is None:
        return None
    return named, _NOTHING_SAID.sub("", _AGAIN.sub("", plain(behind), count=1), count=1)


def filled_with(policy: Policy, words: str) -> forms.Filled:
    """Return the form's fields, filled from the typed text."""
    words, needs = _parted(policy, words)
    read = _read(policy, words)
    first, rest = first_word(words)
    severity, title = code_first(rest)
    if severity is not None and read.severity is None:
        return filled_form(policy, plain(f"{first} {title}"), severity, needs)
    title = plain(words) if read.unknown else read.title
    return filled_form(policy, title, read.severity, needs)


def filled_form(policy: Policy, title: str, severity: Severity | None, needs: str) -> forms.Filled:
    """Return the form's fields. Teams with a line of their own are among those to page."""
    asked = policy.in_order(named(needs_in(needs, policy.team_names()).needs))
    return forms.Filled(title=title, severity=severity, needs=needs, teams=asked or None)


def _read(policy: Policy, words: str) -> OpeningWords:
    return opening_words(policy, words, UNLESS_SAID)


async def _opened(shell: Shell, asking: Act, draft: OpeningDraft) -> Answer:
    opening_as = partial(opening.open_as, shell.db, shell.policy, asking, draft)
    opened = await once_known(shell, asking, partial(shell.threads.write, opening_as), Deed.OPEN)
    return answers.opened(shell.wording, opened)


OPEN = Verb(
    name="open",
    aliases=("new", "create", "start", "raise"),
    deed=Deed.OPEN,
    run=open_otherwise,
    straight=open_at_once,
    about_incident=False,
    lines=True,
)
