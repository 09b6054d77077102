"""`/escalate` and `/escalate open`: the form, or at once."""

from collections.abc import Awaitable
from functools import partial

from bot.domain.act import Act
from bot.domain.controls import Button
from bot.domain.errors import BadInput
from bot.domain.reading import Draft
from bot.domain.rights import Deed
from bot.domain.severity import Severity, parse_severity
from bot.render import answers, forms
from bot.services import opening
from handlers.answer import Answer, Modal
from handlers.commands.verb import Ask, Verb
from handlers.commands.words import first_word, plain
from handlers.shell import Shell
from handlers.who import once_known

UNLESS_SAID = Severity.P2
"""In between: a P3 would page for a day without a backup, a P1 wakes people."""


async def open_form(ask: Ask) -> Answer:
    return Modal(forms.open_form(ask.desk), Button.OPEN_FORM, "form")


async def open_with_severity(ask: Ask) -> Answer:
    """A form again: there is no title yet."""
    severity, _ = _read(ask.words)
    filled = forms.Filled(severity=severity)
    return Modal(forms.open_form(ask.desk, filled), Button.OPEN_FORM, "form")


def open_at_once(shell: Shell, asking: Act, words: str) -> Awaitable[Answer] | None:
    """Open what is named, and find out who asks, in one call: a person waits for it."""
    severity, title = _read(words)
    return _opened(shell, asking, severity or UNLESS_SAID, title) if title else None


async def _opened(shell: Shell, asking: Act, severity: Severity, title: str) -> Answer:
    draft = Draft(title=title, severity=severity, category=opening.DEFAULT_CATEGORY)
    opening_as = partial(opening.open_as, shell.db, shell.policy, asking, draft)
    opened = await once_known(shell, asking, partial(shell.threads.write, opening_as))
    return answers.opened(shell.desk, opened)


def _read(words: str) -> tuple[Severity | None, str]:
    """Return the severity, where there is one in front, and the title."""
    word, rest = first_word(words)
    severity = _severity(word)
    return severity, plain(rest if severity else words)


def _severity(word: str) -> Severity | None:
    """Only `p1` and `sev1` count: a title may well begin with a number."""
    if not word[:1].isalpha():
        return None
    try:
        return parse_severity(word.rstrip(":,"))
    except BadInput:
        return None


OPEN = Verb(
    name="open",
    aliases=("new", "create", "start", "raise"),
    usage="open [p0-p3] <title>",
    summary="opens an escalation and pages the teams that the policy proposes; P2 unless you say",
    example="open p1 Pile-on against a streamer after a match",
    deed=Deed.OPEN,
    run=open_with_severity,
    straight=open_at_once,
    about_incident=False,
)
