"""The forms for work on an incident. `subject`: the id that comes back in `private_metadata`."""

from typing import Any

from bot.domain.access.access_messages import AccessRequestMessage
from bot.domain.access.visibility import Tier, strictest
from bot.domain.controls import LONGEST_NEEDS, LONGEST_TITLE, LONGEST_VERSION, Field, Form
from bot.domain.followups.reminder_list import ReminderLine
from bot.domain.ids import UserId
from bot.domain.incidents.lifecycle import State, legal_moves
from bot.domain.incidents.needs import written
from bot.domain.incidents.views import Head
from bot.render.blocks import Block, context
from bot.render.forms import inputs
from bot.render.forms.modal import asking
from bot.render.wording import Wording

# These moves have their own forms or buttons, which ask for what the move needs.
_MOVED_ELSEWHERE = frozenset({State.RESOLVED, State.REVIEWED, State.REOPENED})


def status_form(
    wording: Wording, subject: str, head: Head, *, note_needed: bool = False
) -> dict[str, Any]:
    """A new state, a note, or both. `note_needed`: someone asked for an update."""
    moves = [move for move in legal_moves(head.state) if move not in _MOVED_ELSEWHERE]
    offered = [
        inputs.option(
            wording.plain("fields", "state_option", state=state, now=state is head.state),
            state.value,
        )
        for state in (head.state, *moves)
    ]
    blocks: list[Block] = [
        *about(wording, head),
        inputs.labelled(
            wording, Field.STATE, inputs.choice(wording, Field.STATE, offered, head.state.value)
        ),
        inputs.labelled(
            wording,
            Field.NOTE,
            inputs.typed(wording, Field.NOTE, multiline=True),
            label="status_note",
            optional=not note_needed,
        ),
    ]
    return asking(wording, Form.STATUS, subject, blocks)


def page_form(wording: Wording, subject: str, head: Head | None = None) -> dict[str, Any]:
    """A team or a person. The handler checks that one of them is chosen."""
    blocks: list[Block] = [
        *about(wording, head),
        context(wording.say("forms", "team_or_person")),
        *_team_or_person(wording),
        inputs.labelled(
            wording, Field.WHY, inputs.typed(wording, Field.WHY, multiline=True), optional=True
        ),
    ]
    return asking(wording, Form.PAGE, subject, blocks)


def task_form(
    wording: Wording, subject: str, head: Head | None = None, assignee: UserId | None = None
) -> dict[str, Any]:
    """A task's text, assignee and due time. A person types the time as free text."""
    blocks: list[Block] = [
        *about(wording, head),
        inputs.labelled(
            wording,
            Field.TEXT,
            inputs.typed(wording, Field.TEXT, multiline=True),
            label="task_text",
        ),
        inputs.labelled(
            wording,
            Field.PERSON,
            inputs.a_person(wording, Field.PERSON, assignee),
            label="task_person",
        ),
        inputs.labelled(wording, Field.DUE, inputs.typed(wording, Field.DUE, longest=80)),
    ]
    return asking(wording, Form.TASK, subject, blocks)


def decision_form(wording: Wording, subject: str, head: Head | None = None) -> dict[str, Any]:
    policy = wording.policy
    scope = wording.plain("fields", "scope_initial")
    short, long = 200, 3_000
    actions = inputs.choices(wording, Field.ACTIONS, inputs.options(policy.actions))
    precedent = inputs.choice(wording, Field.PRECEDENT, inputs.options(policy.precedents))
    clause = inputs.typed(wording, Field.CLAUSE, longest=short)
    version = inputs.typed(wording, Field.POLICY_VERSION, longest=LONGEST_VERSION)
    rationale = inputs.typed(wording, Field.RATIONALE, longest=long, multiline=True)
    dissent = inputs.typed(wording, Field.DISSENT, longest=long, multiline=True)
    approvers = inputs.some_people(wording, Field.APPROVERS)
    blocks: list[Block] = [
        *about(wording, head),
        inputs.labelled(wording, Field.ACTIONS, actions),
        inputs.labelled(
            wording, Field.SCOPE, inputs.typed(wording, Field.SCOPE, initial=scope, longest=short)
        ),
        inputs.labelled(wording, Field.CLAUSE, clause),
        inputs.labelled(wording, Field.POLICY_VERSION, version),
        inputs.labelled(wording, Field.RATIONALE, rationale),
        inputs.labelled(wording, Field.DISSENT, dissent, optional=True),
        inputs.labelled(wording, Field.APPROVERS, approvers, optional=True),
        inputs.labelled(wording, Field.PRECEDENT, precedent),
    ]
    return asking(wording, Form.DECISION, subject, blocks)


