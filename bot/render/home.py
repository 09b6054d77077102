"""The home tab: what waits for one person, and what is open."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeVar

from bot.domain.controls import Button
from bot.domain.messages import Home, PageMessage
from bot.domain.reading import Head, TaskLine
from bot.render import pending, sizes
from bot.render.blocks import Block, actions, button, context, divider, header, section
from bot.render.desk import Desk

ROWS_SHOWN = 15
REMINDERS_SHOWN = 8
"""Three blocks each; a view has a hundred."""

Row = TypeVar("Row")


def home(desk: Desk, view: Home) -> dict[str, Any]:
    """Pages first: people wait for their answers."""
    blocks: list[Block] = [header(desk.plain("home", "heading")), _top(desk, view)]
    blocks += _pages(desk, view)
    if view.tasks:
        heading = section(desk.say("home", "tasks"))
        blocks += [heading, *_rows(desk, view.tasks, partial(_task, desk, view), view.total_tasks)]
    blocks += _reminders(desk, view)
    if view.mine:
        heading = section(desk.say("home", "mine"))
        blocks += [heading, *_rows(desk, view.mine, partial(_head, desk, view), view.total_mine)]
    blocks += _open(desk, view)
    return {"type": "home", "blocks": blocks[: sizes.BLOCKS_IN_VIEW]}


def _top(desk: Desk, view: Home) -> Block:
    choices = [button(desk, Button.OPEN_FORM, "form", "primary")] if view.may_open else []
    return actions([*choices, button(desk, Button.HOME_REFRESH, "home")])


def _pages(desk: Desk, view: Home) -> list[Block]:
    updated = context(desk.say("home", "updated", now=view.now))
    if not view.pages:
        return [updated, section(desk.say("home", "no_pages"))]
    heading = section(desk.say("home", "pages"))
    rows = _rows(desk, view.pages, partial(_page, desk, view), view.total_pages)
    return [updated, heading, *rows]


def _reminders(desk: Desk, view: Home) -> list[Block]:
    shown = view.reminders.lines[:REMINDERS_SHOWN]
    if not shown:
        return []
    rows = [
        block
        for line in shown
        for block in pending.row(desk, line, home=True, may_act=view.may_act)
    ]
    left = view.reminders.total - len(shown)
    more = [context(desk.say("home", "reminders_more", count=left))] if left else []
    return [section(desk.say("home", "reminders")), *rows, *more]


def _open(desk: Desk, view: Home) -> list[Block]:
    if not view.open:
        nothing = "no_open" if view.may_open or view.mine or view.pages else "no_role"
        return [divider(), section(desk.say("home", nothing))]
    total = max(view.total_open, len(view.open))
    heading = section(desk.say("home", "open", total=total))
    rows = _rows(desk, view.open, lambda head: _head(desk, view, head), total)
    return [divider(), heading, *rows]


def _rows(
    desk: Desk, rows: Sequence[Row], shown: Callable[[Row], Block], total: int = 0
) -> list[Block]:
    left = max(total, len(rows)) - min(len(rows), ROWS_SHOWN)
    more = [context(desk.say("home", "more", count=left))] if left else []
    return [*(shown(row) for row in rows[:ROWS_SHOWN]), *more]


def _page(desk: Desk, view: Home, page: PageMessage) -> Block:
    said = desk.say("home", "page_row", page=page, now=view.now)
    press = button(desk, Button.ACKNOWLEDGE, page.page_id, "primary")
    return section(said, press if view.may_act else None)


def _task(desk: Desk, view: Home, task: TaskLine) -> Block:
    text = task.text if task.head.full else None
    said = desk.say("home", "task_row", task=task, text=text, now=view.now)
    return section(said, button(desk, Button.TASK_DONE, task.id) if view.may_act else None)


def _head(desk: Desk, view: Home, head: Head) -> Block:
    late = head.is_open and head.update_due_at is not None and head.update_due_at < view.now
    overdue = view.overdue_pages.get(head.id, 0) if head.full else 0
    said = desk.say("home", "row", head=head, overdue=overdue, late_update=late and head.full)
    return section(said, button(desk, Button.SHOW, head.id) if view.may_act else None)
