"""An incident's card: pinned in its channel, edited in place, with buttons for its state."""

from collections.abc import Collection, Iterator
from datetime import datetime
from functools import partial
from typing import assert_never

from bot.domain.access.rights import Deed
from bot.domain.controls import Button
from bot.domain.incidents.lifecycle import State
from bot.domain.incidents.views import Card, DecisionLine, Head, MovedCard, TaskLine, TeamRow
from bot.domain.offers import offered
from bot.domain.paging.ladders import RunState
from bot.render.blocks import Element, actions, button, context, fields, header, section
from bot.render.message import Message, message
from bot.render.text import fitting
from bot.render.text.fitting import Growing, Part
from bot.render.text.mrkdwn import Mrkdwn
from bot.render.wording import Wording

TASKS_SHOWN = 5
EVERY_DEED = frozenset(Deed)
"""The card in a channel has many readers, so it offers the buttons for every deed."""


def card(wording: Wording, view: Card) -> Message:
    """The card that the channel shows."""
    blocks = [*body(wording, view), actions(buttons(wording, view))]
    if view.in_thread:
        blocks.append(context(wording.say("card", "in_thread", head=view.head)))
    return message(wording.say("card", "plain", head=view.head), blocks)


def moved(wording: Wording, view: MovedCard) -> Message:
    """What a shared channel shows after an escalation moved: where to find it now."""
    said = wording.say("card", "moved", head=view.head)
    return message(wording.say("card", "moved_plain", head=view.head), [section(said)])


def body(wording: Wording, view: Card, deeds: Collection[Deed] = EVERY_DEED) -> list[Part]:
    """Everything but the buttons. A masked incident shows only what anyone may see."""
    head = view.head
    blocks: list[Part] = [header(wording.plain("card", "heading", head=head))]
    if not head.full:
        said = [
            wording.say("card", name, card=view, **_named(wording, head)) for name in MASKED_FIELDS
        ]
        return [*blocks, *fields(said), context(wording.say("card", "hidden"))]
    blocks += fields(_facts(wording, view))
    blocks += [section(text) for text in _describing(wording, head)]
    blocks += needs(wording, head)
    blocks.append(_teams(wording, view))
    if view.unowned:
        blocks.append(section(_unowned(wording, view, deeds)))
    tasks = open_tasks(view)
    if tasks:
        blocks.append(_tasks(wording, tasks, view.now))
    if view.decisions:
        blocks.append(section(_decision(wording, view.decisions)))
    return blocks


def needs(wording: Wording, head: Head) -> list[Part]:
    """What the paged people are needed for, line by line as it was asked."""
    if not head.full or not head.needs:
        return []
    said = [wording.say("card", "need", need=need) for need in head.needs]
    heading, more = wording.say("card", "needs"), partial(_more, wording, "more_needs")
    return [fitting.lines(heading, said, more)]


MASKED_FIELDS = ("state", "opened")


def buttons(wording: Wording, view: Card, deeds: Collection[Deed] = EVERY_DEED) -> list[Element]:
    """The buttons that the state allows. `deeds` limits them to what a single reader may do."""
    head, names = view.head, offered(_buttons_for(view.head.state), deeds)
    # A masked incident does not show whether a team has answered.
    if head.full and not view.waits and Button.STEP_IN in names:
        names.remove(Button.STEP_IN)
    # Nor does it show whether it has an owner.
    if (head.owner is not None or not head.full) and Button.TAKE_OWNERSHIP in names:
        names.remove(Button.TAKE_OWNERSHIP)
    if not head.full:
        names.append(Button.REQUEST_ACCESS)
    first = names[0]
    primary = first if first in (Button.TAKE_OWNERSHIP, Button.UPDATE_STATUS) else None
    return [
        button(wording, name, head.id, "primary" if name is primary else None) for name in names
    ]


def open_tasks(view: Card) -> list[TaskLine]:
    """The unfinished tasks, the earliest due first."""
    return sorted((task for task in view.tasks if not task.done), key=lambda task: task.due_at)


def next_due(view: Card) -> TaskLine | None:
    """The open task that is due first. The next update has its own field."""
    return next(iter(open_tasks(view)), None)


def team_line(wording: Wording, row: TeamRow, now: datetime, *, over: bool = False) -> Mrkdwn:
    """`over`: the escalation has ended, so nothing in it is overdue."""
    block = "team_cancelled" if over and row.state is RunState.PAGING else _team_block(row, now)
    return Mrkdwn(" ".join(wording.say("card", block, team=row).split("\n")))