def resolve_form(wording: Wording, subject: str, head: Head | None = None) -> dict[str, Any]:
    """Root cause, resolution and follow-ups. A follow-up option's value is its number of days."""
    policy = wording.policy
    causes = inputs.choice(wording, Field.ROOT_CAUSE, inputs.options(policy.root_causes))
    days = [
        inputs.option(wording.plain("fields", "follow_up_option", days=days), str(days))
        for days in policy.follow_up_days
    ]
    owner = head.owner if head and head.full else None
    blocks: list[Block] = [
        *about(wording, head),
        inputs.labelled(wording, Field.ROOT_CAUSE, causes),
        inputs.labelled(
            wording,
            Field.NOTE,
            inputs.typed(wording, Field.NOTE, multiline=True),
            label="resolve_note",
            optional=True,
        ),
    ]
    if days:
        ticked = [day.value for day in days if day.value]
        element = inputs.ticks(Field.FOLLOW_UPS, days, ticked)
        person = inputs.a_person(wording, Field.OWNER, owner)
        blocks.append(inputs.labelled(wording, Field.FOLLOW_UPS, element, optional=True))
        blocks.append(inputs.labelled(wording, Field.OWNER, person, optional=True))
    blocks.append(context(wording.say("forms", "resolve_next")))
    return asking(wording, Form.RESOLVE, subject, blocks)


def edit_form(wording: Wording, subject: str, head: Head) -> dict[str, Any]:
    """An escalation's details. The form offers no tier that is more open than the current one."""
    categories = inputs.options({key: one.label for key, one in wording.policy.categories.items()})
    tiers = [
        inputs.option(
            wording.plain("fields", f"tier_{tier.value}"),
            tier.value,
            wording.plain("fields", f"tier_{tier.value}_description"),
        )
        for tier in Tier
        if strictest(tier, head.tier) is tier
    ]
    title = inputs.typed(wording, Field.TITLE, initial=head.name, longest=LONGEST_TITLE)
    written = "\n".join(head.references) if head.full else ""
    references = inputs.typed(wording, Field.REFERENCES, initial=written, multiline=True)
    category = inputs.choice(
        wording, Field.CATEGORY, categories, head.category if head.full else None
    )
    tier = inputs.one_of_few(Field.TIER, tiers, head.tier.value)
    blocks: list[Block] = [
        *about(wording, head),
        inputs.labelled(wording, Field.TITLE, title),
        inputs.labelled(wording, Field.CATEGORY, category),
        *_needs(wording, head),
        inputs.labelled(wording, Field.REFERENCES, references, optional=True),
        inputs.labelled(wording, Field.TIER, tier, hint="edit_tier_hint"),
        context(wording.say("forms", "edit_next")),
    ]
    return asking(wording, Form.EDIT, subject, blocks)


def _needs(wording: Wording, head: Head) -> list[Block]:
    """The needs, for a reader with access; no field if the category keeps item IDs only."""
    category = wording.policy.categories.get(head.category or "")
    if not head.full or (category is not None and category.references_only):
        return []
    shown = {key: team.name for key, team in wording.policy.teams.items()}
    text = written(head.needs, wording.policy.team_names(), shown)
    element = inputs.typed(
        wording, Field.NEEDS, initial=text, longest=LONGEST_NEEDS, multiline=True
    )
    return [inputs.labelled(wording, Field.NEEDS, element, optional=True)]


