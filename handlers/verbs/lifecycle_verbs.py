"""The verbs that move an incident: status, severity, assign, and its endings."""

from contextlib import suppress
from dataclasses import replace
from functools import partial

from bot.domain.access.rights import Deed
from bot.domain.controls import Button, Field
from bot.domain.errors import BadInput, IncidentClosed, Unclear
from bot.domain.incidents.lifecycle import WORKING, State, check_move
from bot.domain.incidents.severity import Severity
from bot.domain.problems.commands import PerhapsASeverity, TwoSeverities
from bot.render import forms
from bot.render.incidents import answers
from bot.services.incidents import lifecycle, severity_changes
from handlers.answers import Answer, Modal
from handlers.archived import placed
from handlers.commands.about import known
from handlers.commands.misplaced import refuse_misplaced
from handlers.commands.questions import refuse_question
from handlers.commands.second import refuse_second
from handlers.commands.verb import Ask, Asking, Behind, Verb
from handlers.outcomes import said_of
from handlers.replies.modals import prefilled
from handlers.typed.duplicates import not_clear, pair
from handlers.typed.severities import First, severity_first
from handlers.typed.states import state_typed, stops_behind
from handlers.typed.words import number_first, plain, state_first
from handlers.unclear.for_later import refuse_later
from handlers.verbs.decline import reason_begins, refuse_about_a_person


async def status(ask: Ask) -> Answer:
    if not ask.text:
        head = await ask.head(Deed.UPDATE)
        if not head.is_open:
            raise IncidentClosed(head.reference, head.state)
        return Modal(forms.status_form(ask.wording, head.id, head), Button.UPDATE_STATUS, head.id)
    to, words = _state(ask)
    note = plain(words)
    if to is State.DUPLICATE:
        return await duplicate(replace(ask, words=words))
    if to is State.RESOLVED:
        return await _resolve_form(ask, note)
    if to is State.REOPENED and not note:
        return await _reopen_form(ask)
    await refuse_misplaced(ask, STATUS.name, note, to.value)
    await refuse_second(ask, STATUS, to.key, ask.words, words, state_first)
    found = await ask.incident()
    if to in WORKING and note:
        turned = await ask.write(lifecycle.post_update, ask.act, found.incident_id, note, to)
    else:
        turned = await ask.write(lifecycle.set_state, ask.act, found.incident_id, to, note)
    return await placed(ask, found.incident_id, said_of(ask, to, turned))


def _state(ask: Ask) -> tuple[State, str]:
    """Split off the state. Raises Unclear for a question and for a choice of two.

    A colon marks the beginning of a note.
    """
    to, words = state_typed(ask)
    refuse_question(ask, STATUS, words)
    text_begins = ":" in stops_behind(ask, words)
    if to is State.DECLINED:
        refuse_about_a_person(ask, STATUS.name, to.key, words, text_begins=text_begins)
    elif not text_begins:
        refuse_later(ask, STATUS.name, to.key, words)
    return to, words


async def severity(ask: Ask) -> Answer:
    if not ask.text:
        return await _severity_form(ask)
    ask, to, reason = _level(ask)
    await refuse_misplaced(ask, SEVERITY.name, reason, to.value.lower())
    own = partial(severity_first, ask.policy)
    await refuse_second(ask, SEVERITY, to.value.lower(), plain(ask.words), reason, own)
    found = await ask.incident()
    changed = await ask.write(
        severity_changes.set_severity, ask.policy, ask.act, found.incident_id, to, reason
    )
    return await placed(ask, found.incident_id, answers.severity_changed(ask.wording, changed))


async def _severity_form(ask: Ask) -> Answer:
    head = await ask.head(Deed.RAISE)
    if not head.is_open:
        raise IncidentClosed(head.reference, head.state)
    form = forms.severity_form(ask.wording, head.id, head)
    return Modal(form, Button.CHANGE_SEVERITY, head.id)


def _level(ask: Ask) -> tuple[Ask, Severity, str]:
    """Read the severity. A bare number is the severity, or the escalation if a severity follows."""
    number, behind = number_first(ask.words)
    if ask.named is None and number is not None:
        with suppress(BadInput):
            first = severity_first(ask.policy, behind)
            ask = replace(ask, named=number)
            return ask, first.severity, _sure(ask, first)
    first = severity_first(ask.policy, ask.words)
    return ask, first.severity, _sure(ask, first)


