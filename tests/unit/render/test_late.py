"""What is late: overdue while the escalation is open, and only late once it has ended."""

from typing import Any

import pytest

from bot.domain.answers import WhichTask
from bot.domain.lifecycle import State
from bot.domain.messages import TaskReminder
from bot.render import card, home, reminders
from bot.render.answers import which_task
from bot.render.desk import Desk
from bot.render.message import Message
from tests.unit.render.reading_blocks import mrkdwn_texts
from tests.unit.render.views import HOUR, NOW, a_card, a_head, a_home, a_task


def everywhere(desk: Desk, state: State) -> dict[str, str]:
    head = a_head(state=state, update_due_at=None)
    task = a_task(head=head, due_at=NOW - HOUR, follow_up=True)
    told: dict[str, Message | dict[str, Any]] = {
        "card": card.card(desk, a_card(head=head, tasks=(task,), teams=())),
        "home": home.home(desk, a_home(tasks=(task,), pages=(), mine=(head,), open=())),
        "reminder": reminders.task_reminder(desk, TaskReminder(task, NOW)),
        "which": which_task(desk, WhichTask("ESC-12", (task, task), NOW)),
    }
    return {name: "\n".join(mrkdwn_texts(said)) for name, said in told.items()}


@pytest.mark.parametrize("state", [State.RESOLVED, State.REVIEWED])
def test_nothing_is_overdue_once_the_escalation_has_ended(desk: Desk, state: State) -> None:
    for name, said in everywhere(desk, state).items():
        assert "overdue" not in said, name
        assert "was due" in said, name


def test_a_late_task_of_an_open_escalation_is_overdue(desk: Desk) -> None:
    for name, said in everywhere(desk, State.INVESTIGATING).items():
        assert "overdue" in said, name
        assert "was due" not in said, name


def test_the_home_tab_names_the_escalation_of_each_task(desk: Desk) -> None:
    task = a_task(text="7-day follow-up", follow_up=True)
    said = "\n".join(mrkdwn_texts(home.home(desk, a_home(tasks=(task,), pages=(), mine=()))))
    assert "*7-day follow-up*\n*ESC-12* Pile-on against a teenage streamer · due" in said
