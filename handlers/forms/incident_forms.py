"""The forms for work on an incident. Their subject is the incident's id."""

from bot.domain.access.visibility import Tier
from bot.domain.controls import Field
from bot.domain.errors import AlreadyPaged, FormErrors, NothingToDo
from bot.domain.ids import UserId
from bot.domain.incidents.lifecycle import WORKING, State
from bot.domain.incidents.results import Correction, NewDecision
from bot.domain.incidents.severity import Severity
from bot.domain.problems.texts import (
    ChooseACause,
    ChooseASeverity,
    ChooseAState,
    ChooseWhoDoesIt,
    ChooseWhoMayRead,
    PagedAlready,
)
from bot.render import forms
from bot.render.incidents import answers
from bot.services.access import requests
from bot.services.decisions import decisions
from bot.services.followups import tasks
from bot.services.incidents import corrections, lifecycle, queries, severity_changes
from bot.services.paging import starting
from handlers.forms.form_targets import target
from handlers.forms.needs import needed
from handlers.forms.sent import Became, Sent
from handlers.outcomes import said_of
from handlers.typed.duplicates import original_alone
from handlers.typed.times import time_alone
from handlers.who import reachable


async def status(sent: Sent) -> Became:
    """Set a new state, add a note, or both."""
    chosen = sent.fields.chosen(Field.STATE)
    note = sent.fields.text(Field.NOTE).strip()
    if chosen not in list(State):
        raise FormErrors({Field.STATE: ChooseAState()})
    state = State(chosen)
    note = original_alone(note) if state is State.DUPLICATE else note
    to = await _moved_to(sent, state, note)
    if note and (to is None or to in WORKING or to is State.NEW):
        turned = await sent.write(lifecycle.post_update, sent.act, sent.subject, note, to)
    else:
        turned = await sent.write(lifecycle.set_state, sent.act, sent.subject, state, note)
    return said_of(sent, state, turned)


async def _moved_to(sent: Sent, chosen: State, note: str) -> State | None:
    """Return the new state; None if *reopened* is unchanged, since it would reopen again."""
    if chosen is not State.REOPENED:
        return chosen
    head = await sent.read(queries.head, sent.act, sent.subject)
    if head.state is not chosen:
        return chosen
    if not note:
        raise NothingToDo(head.reference, chosen.value)
    return None


async def severity(sent: Sent) -> Became:
    """Change the severity. A rise first shows who will be paged, and is done when sent again."""
    fields = sent.fields
    chosen, note = fields.chosen(Field.SEVERITY), fields.text(Field.NOTE).strip()
    if chosen not in list(Severity):
        raise FormErrors({Field.SEVERITY: ChooseASeverity()})
    to = Severity(chosen)
    _, _, shown_for = (fields.block_of(Field.SEVERITY) or "").partition(":")
    if shown_for != to:
        asked = await sent.read(severity_changes.preview, sent.policy, sent.act, sent.subject, to)
        head, pages = asked
        if to.worse_than(head.severity):
            return forms.raise_form(sent.wording, sent.subject, head, to, note, pages)
    changed = await sent.write(
        severity_changes.set_severity, sent.policy, sent.act, sent.subject, to, note
    )
    return answers.severity_changed(sent.wording, changed)


async def edit(sent: Sent) -> Became:
    """Correct the fields that the form asks for. The rest stays as it is."""
    fields, tier = sent.fields, sent.fields.chosen(Field.TIER)
    if tier not in (None, *Tier):
        raise FormErrors({Field.TIER: ChooseWhoMayRead()})
    lines = fields.text(Field.REFERENCES).splitlines()
    references = tuple(line.strip() for line in lines if line.strip())
    wanted = Correction(
        title=fields.text(Field.TITLE) if fields.has(Field.TITLE) else None,
        category=fields.chosen(Field.CATEGORY),
        references=references if fields.has(Field.REFERENCES) else None,
        tier=Tier(tier) if tier is not None else None,
        needs=needed(sent.wording, fields.text(Field.NEEDS)) if fields.has(Field.NEEDS) else None,
    )
    corrected = await sent.write(corrections.correct, sent.policy, sent.act, sent.subject, wanted)
    return answers.corrected(sent.wording, corrected)


