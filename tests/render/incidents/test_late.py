"""What is late: overdue while the escalation is open, and only late once it has ended."""

from typing import Any

import pytest

from bot.domain.followups.reminder_messages import TaskReminder
from bot.domain.incidents.lifecycle import State
from bot.domain.incidents.results import WhichTask
from bot.render.followups import reminder_messages
from bot.render.incidents import card, home
from bot.render.incidents.answers import which_task
from bot.render.message import Message
from bot.render.wording import Wording
from tests.render.reading_blocks import mrkdwn_texts
from tests.render.views import HOUR, NOW, a_card, a_head, a_home, a_task


def everywhere(wording: Wording, state: State) -> dict[str, str]:
    head = a_head(state=state, update_due_at=None)
    task = a_task(head=head, due_at=NOW - HOUR, follow_up=True)
    told: dict[str, Message | dict[str, Any]] = {
        "card": card.card(wording, a_card(head=head, tasks=(task,), teams=())),
        "home": home.home(wording, a_home(tasks=(task,), pages=(), mine=(head,), open=())),
        "reminder": reminder_messages.task_reminder(wording, TaskReminder(task, NOW)),
        "which": which_task(wording, WhichTask("ESC-12", (task, task), NOW)),
    }
    return {name: "\n".join(mrkdwn_texts(said)) for name, said in told.items()}


@pytest.mark.parametrize("state", [State.RESOLVED, State.REVIEWED])
def test_nothing_is_overdue_once_the_escalation_has_ended(wording: Wording, state: State) -> None:
    for name, said in everywhere(wording, state).items():
        assert "overdue" not in said, name
        assert "was due" in said, name


def test_a_late_task_of_an_open_escalation_is_overdue(wording: Wording) -> None:
    for name, said in everywhere(wording, State.INVESTIGATING).items():
        assert "overdue" in said, name
        assert "was due" not in said, name


def test_the_home_tab_names_the_escalation_of_each_task(wording: Wording) -> None:
    task = a_task(text="7-day follow-up", follow_up=True)
    said = "\n".join(mrkdwn_texts(home.home(wording, a_home(tasks=(task,), pages=(), mine=()))))
    assert "*7-day follow-up*\n*ESC-12* Pile-on against a teenage streamer · due" in said
