"""Answers that a person reads right after a command or a click."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from bot.domain.controls import Button
from bot.domain.ids import UserId
from bot.domain.incidents.results import Corrected, Opened, SeverityChanged, WhichTask, WillPage
from bot.domain.incidents.views import Details, Head, Listing, TaskLine
from bot.domain.paging.on_call import OnCall, OnCallLine, OnCallPerson
from bot.render.blocks import Block, actions, button, context, lines_within, section
from bot.render.incidents import card
from bot.render.incidents.timeline import line
from bot.render.message import Message, message
from bot.render.refusals import refusal, refusal_plain, refused
from bot.render.text import fitting, sizes
from bot.render.text.fitting import Growing, Part
from bot.render.text.mrkdwn import Mrkdwn
from bot.render.wording import Wording

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


def said(wording: Wording, template: str, block: str, /, **values: Any) -> Message:
    """One sentence as an answer, from a block of a template: `said(wording, "answers", …)`."""
    text = wording.say(template, block, **values)
    return message(text, [section(text)])


def nowhere(wording: Wording, answer: Message) -> Message:
    """Add to an answer that nothing was posted in the channel, because it is archived."""
    said = wording.say("answers", "nowhere")
    return message(Mrkdwn(f"{answer.text} {said}"), [*answer.blocks[:49], context(said)])


def opened(wording: Wording, view: Opened) -> Message:
    """Say at once what opening did: the reference, and who is being paged."""
    text = Mrkdwn(wording.say("answers", "opened_plain", head=view.head))
    buttons = [
        button(wording, Button.SHOW, view.head.id),
        button(wording, Button.PAGE_TEAM, view.head.id),
    ]
    return message(text, [*opened_blocks(wording, view), actions(buttons)])


def which_task(wording: Wording, view: WhichTask) -> Message:
    """List a person's tasks in an escalation, each with the button that finishes it."""
    asked = wording.say("answers", "which_task", view=view)
    rows = [
        [section(_task_to_finish(wording, task, view), button(wording, Button.TASK_DONE, task.id))]
        for task in view.tasks
    ]
    more = partial(_more, wording, "card", "more_tasks")
    return message(asked, [section(asked), fitting.rows(rows, lambda left: context(more(left)))])


def _task_to_finish(wording: Wording, task: TaskLine, view: WhichTask) -> Mrkdwn:
    return wording.say("answers", "which_task_row", task=task, now=view.now)


def opened_blocks(wording: Wording, view: Opened) -> list[Part]:
    blocks: list[Part] = [section(wording.say("answers", "opened", head=view.head))]
    blocks += card.needs(wording, view.head)
    if view.paged:
        said = [wording.say("answers", "opened_team", team=team) for team in view.paged]
        heading, more = (
            wording.say("answers", "opened_paged"),
            partial(_more, wording, "card", "more_teams"),
        )
        blocks.append(fitting.lines(heading, said, more))
    else:
        blocks.append(section(wording.say("answers", "opened_nobody", head=view.head)))
    if view.unreachable_teams:
        names = view.unreachable_teams
        blocks.append(
            section(wording.say("answers", "opened_unreachable", head=view.head, names=names))
        )
    return [*blocks, context(wording.say("answers", "opened_next"))]


def severity_changed(wording: Wording, view: SeverityChanged) -> Message:
    """Say who is now paged, who could not be paged, and who now has more time."""
    text = wording.say("answers", "severity_changed", view=view)
    reached = [row for row in view.paged if row.targets]
    blocks: list[Part] = [section(text)]
    blocks += _rows(wording, "severity_paged", "severity_team", reached)
    blocks += _rows(wording, "severity_slower", "severity_slower_team", view.slower)
    missing = [row.name for row in view.paged if not row.targets]
    if missing:
        said = wording.say("answers", "severity_unreachable", view=view, names=missing)
        blocks.append(section(said))
    return message(text, blocks)


def corrected(wording: Wording, view: Corrected) -> Message:
    """Say what was corrected.

    If the escalation became restricted, say also where its words stay readable.
    """
    names = [wording.plain("answers", f"corrected_{field}") for field in view.fields]
    text = wording.say("answers", "corrected", view=view, names=names)
    blocks: list[Part] = [section(text)]
    reached = [row for row in view.paged if row.targets]
    blocks += _rows(wording, "severity_paged", "severity_team", reached)
    if view.tightened:
        rows = [wording.say("answers", "beyond_row", row=row) for row in view.beyond]
        heading = wording.say("answers", "beyond", view=view)
        blocks.append(fitting.lines(heading, rows, partial(_more, wording, "card", "more_needs")))
        blocks.append(context(wording.say("answers", "beyond_else")))
    return message(text, blocks)


def _rows(wording: Wording, heading: str, line_of: str, rows: Sequence[WillPage]) -> list[Part]:
    if not rows:
        return []
    said = [wording.say("answers", line_of, row=row) for row in rows]
    more = partial(_more, wording, "card", "more_teams")
    return [fitting.lines(wording.say("answers", heading), said, more)]