async def page(sent: Sent) -> Became:
    team, user = await target(sent)
    reference = (await sent.read(queries.head, sent.act, sent.subject)).reference
    why = sent.fields.text(Field.WHY).strip()
    policy = sent.policy
    try:
        if team is not None:
            started = await sent.write(
                starting.page_team, policy, sent.act, sent.subject, team, why
            )
        else:
            assert user is not None
            service = starting.page_person
            started = await sent.write(service, policy, sent.act, sent.subject, user, why)
    except AlreadyPaged as error:
        # At the field, so that the person's text stays in the form.
        field = Field.TEAM if team is not None else Field.PERSON
        problem = PagedAlready(error.runs[0], error.reference)
        raise FormErrors({field: problem}) from None
    if started.begun_before:
        return sent.say("paged_before", reference=reference, run=started.before)
    return sent.say(
        "page_sent",
        reference=reference,
        team=started.team_name,
        people=started.targets,
        in_person=started.in_person,
    )


async def task(sent: Sent) -> Became:
    user = sent.fields.person(Field.PERSON)
    if user is None:
        raise FormErrors({Field.PERSON: ChooseWhoDoesIt()})
    when = await time_alone(sent, sent.fields.text(Field.DUE))
    assignee = await reachable(sent.shell, sent.act, user)
    reference = await sent.write(
        tasks.add_task,
        sent.policy,
        sent.act,
        sent.subject,
        assignee=assignee,
        text=sent.fields.text(Field.TEXT),
        due_at=when.at,
    )
    return sent.say(
        "task_added",
        reference=reference,
        assignee=assignee,
        due_at=when.at,
        zone=when.zone.key,
        text=sent.fields.text(Field.TEXT).strip(),
    )


async def decision(sent: Sent) -> Became:
    fields = sent.fields
    made = NewDecision(
        actions=fields.all_chosen(Field.ACTIONS),
        scope=fields.text(Field.SCOPE),
        clause=fields.text(Field.CLAUSE),
        policy_version=fields.text(Field.POLICY_VERSION),
        rationale=fields.text(Field.RATIONALE),
        dissent=fields.text(Field.DISSENT),
        approvers=fields.people(Field.APPROVERS),
        precedent=fields.chosen(Field.PRECEDENT) or "",
    )
    reference = await sent.write(
        decisions.record_decision, sent.policy, sent.act, sent.subject, made
    )
    return sent.say("decision_recorded", reference=reference)


async def resolve(sent: Sent) -> Became:
    fields = sent.fields
    cause = fields.chosen(Field.ROOT_CAUSE)
    if cause is None:
        raise FormErrors({Field.ROOT_CAUSE: ChooseACause()})
    days = _days(fields.all_chosen(Field.FOLLOW_UPS), sent.policy.follow_up_days)
    owner: UserId | None = fields.person(Field.OWNER)
    if owner is not None:
        owner = await reachable(sent.shell, sent.act, owner)
    reference = await sent.write(
        lifecycle.resolve,
        sent.policy,
        sent.act,
        sent.subject,
        root_cause=cause,
        note=fields.text(Field.NOTE),
        follow_up_days=days,
        follow_up_owner=owner,
    )
    return sent.say("resolved", reference=reference, follow_ups=len(days))


def _days(chosen: tuple[str, ...], offered: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(days for days in offered if str(days) in chosen)


async def reopen(sent: Sent) -> Became:
    reason = sent.fields.text(Field.WHY)
    turned = await sent.write(lifecycle.reopen, sent.act, sent.subject, reason)
    return said_of(sent, State.REOPENED, turned)


async def refuse_access(sent: Sent) -> Became:
    reason = sent.fields.text(Field.WHY)
    answered = await sent.write(
        requests.answer, sent.act, sent.subject, granted=False, reason=reason
    )
    return sent.say(
        "access_refused",
        reference=answered.reference,
        person=answered.person,
        by_hand=answered.by_hand,
    )
