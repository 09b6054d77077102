"""What a person reads right after a command or a click."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from bot.domain.answers import Corrected, Opened, SeverityChanged, WhichTask, WillPage
from bot.domain.controls import Button
from bot.domain.ids import UserId
from bot.domain.reading import (
    Details,
    Head,
    Listing,
    OnCall,
    OnCallLine,
    OnCallPerson,
    TaskLine,
)
from bot.render import card, fitting, sizes
from bot.render.blocks import Block, actions, button, context, lines_within, section
from bot.render.desk import Desk
from bot.render.fitting import Growing, Part
from bot.render.message import Message, message
from bot.render.mrkdwn import Mrkdwn
from bot.render.notices import line
from bot.render.refusals import refusal, refusal_plain, refused

__all__ = [
    "corrected",
    "details",
    "form_offer",
    "listing",
    "on_call",
    "opened",
    "refusal",
    "refusal_plain",
    "refused",
    "said",
    "severity_changed",
    "which_task",
]

ROWS_SHOWN = 20
ENTRIES_SHOWN = 10
TEAMS_SHOWN = 40


def said(desk: Desk, template: str, block: str, /, **values: Any) -> Message:
    """One sentence as an answer: `said(desk, "answers", "severity_changed", reference=…)`."""
    text = desk.say(template, block, **values)
    return message(text, [section(text)])


def nowhere(desk: Desk, answer: Message) -> Message:
    """The answer, and that nothing was posted in the channel: it is archived."""
    said = desk.say("answers", "nowhere")
    return message(Mrkdwn(f"{answer.text} {said}"), [*answer.blocks[:49], context(said)])


def opened(desk: Desk, view: Opened) -> Message:
    """Say at once what opening brought about: the reference, and who is being paged."""
    text = Mrkdwn(desk.say("answers", "opened_plain", head=view.head))
    buttons = [
        button(desk, Button.SHOW, view.head.id),
        button(desk, Button.PAGE_TEAM, view.head.id),
    ]
    return message(text, [*opened_blocks(desk, view), actions(buttons)])


def which_task(desk: Desk, view: WhichTask) -> Message:
    """A person's tasks there, each with the button that finishes it."""
    asked = desk.say("answers", "which_task", view=view)
    rows = [
        [section(_task_to_finish(desk, task, view), button(desk, Button.TASK_DONE, task.id))]
        for task in view.tasks
    ]
    more = partial(_more, desk, "card", "more_tasks")
    return message(asked, [section(asked), fitting.rows(rows, lambda left: context(more(left)))])


def _task_to_finish(desk: Desk, task: TaskLine, view: WhichTask) -> Mrkdwn:
    return desk.say("answers", "which_task_row", task=task, now=view.now)


def opened_blocks(desk: Desk, view: Opened) -> list[Part]:
    blocks: list[Part] = [section(desk.say("answers", "opened", head=view.head))]
    blocks += card.needs(desk, view.head)
    if view.paged:
        said = [desk.say("answers", "opened_team", team=team) for team in view.paged]
        heading, more = (
            desk.say("answers", "opened_paged"),
            partial(_more, desk, "card", "more_teams"),
        )
        blocks.append(fitting.lines(heading, said, more))
    else:
        blocks.append(section(desk.say("answers", "opened_nobody", head=view.head)))
    if view.unreachable_teams:
        names = view.unreachable_teams
        blocks.append(
            section(desk.say("answers", "opened_unreachable", head=view.head, names=names))
        )
    return [*blocks, context(desk.say("answers", "opened_next"))]


def severity_changed(desk: Desk, view: SeverityChanged) -> Message:
    """Say who is paged by it, who could not be, and who has more time now."""
    text = desk.say("answers", "severity_changed", view=view)
    reached = [row for row in view.paged if row.targets]
    blocks: list[Part] = [section(text)]
    blocks += _rows(desk, "severity_paged", "severity_team", reached)
    blocks += _rows(desk, "severity_slower", "severity_slower_team", view.slower)
    missing = [row.name for row in view.paged if not row.targets]
    if missing:
        said = desk.say("answers", "severity_unreachable", view=view, names=missing)
        blocks.append(section(said))
    return message(text, blocks)


def corrected(desk: Desk, view: Corrected) -> Message:
    """What was changed; of one that was made restricted, where its words stay all the same."""
    names = [desk.plain("answers", f"corrected_{field}") for field in view.fields]
    text = desk.say("answers", "corrected", view=view, names=names)
    blocks: list[Part] = [section(text)]
    reached = [row for row in view.paged if row.targets]
    blocks += _rows(desk, "severity_paged", "severity_team", reached)
    if view.tightened:
        rows = [desk.say("answers", "beyond_row", row=row) for row in view.beyond]
        heading = desk.say("answers", "beyond", view=view)
        blocks.append(fitting.lines(heading, rows, partial(_more, desk, "card", "more_needs")))
        blocks.append(context(desk.say("answers", "beyond_else")))
    return message(text, blocks)


