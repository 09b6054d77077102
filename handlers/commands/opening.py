"""`/escalate` and `/escalate open`: the form, or at once."""

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

UNLESS_SAID = Severity.P2
"""In between: a P3 would page for a day without a backup, a P1 wakes people."""


async def open_form(ask: Ask) -> Answer:
    return Modal(forms.open_form(ask.desk), Button.OPEN_FORM, "form")


async def open_at_once(ask: Ask) -> Answer:
    word, rest = first_word(ask.words)
    severity = _severity(word)
    title = plain(rest) if severity else ask.text
    if not title:
        filled = forms.Filled(severity=severity)
        return Modal(forms.open_form(ask.desk, filled), Button.OPEN_FORM, "form")
    draft = Draft(title=title, severity=severity or UNLESS_SAID, category=opening.DEFAULT_CATEGORY)
    opened = await ask.write(opening.open_incident, ask.policy, ask.act, draft)
    return answers.opened(ask.desk, opened)


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
    run=open_at_once,
    about_incident=False,
)
