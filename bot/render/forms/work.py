"""The forms of an incident's work. `subject` is the id that comes back in `private_metadata`."""

from typing import Any

from bot.domain.controls import LONGEST_NEEDS, LONGEST_TITLE, LONGEST_VERSION, Field, Form
from bot.domain.ids import UserId
from bot.domain.lifecycle import State, legal_moves
from bot.domain.messages import AccessRequest
from bot.domain.needs import written
from bot.domain.reading import Head, ReminderLine
from bot.domain.visibility import Tier, strictest
from bot.render.blocks import Block, context
from bot.render.desk import Desk
from bot.render.forms import inputs
from bot.render.forms.modal import asking

# These have forms or buttons of their own, which ask for what such a move needs.
_MOVED_ELSEWHERE = frozenset({State.RESOLVED, State.REVIEWED, State.REOPENED})


def status_form(
    desk: Desk, subject: str, head: Head, *, note_needed: bool = False
) -> dict[str, Any]:
    """A new state, a note, or both. `note_needed`: an update was asked for."""
    moves = [move for move in legal_moves(head.state) if move not in _MOVED_ELSEWHERE]
    offered = [
        inputs.option(
            desk.plain("fields", "state_option", state=state, now=state is head.state), state.value
        )
        for state in (head.state, *moves)
    ]
    blocks: list[Block] = [
        *about(desk, head),
        inputs.labelled(
            desk, Field.STATE, inputs.choice(desk, Field.STATE, offered, head.state.value)
        ),
        inputs.labelled(
            desk,
            Field.NOTE,
            inputs.typed(desk, Field.NOTE, multiline=True),
            label="status_note",
            optional=not note_needed,
        ),
    ]
    return asking(desk, Form.STATUS, subject, blocks)


def page_form(desk: Desk, subject: str, head: Head | None = None) -> dict[str, Any]:
    """A team or a person; the handler sees to it that one of them is chosen."""
    blocks: list[Block] = [
        *about(desk, head),
        context(desk.say("forms", "team_or_person")),
        *_team_or_person(desk),
        inputs.labelled(
            desk, Field.WHY, inputs.typed(desk, Field.WHY, multiline=True), optional=True
        ),
    ]
    return asking(desk, Form.PAGE, subject, blocks)


def task_form(
    desk: Desk, subject: str, head: Head | None = None, assignee: UserId | None = None
) -> dict[str, Any]:
    """Text, assignee, and when it is due as a person types it."""
    blocks: list[Block] = [
        *about(desk, head),
        inputs.labelled(
            desk, Field.TEXT, inputs.typed(desk, Field.TEXT, multiline=True), label="task_text"
        ),
        inputs.labelled(
            desk,
            Field.PERSON,
            inputs.a_person(desk, Field.PERSON, assignee),
            label="task_person",
        ),
        inputs.labelled(desk, Field.DUE, inputs.typed(desk, Field.DUE, longest=80)),
    ]
    return asking(desk, Form.TASK, subject, blocks)


def decision_form(desk: Desk, subject: str, head: Head | None = None) -> dict[str, Any]:
    policy = desk.policy
    scope = desk.plain("fields", "scope_initial")
    short, long = 200, 3_000
    actions = inputs.choices(desk, Field.ACTIONS, inputs.options(policy.actions))
    precedent = inputs.choice(desk, Field.PRECEDENT, inputs.options(policy.precedents))
    clause = inputs.typed(desk, Field.CLAUSE, longest=short)
    version = inputs.typed(desk, Field.POLICY_VERSION, longest=LONGEST_VERSION)
    rationale = inputs.typed(desk, Field.RATIONALE, longest=long, multiline=True)
    dissent = inputs.typed(desk, Field.DISSENT, longest=long, multiline=True)
    approvers = inputs.some_people(desk, Field.APPROVERS)
    blocks: list[Block] = [
        *about(desk, head),
        inputs.labelled(desk, Field.ACTIONS, actions),
        inputs.labelled(
            desk, Field.SCOPE, inputs.typed(desk, Field.SCOPE, initial=scope, longest=short)
        ),
        inputs.labelled(desk, Field.CLAUSE, clause),
        inputs.labelled(desk, Field.POLICY_VERSION, version),
        inputs.labelled(desk, Field.RATIONALE, rationale),
        inputs.labelled(desk, Field.DISSENT, dissent, optional=True),
        inputs.labelled(desk, Field.APPROVERS, approvers, optional=True),
        inputs.labelled(desk, Field.PRECEDENT, precedent),
    ]
    return asking(desk, Form.DECISION, subject, blocks)