def _more(wording: Wording, template: str, block: str, count: int) -> Mrkdwn:
    return wording.say(template, block, count=count)


def _more_below(wording: Wording, block: str, count: int, **values: Any) -> Block:
    return context(wording.say("answers", block, count=count, **values))


def listing(wording: Wording, view: Listing) -> Message:
    """A row for each incident with a button that shows it. Rows that do not fit are counted."""
    if not view.heads:
        text = wording.say("answers", "listing_empty", listing=view)
        return message(text, [section(text), *_older(wording, view)])
    total = max(view.total, len(view.heads))
    heading = wording.say("answers", "listing", listing=view, total=total)
    rows = [
        [section(row(wording, head, view), button(wording, Button.SHOW, head.id))]
        for head in view.heads[:ROWS_SHOWN]
    ]
    more, beyond = partial(_more_below, wording, "listing_more", listing=view), total - len(rows)
    listed = fitting.rows(rows, more, beyond=beyond)
    return message(heading, [section(heading), listed, *_older(wording, view)])


def _older(wording: Wording, view: Listing) -> list[Block]:
    """Say how far back a search looked, and how to look further."""
    return (
        [context(wording.say("answers", "listing_older", older=view.older))] if view.older else []
    )


def row(wording: Wording, head: Head, view: Listing) -> Mrkdwn:
    # A masked incident shows only what anyone may see: its late teams would reveal its subject.
    overdue = view.overdue_pages.get(head.id, view.overdue_pages.get(head.reference, 0))
    late = head.is_open and head.update_due_at is not None and head.update_due_at < view.now
    return wording.say(
        "answers",
        "listing_row",
        head=head,
        asked=head.id in view.asked,
        overdue=overdue if head.full else 0,
        late_update=late and head.full,
    )


def details(wording: Wording, view: Details) -> Message:
    """The card with the latest entries of its timeline."""
    head = view.card.head
    blocks = card.body(wording, view.card, view.deeds)
    if head.full and view.entries:
        blocks.append(_latest(wording, view))
    blocks.append(actions(card.buttons(wording, view.card, view.deeds)))
    return message(wording.say("card", "plain", head=head), blocks)


def _latest(wording: Wording, view: Details) -> Growing:
    """The newest entries. The oldest ones that do not fit are counted."""
    said = [line(wording, entry) for entry in view.entries[-ENTRIES_SHOWN:]]
    beyond = view.more_entries + len(view.entries) - len(said)
    heading = wording.say("answers", "latest")

    def text(shown: int) -> Mrkdwn:
        return Mrkdwn("\n".join([heading, *said[len(said) - shown :]]))

    def draw(shown: int) -> list[Block]:
        earlier = len(said) - shown + beyond
        below = [_more_below(wording, "earlier", earlier)] if earlier else []
        return [*([section(text(shown))] if shown else []), *below]

    most = len(said)
    while most and len(text(most)) > sizes.SECTION:
        most -= 1
    return Growing(most, draw)


def on_call(wording: Wording, view: OnCall) -> Message:
    """The people that each team would page now, step by step."""
    if not view.lines:
        text = wording.say("answers", "on_call_empty")
        return message(text, [section(text)])
    heading = wording.say("answers", "on_call", view=view)
    said = [[section(_team_on_call(wording, line))] for line in view.lines[:TEAMS_SHOWN]]
    more, beyond = partial(_more_below, wording, "on_call_more"), len(view.lines) - len(said)
    return message(heading, [section(heading), fitting.rows(said, more, beyond=beyond)])


def _team_on_call(wording: Wording, line: OnCallLine) -> Mrkdwn:
    """One team's steps, cut to the size of a section for any policy."""
    heading = wording.say("answers", "on_call_team", line=line)
    steps = _steps(wording, line)
    return lines_within(
        [heading, *steps], lambda count: wording.say("answers", "on_call_more_steps", count=count)
    )


def _steps(wording: Wording, line: OnCallLine) -> list[Mrkdwn]:
    """Each step names the people it adds, or 'everyone' if it also pages all earlier people."""
    said, before = list[Mrkdwn](), dict[UserId, OnCallPerson]()
    for step in line.steps:
        now = {person.user: person for person in step.people}
        again = bool(before) and before.keys() <= now.keys()
        added = [one for one in step.people if not again or one.user not in before]
        said.append(wording.say("answers", "on_call_step", step=step, again=again, added=added))
        before |= now
    if said and line.rounds > 1:
        said.append(wording.say("answers", "on_call_rounds", line=line))
    return said


def form_offer(wording: Wording, again: Button, value: str) -> Message:
    """Offer a button when Slack's trigger expired before the form opened: it gives a new one."""
    text = wording.say("answers", "open_form")
    return message(text, [section(text), actions([button(wording, again, value, "primary")])])