def _sure(ask: Ask, first: First) -> str:
    """Return the reason. Raises Unclear if the severity is a question, or part of a text."""
    refuse_question(ask, SEVERITY, first.rest)
    said, rest, of = first.severity.lower(), plain(first.rest), ask.named or "ESC-n"
    if other := first.alternative(ask.policy):
        behind = plain(other.rest)
        either = tuple(
            f"severity {of} {one} {behind}".strip() for one in (first.severity, other.severity)
        )
        raise Unclear(TwoSeverities(first.severity, other.severity), either)
    if not first.text_begins:
        refuse_later(ask, SEVERITY.name, said, first.rest)
    if first.unsure or not first.clear:
        command = f"{SEVERITY.name} {of} {said}"
        sure = f"{command}: {rest}" if rest else command
        new = (f"open {said}: {rest}",) if rest and ask.named is None else ()
        raise Unclear(PerhapsASeverity(ask.text[:80], first.severity), (sure, *new))
    return rest


async def resolve(ask: Ask) -> Answer:
    return await _resolve_form(ask, ask.text)


async def _resolve_form(ask: Ask, note: str) -> Answer:
    """Open the form that asks for the root cause. It already contains the typed text."""
    head = await ask.head(Deed.UPDATE)
    check_move(head.reference, head.state, State.RESOLVED)
    form = prefilled(forms.resolve_form(ask.wording, head.id, head), Field.NOTE, note)
    return Modal(form, Button.RESOLVE, head.id)


async def close(ask: Ask) -> Answer:
    found = await ask.incident()
    turned = await ask.write(lifecycle.close, ask.act, found.incident_id)
    return await placed(ask, found.incident_id, said_of(ask, State.REVIEWED, turned))


async def reopen(ask: Ask) -> Answer:
    if not ask.text:
        return await _reopen_form(ask)
    if not reason_begins(ask):
        refuse_later(ask, REOPEN.name, "", ask.words)
    found = await ask.incident()
    turned = await ask.write(lifecycle.reopen, ask.act, found.incident_id, ask.text)
    return said_of(ask, State.REOPENED, turned)


async def _reopen_form(ask: Ask) -> Answer:
    head = await ask.head(Deed.END)
    check_move(head.reference, head.state, State.REOPENED)
    return Modal(forms.reopen_form(ask.wording, head.id, head), Button.REOPEN, head.id)


async def decline(ask: Ask) -> Answer:
    refuse_about_a_person(ask, DECLINE.name, "", ask.words, text_begins=reason_begins(ask))
    found = await ask.incident()
    turned = await ask.write(lifecycle.decline, ask.act, found.incident_id, ask.text)
    return await placed(ask, found.incident_id, said_of(ask, State.DECLINED, turned))


async def duplicate(ask: Ask) -> Answer:
    """End an incident as a duplicate.

    One reference names the original of this channel's incident. Two name the duplicate, then the
    original.
    """
    read = pair(ask.words)
    if read is None or (read.ending and ask.named):
        raise not_clear(ask.words, ask.named)
    original = await known(ask, read.original)
    ask = replace(ask, named=await known(ask, read.ending) if read.ending else ask.named)
    found = await ask.incident()
    turned = await ask.write(lifecycle.duplicate, ask.act, found.incident_id, original)
    return await placed(ask, found.incident_id, said_of(ask, State.DUPLICATE, turned))


STATUS = Verb(
    name="status",
    aliases=("state", "move"),
    deed=Deed.UPDATE,
    asking=Asking.DECIDES,
    run=status,
)
SEVERITY = Verb(
    name="severity",
    aliases=("sev", "priority"),
    deed=Deed.RAISE,
    asking=Asking.DECIDES,
    run=severity,
    behind=Behind.NUMBERS,
)
RESOLVE = Verb(
    name="resolve",
    aliases=("resolved", "fix"),
    deed=Deed.UPDATE,
    run=resolve,
    behind=Behind.REASON,
)
CLOSE = Verb(
    name="close",
    aliases=("closed", "reviewed"),
    deed=Deed.END,
    asking=Asking.DECIDES,
    run=close,
    behind=Behind.NOTHING,
)
REOPEN = Verb(
    name="reopen",
    aliases=("re-open",),
    deed=Deed.END,
    asking=Asking.DECIDES,
    run=reopen,
    behind=Behind.REASON,
)
DECLINE = Verb(
    name="decline",
    aliases=("reject",),
    deed=Deed.END,
    asking=Asking.DECIDES,
    run=decline,
    must_say="<reason>",
    behind=Behind.REASON,
)
DUPLICATE = Verb(
    name="duplicate",
    aliases=("dup", "dupe"),
    deed=Deed.END,
    asking=Asking.DECIDES,
    run=duplicate,
    behind=Behind.REFERENCES,
)