def reopen_form(wording: Wording, subject: str, head: Head | None = None) -> dict[str, Any]:
    return _reason_form(wording, Form.REOPEN, subject, "reopen_why", head, then="reopen_next")


def cannot_take_form(wording: Wording, subject: str, head: Head | None = None) -> dict[str, Any]:
    """`subject` is the page. The reason is optional."""
    return _reason_form(wording, Form.CANNOT_TAKE, subject, "cannot_take_why", head, optional=True)


def refuse_form(wording: Wording, request: AccessRequestMessage) -> dict[str, Any]:
    """`subject` is the request. The reason is optional."""
    return _reason_form(
        wording, Form.REFUSE_ACCESS, request.id, "refuse_access_why", request.head, optional=True
    )


def hand_over_form(wording: Wording, subject: str, head: Head | None = None) -> dict[str, Any]:
    """A team or a person, and a written summary. `subject` is the page or the incident."""
    summary = inputs.typed(wording, Field.SUMMARY, multiline=True)
    blocks: list[Block] = [
        *about(wording, head),
        context(wording.say("forms", "hand_over_to")),
        *_team_or_person(wording),
        inputs.labelled(wording, Field.SUMMARY, summary),
    ]
    return asking(wording, Form.HAND_OVER, subject, blocks)


def reminder_form(wording: Wording, line: ReminderLine, due: str) -> dict[str, Any]:
    """A pending reminder's time as a person types it, and its text if the reader may see it."""
    when = inputs.typed(wording, Field.DUE, initial=due, longest=80)
    blocks: list[Block] = [
        *about(wording, line.head),
        inputs.labelled(wording, Field.DUE, when, label="reminder_due"),
    ]
    if line.text is not None and (line.head is None or line.head.full):
        text = inputs.typed(wording, Field.TEXT, initial=line.text, longest=1_000, multiline=True)
        blocks.append(inputs.labelled(wording, Field.TEXT, text, label="reminder_text"))
    return asking(wording, Form.REMINDER, line.id, blocks)


def task_hand_over_form(wording: Wording, subject: str, head: Head | None = None) -> dict[str, Any]:
    """`subject` is the task."""
    person = inputs.a_person(wording, Field.PERSON)
    summary = inputs.typed(wording, Field.SUMMARY, multiline=True)
    blocks: list[Block] = [
        *about(wording, head),
        inputs.labelled(wording, Field.PERSON, person, label="task_hand_over_person"),
        inputs.labelled(
            wording, Field.SUMMARY, summary, label="task_hand_over_summary", optional=True
        ),
    ]
    return asking(wording, Form.TASK_HAND_OVER, subject, blocks)


def about(wording: Wording, head: Head | None) -> list[Block]:
    """A line that says which incident the form is about."""
    return [context(wording.say("forms", "about", head=head))] if head else []


def _reason_form(
    wording: Wording,
    form: Form,
    subject: str,
    label: str,
    head: Head | None,
    *,
    optional: bool = False,
    then: str = "",
) -> dict[str, Any]:
    """`then`: the block of `forms.j2` to show below the reason, if any."""
    element = inputs.typed(wording, Field.WHY, multiline=True)
    reason = inputs.labelled(wording, Field.WHY, element, label=label, optional=optional)
    below = [context(wording.say("forms", then))] if then else []
    return asking(wording, form, subject, [*about(wording, head), reason, *below])


def _team_or_person(wording: Wording) -> list[Block]:
    teams = inputs.options({key: team.name for key, team in wording.policy.teams.items()})
    return [
        inputs.labelled(
            wording, Field.TEAM, inputs.choice(wording, Field.TEAM, teams), optional=True
        ),
        inputs.labelled(
            wording, Field.PERSON, inputs.a_person(wording, Field.PERSON), optional=True
        ),
    ]