def resolve_form(desk: Desk, subject: str, head: Head | None = None) -> dict[str, Any]:
    """Root cause, what was done, and the follow-ups; an option's value is its number of days."""
    policy = desk.policy
    causes = inputs.choice(desk, Field.ROOT_CAUSE, inputs.options(policy.root_causes))
    days = [
        inputs.option(desk.plain("fields", "follow_up_option", days=days), str(days))
        for days in policy.follow_up_days
    ]
    owner = head.owner if head and head.full else None
    blocks: list[Block] = [
        *about(desk, head),
        inputs.labelled(desk, Field.ROOT_CAUSE, causes),
        inputs.labelled(
            desk,
            Field.NOTE,
            inputs.typed(desk, Field.NOTE, multiline=True),
            label="resolve_note",
            optional=True,
        ),
    ]
    if days:
        ticked = [day.value for day in days if day.value]
        element = inputs.ticks(Field.FOLLOW_UPS, days, ticked)
        person = inputs.a_person(desk, Field.OWNER, owner)
        blocks.append(inputs.labelled(desk, Field.FOLLOW_UPS, element, optional=True))
        blocks.append(inputs.labelled(desk, Field.OWNER, person, optional=True))
    blocks.append(context(desk.say("forms", "resolve_next")))
    return asking(desk, Form.RESOLVE, subject, blocks)


def edit_form(desk: Desk, subject: str, head: Head) -> dict[str, Any]:
    """What an escalation is about. Nothing more open than its tier is offered."""
    categories = inputs.options({key: one.label for key, one in desk.policy.categories.items()})
    tiers = [
        inputs.option(
            desk.plain("fields", f"tier_{tier.value}"),
            tier.value,
            desk.plain("fields", f"tier_{tier.value}_description"),
        )
        for tier in Tier
        if strictest(tier, head.tier) is tier
    ]
    title = inputs.typed(desk, Field.TITLE, initial=head.name, longest=LONGEST_TITLE)
    written = "\n".join(head.references) if head.full else ""
    references = inputs.typed(desk, Field.REFERENCES, initial=written, multiline=True)
    category = inputs.choice(desk, Field.CATEGORY, categories, head.category if head.full else None)
    tier = inputs.one_of_few(Field.TIER, tiers, head.tier.value)
    blocks: list[Block] = [
        *about(desk, head),
        inputs.labelled(desk, Field.TITLE, title),
        inputs.labelled(desk, Field.CATEGORY, category),
        *_needs(desk, head),
        inputs.labelled(desk, Field.REFERENCES, references, optional=True),
        inputs.labelled(desk, Field.TIER, tier, hint="edit_tier_hint"),
        context(desk.say("forms", "edit_next")),
    ]
    return asking(desk, Form.EDIT, subject, blocks)


def _needs(desk: Desk, head: Head) -> list[Block]:
    """What is needed, to a person who may read it; nothing where only item IDs are kept."""
    category = desk.policy.categories.get(head.category or "")
    if not head.full or (category is not None and category.references_only):
        return []
    shown = {key: team.name for key, team in desk.policy.teams.items()}
    text = written(head.needs, desk.policy.team_names(), shown)
    element = inputs.typed(desk, Field.NEEDS, initial=text, longest=LONGEST_NEEDS, multiline=True)
    return [inputs.labelled(desk, Field.NEEDS, element, optional=True)]