def _rows(desk: Desk, heading: str, line_of: str, rows: Sequence[WillPage]) -> list[Part]:
    if not rows:
        return []
    said = [desk.say("answers", line_of, row=row) for row in rows]
    more = partial(_more, desk, "card", "more_teams")
    return [fitting.lines(desk.say("answers", heading), said, more)]


def _more(desk: Desk, template: str, block: str, count: int) -> Mrkdwn:
    return desk.say(template, block, count=count)


def _more_below(desk: Desk, block: str, count: int, **values: Any) -> Block:
    return context(desk.say("answers", block, count=count, **values))


def listing(desk: Desk, view: Listing) -> Message:
    """A row for each incident with a button that shows it; what does not fit is counted."""
    if not view.heads:
        text = desk.say("answers", "listing_empty", listing=view)
        return message(text, [section(text), *_older(desk, view)])
    total = max(view.total, len(view.heads))
    heading = desk.say("answers", "listing", listing=view, total=total)
    rows = [
        [section(row(desk, head, view), button(desk, Button.SHOW, head.id))]
        for head in view.heads[:ROWS_SHOWN]
    ]
    more, beyond = partial(_more_below, desk, "listing_more", listing=view), total - len(rows)
    listed = fitting.rows(rows, more, beyond=beyond)
    return message(heading, [section(heading), listed, *_older(desk, view)])


def _older(desk: Desk, view: Listing) -> list[Block]:
    """How far back a search has looked, and how to look further."""
    return [context(desk.say("answers", "listing_older", older=view.older))] if view.older else []


def row(desk: Desk, head: Head, view: Listing) -> Mrkdwn:
    # Of a masked incident only what anyone may see: who is late would reveal whom it concerns.
    overdue = view.overdue_pages.get(head.id, view.overdue_pages.get(head.reference, 0))
    late = head.is_open and head.update_due_at is not None and head.update_due_at < view.now
    return desk.say(
        "answers",
        "listing_row",
        head=head,
        asked=head.id in view.asked,
        overdue=overdue if head.full else 0,
        late_update=late and head.full,
    )


def details(desk: Desk, view: Details) -> Message:
    """The card with the latest entries of its timeline."""
    head = view.card.head
    blocks = card.body(desk, view.card, view.deeds)
    if head.full and view.entries:
        blocks.append(_latest(desk, view))
    blocks.append(actions(card.buttons(desk, view.card, view.deeds)))
    return message(desk.say("card", "fallback", head=head), blocks)


def _latest(desk: Desk, view: Details) -> Growing:
    """The newest entries; what is left out is the oldest, and it is counted."""
    said = [line(desk, entry) for entry in view.entries[-ENTRIES_SHOWN:]]
    beyond = view.more_entries + len(view.entries) - len(said)
    heading = desk.say("answers", "latest")

    def text(shown: int) -> Mrkdwn:
        return Mrkdwn("\n".join([heading, *said[len(said) - shown :]]))

    def draw(shown: int) -> list[Block]:
        earlier = len(said) - shown + beyond
        below = [_more_below(desk, "earlier", earlier)] if earlier else []
        return [*([section(text(shown))] if shown else []), *below]

    most = len(said)
    while most and len(text(most)) > sizes.SECTION:
        most -= 1
    return Growing(most, draw)


def on_call(desk: Desk, view: OnCall) -> Message:
    """The people each team would page now, step by step."""
    if not view.lines:
        text = desk.say("answers", "on_call_empty")
        return message(text, [section(text)])
    heading = desk.say("answers", "on_call", view=view)
    said = [[section(_team_on_call(desk, line))] for line in view.lines[:TEAMS_SHOWN]]
    more, beyond = partial(_more_below, desk, "on_call_more"), len(view.lines) - len(said)
    return message(heading, [section(heading), fitting.rows(said, more, beyond=beyond)])


def _team_on_call(desk: Desk, line: OnCallLine) -> Mrkdwn:
    """No longer than a section may be, for any policy."""
    heading = desk.say("answers", "on_call_team", line=line)
    steps = _steps(desk, line)
    return lines_within(
        [heading, *steps], lambda count: desk.say("answers", "on_call_more_steps", count=count)
    )


def _steps(desk: Desk, line: OnCallLine) -> list[Mrkdwn]:
    """Each names the people that it adds: 'everyone' where it pages all of those before it too."""
    said, before = list[Mrkdwn](), dict[UserId, OnCallPerson]()
    for step in line.steps:
        now = {person.user: person for person in step.people}
        again = bool(before) and before.keys() <= now.keys()
        added = [one for one in step.people if not again or one.user not in before]
        said.append(desk.say("answers", "on_call_step", step=step, again=again, added=added))
        before |= now
    if said and line.rounds > 1:
        said.append(desk.say("answers", "on_call_rounds", line=line))
    return said


def form_offer(desk: Desk, again: Button, value: str) -> Message:
    """Slack's trigger expired before the form opened: a button gives a new one."""
    text = desk.say("answers", "open_form")
    return message(text, [section(text), actions([button(desk, again, value, "primary")])])