def _buttons_for(state: State) -> tuple[Button, ...]:
    match state:
        case (
            State.NEW
            | State.TRIAGED
            | State.INVESTIGATING
            | State.AWAITING_DECISION
            | State.ACTION_PENDING
            | State.MONITORING
            | State.REOPENED
        ):
            return (
                Button.TAKE_OWNERSHIP,
                Button.UPDATE_STATUS,
                Button.STEP_IN,
                Button.CHANGE_SEVERITY,
                Button.PAGE_TEAM,
                Button.ADD_TASK,
                Button.RECORD_DECISION,
                Button.RESOLVE,
                Button.EDIT_DETAILS,
                Button.TIMELINE,
            )
        case State.RESOLVED:
            return (Button.CLOSE, Button.REOPEN, Button.TIMELINE)
        case State.REVIEWED | State.DUPLICATE | State.DECLINED:
            return (Button.REOPEN, Button.TIMELINE)
        case never:
            assert_never(never)


def _named(wording: Wording, head: Head) -> dict[str, object]:
    return {
        "head": head,
        "category": wording.category(head.category),
        "surface": wording.surface(head.surface),
        "market": wording.market(head.market),
        "source": wording.source(head.source),
        "root_cause": wording.root_cause(head.root_cause),
        "duplicate_of": head.duplicate_of if head.full else None,
    }


def _facts(wording: Wording, view: Card) -> Iterator[Mrkdwn]:
    head, named, next_task = view.head, _named(wording, view.head), next_due(view)
    present = ["state", "owner"]
    present += [
        name for name in ("category", "surface", "market", "source", "root_cause") if named[name]
    ]
    present.append("opened")
    if head.update_due_at is not None and head.is_open:
        present.append("update_due")
    if next_task is not None:
        present.append("deadline")
    for name in present:
        yield wording.say("card", name, card=view, task=next_task, **named)


def _describing(wording: Wording, head: Head) -> Iterator[Mrkdwn]:
    lines = []
    if head.criteria:
        lines.append(
            wording.say("card", "criteria", head=head, criteria=wording.criteria(head.criteria))
        )
    if head.affected:
        lines.append(wording.say("card", "affected", affected=wording.affected(head.affected)))
    if head.references:
        lines.append(wording.say("card", "references", head=head))
    if head.duplicates:
        lines.append(wording.say("card", "duplicates", head=head))
    if lines:
        yield Mrkdwn("\n".join(lines))


def _teams(wording: Wording, view: Card) -> Part:
    if not view.teams:
        return section(wording.say("card", "no_teams"))
    heading = wording.say("card", "teams")
    rows = sorted(_newest(view.teams), key=lambda row: (row.started_at, wording.place(row.team)))
    over = not view.head.is_open
    said = [team_line(wording, row, view.now, over=over) for row in rows]
    return fitting.lines(heading, said, partial(_more, wording, "more_teams"))


def _newest(rows: tuple[TeamRow, ...]) -> list[TeamRow]:
    """A team that was paged again appears once, unless someone still answers for it."""
    newest = {row.team: row.run_id for row in rows}
    stays = (RunState.PAGING, RunState.ACKNOWLEDGED)
    return [
        row
        for row in rows
        if row.run_id == newest[row.team]
        or (row.state in stays and row.passed is None and not row.left)
    ]


def _unowned(wording: Wording, view: Card, deeds: Collection[Deed]) -> Mrkdwn:
    """Name only people who may take ownership: none who left, none who only reads."""
    able = [row for row in view.teams if row.may_lead and not row.left]
    responders = tuple(dict.fromkeys(row.responder for row in able if row.responder))
    may_take = offered([Button.TAKE_OWNERSHIP], deeds)
    take = wording.plain("buttons", Button.TAKE_OWNERSHIP.value) if may_take else ""
    return wording.say("card", "unowned", responders=responders, take=take)


def _team_block(row: TeamRow, now: datetime) -> str:
    match row.state:
        case RunState.PAGING:
            return "team_overdue" if row.overdue(now) else "team_waiting"
        case RunState.ACKNOWLEDGED:
            return "team_acknowledged"
        case RunState.EXHAUSTED:
            return "team_exhausted"
        case RunState.CANCELLED:
            return "team_cancelled"
        case never:
            assert_never(never)


def _tasks(wording: Wording, tasks: list[TaskLine], now: datetime) -> Growing:
    said = [wording.say("card", "task", task=task, now=now) for task in tasks[:TASKS_SHOWN]]
    beyond = len(tasks) - len(said)
    more = partial(_more, wording, "more_tasks")
    return fitting.lines(wording.say("card", "tasks"), said, more, beyond=beyond)


def _more(wording: Wording, block: str, count: int) -> Mrkdwn:
    return wording.say("card", block, count=count)


def _decision(wording: Wording, decisions: tuple[DecisionLine, ...]) -> Mrkdwn:
    last = max(decisions, key=lambda decision: decision.at)
    return wording.say("card", "decision", decision=last, earlier=len(decisions) - 1)
