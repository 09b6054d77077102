"""The home tab: what waits for one person, and which escalations are open."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeVar

from bot.domain.controls import Button
from bot.domain.incidents.home import Home
from bot.domain.incidents.views import Head, TaskLine
from bot.domain.paging.page_messages import PageMessage
from bot.render.blocks import Block, actions, button, context, divider, header, section
from bot.render.followups import reminder_list
from bot.render.text import sizes
from bot.render.wording import Wording

ROWS_SHOWN = 15
REMINDERS_SHOWN = 8
"""Each takes three blocks, and a view holds a hundred."""

Row = TypeVar("Row")


def home(wording: Wording, view: Home) -> dict[str, Any]:
    """Draw the home tab. Pages come first, because people wait for the answers."""
    blocks: list[Block] = [header(wording.plain("home", "heading")), _top(wording, view)]
    blocks += _pages(wording, view)
    if view.tasks:
        heading = section(wording.say("home", "tasks"))
        blocks += [
            heading,
            *_rows(wording, view.tasks, partial(_task, wording, view), view.total_tasks),
        ]
    blocks += _reminders(wording, view)
    if view.mine:
        heading = section(wording.say("home", "mine"))
        blocks += [
            heading,
            *_rows(wording, view.mine, partial(_head, wording, view), view.total_mine),
        ]
    blocks += _open(wording, view)
    return {"type": "home", "blocks": blocks[: sizes.BLOCKS_IN_VIEW]}


def _top(wording: Wording, view: Home) -> Block:
    choices = [button(wording, Button.OPEN_FORM, "form", "primary")] if view.may_open else []
    return actions([*choices, button(wording, Button.HOME_REFRESH, "home")])


def _pages(wording: Wording, view: Home) -> list[Block]:
    updated = context(wording.say("home", "updated", now=view.now))
    if not view.pages:
        return [updated, section(wording.say("home", "no_pages"))]
    heading = section(wording.say("home", "pages"))
    rows = _rows(wording, view.pages, partial(_page, wording, view), view.total_pages)
    return [updated, heading, *rows]


def _reminders(wording: Wording, view: Home) -> list[Block]:
    shown = view.reminders.lines[:REMINDERS_SHOWN]
    if not shown:
        return []
    rows = [
        block
        for line in shown
        for block in reminder_list.row(wording, line, home=True, may_act=view.may_act)
    ]
    left = view.reminders.total - len(shown)
    more = [context(wording.say("home", "reminders_more", count=left))] if left else []
    return [section(wording.say("home", "reminders")), *rows, *more]


def _open(wording: Wording, view: Home) -> list[Block]:
    if not view.open:
        nothing = "no_open" if view.may_open or view.mine or view.pages else "no_role"
        return [divider(), section(wording.say("home", nothing, kept_out=view.kept_out))]
    total = max(view.total_open, len(view.open))
    heading = section(wording.say("home", "open", total=total))
    rows = _rows(wording, view.open, lambda head: _head(wording, view, head), total)
    return [divider(), heading, *rows]


def _rows(
    wording: Wording, rows: Sequence[Row], shown: Callable[[Row], Block], total: int = 0
) -> list[Block]:
    left = max(total, len(rows)) - min(len(rows), ROWS_SHOWN)
    more = [context(wording.say("home", "more", count=left))] if left else []
    return [*(shown(row) for row in rows[:ROWS_SHOWN]), *more]


def _page(wording: Wording, view: Home, page: PageMessage) -> Block:
    said = wording.say("home", "page_row", page=page, now=view.now)
    press = button(wording, Button.ACKNOWLEDGE, page.page_id, "primary")
    return section(said, press if view.may_act else None)


def _task(wording: Wording, view: Home, task: TaskLine) -> Block:
    text = task.text if task.head.full else None
    said = wording.say("home", "task_row", task=task, text=text, now=view.now)
    return section(said, button(wording, Button.TASK_DONE, task.id) if view.may_act else None)


def _head(wording: Wording, view: Home, head: Head) -> Block:
    late = head.is_open and head.update_due_at is not None and head.update_due_at < view.now
    overdue = view.overdue_pages.get(head.id, 0) if head.full else 0
    said = wording.say("home", "row", head=head, overdue=overdue, late_update=late and head.full)
    return section(said, button(wording, Button.SHOW, head.id) if view.may_act else None)