def reopen_form(desk: Desk, subject: str, head: Head | None = None) -> dict[str, Any]:
    return _reason_form(desk, Form.REOPEN, subject, "reopen_why", head, then="reopen_next")


def cannot_take_form(desk: Desk, subject: str, head: Head | None = None) -> dict[str, Any]:
    """`subject` is the page. The reason is optional."""
    return _reason_form(desk, Form.CANNOT_TAKE, subject, "cannot_take_why", head, optional=True)


def refuse_form(desk: Desk, request: AccessRequest) -> dict[str, Any]:
    """`subject` is the request. The reason is optional."""
    return _reason_form(
        desk, Form.REFUSE_ACCESS, request.id, "refuse_access_why", request.head, optional=True
    )


def hand_over_form(desk: Desk, subject: str, head: Head | None = None) -> dict[str, Any]:
    """`subject` is the page, or the incident. A team or a person, and a written summary."""
    summary = inputs.typed(desk, Field.SUMMARY, multiline=True)
    blocks: list[Block] = [
        *about(desk, head),
        context(desk.say("forms", "hand_over_to")),
        *_team_or_person(desk),
        inputs.labelled(desk, Field.SUMMARY, summary),
    ]
    return asking(desk, Form.HAND_OVER, subject, blocks)


def reminder_form(desk: Desk, line: ReminderLine, due: str) -> dict[str, Any]:
    """A waiting reminder's time as a person types it, and its words where they may be shown."""
    when = inputs.typed(desk, Field.DUE, initial=due, longest=80)
    blocks: list[Block] = [
        *about(desk, line.head),
        inputs.labelled(desk, Field.DUE, when, label="reminder_due"),
    ]
    if line.text is not None and (line.head is None or line.head.full):
        text = inputs.typed(desk, Field.TEXT, initial=line.text, longest=1_000, multiline=True)
        blocks.append(inputs.labelled(desk, Field.TEXT, text, label="reminder_text"))
    return asking(desk, Form.REMINDER, line.id, blocks)


def task_hand_over_form(desk: Desk, subject: str, head: Head | None = None) -> dict[str, Any]:
    """`subject` is the task."""
    person = inputs.a_person(desk, Field.PERSON)
    summary = inputs.typed(desk, Field.SUMMARY, multiline=True)
    blocks: list[Block] = [
        *about(desk, head),
        inputs.labelled(desk, Field.PERSON, person, label="task_hand_over_person"),
        inputs.labelled(
            desk, Field.SUMMARY, summary, label="task_hand_over_summary", optional=True
        ),
    ]
    return asking(desk, Form.TASK_HAND_OVER, subject, blocks)


def about(desk: Desk, head: Head | None) -> list[Block]:
    """One line that says which incident the form is about."""
    return [context(desk.say("forms", "about", head=head))] if head else []


def _reason_form(
    desk: Desk,
    form: Form,
    subject: str,
    label: str,
    head: Head | None,
    *,
    optional: bool = False,
    then: str = "",
) -> dict[str, Any]:
    """`then` is the sentence of forms.j2 below the reason, if there is one."""
    element = inputs.typed(desk, Field.WHY, multiline=True)
    reason = inputs.labelled(desk, Field.WHY, element, label=label, optional=optional)
    below = [context(desk.say("forms", then))] if then else []
    return asking(desk, form, subject, [*about(desk, head), reason, *below])


def _team_or_person(desk: Desk) -> list[Block]:
    teams = inputs.options({key: team.name for key, team in desk.policy.teams.items()})
    return [
        inputs.labelled(desk, Field.TEAM, inputs.choice(desk, Field.TEAM, teams), optional=True),
        inputs.labelled(desk, Field.PERSON, inputs.a_person(desk, Field.PERSON), optional=True),
    ]
