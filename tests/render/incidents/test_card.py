"""The card: what fits the state, and what comes first."""

from typing import Any

import pytest

from bot.domain.controls import Button
from bot.domain.ids import RunId, TeamKey
from bot.domain.incidents.lifecycle import ENDED, OPEN, State
from bot.domain.incidents.views import Card, TaskLine
from bot.domain.paging.ladders import RunState
from bot.domain.paging.reasons import Occasion
from bot.render.incidents.card import card, next_due
from bot.render.wording import Wording
from tests.render.reading_blocks import action_ids, mrkdwn_texts
from tests.render.views import (
    HOUR,
    MINUTE,
    NOW,
    PRIYA,
    a_card,
    a_head,
    a_masked_head,
    a_reason,
    a_task,
    a_team,
)

WORKING = {
    Button.UPDATE_STATUS,
    Button.CHANGE_SEVERITY,
    Button.EDIT_DETAILS,
    Button.STEP_IN,
    Button.PAGE_TEAM,
    Button.ADD_TASK,
    Button.RECORD_DECISION,
    Button.RESOLVE,
    Button.TIMELINE,
}


def said_in(wording: Wording, **changes: Any) -> str:
    return "\n".join(mrkdwn_texts(card(wording, a_card(**changes))))


@pytest.mark.parametrize("state", sorted(OPEN))
def test_an_open_incident_can_be_worked_on(wording: Wording, state: State) -> None:
    owned = card(wording, a_card(head=a_head(state=state)))
    free = card(wording, a_card(head=a_head(state=state, owner=None)))
    assert action_ids(owned) == WORKING
    assert action_ids(free) == WORKING | {Button.TAKE_OWNERSHIP}


def test_a_resolved_one_can_be_closed_or_reopened(wording: Wording) -> None:
    shown = action_ids(card(wording, a_card(head=a_head(state=State.RESOLVED))))
    assert shown == {Button.CLOSE, Button.REOPEN, Button.TIMELINE}


@pytest.mark.parametrize("state", sorted(ENDED - {State.RESOLVED}))
def test_a_closed_one_can_only_be_reopened_or_read(wording: Wording, state: State) -> None:
    shown = action_ids(card(wording, a_card(head=a_head(state=state))))
    assert shown == {Button.REOPEN, Button.TIMELINE}


def test_a_masked_one_does_not_tell_whether_it_has_an_owner(wording: Wording) -> None:
    shown = action_ids(card(wording, a_card(head=a_masked_head())))
    assert Button.TAKE_OWNERSHIP not in shown
    assert Button.REQUEST_ACCESS in shown


def test_what_is_due_next_is_the_first_open_task_and_not_the_update() -> None:
    def deadline(*tasks: TaskLine) -> object:
        task = next_due(a_card(head=a_head(update_due_at=NOW + MINUTE), tasks=tasks))
        return task.due_at if task is not None else None

    later, soon = a_task(due_at=NOW + 2 * HOUR), a_task(due_at=NOW + HOUR)
    assert deadline(later, soon, a_task(due_at=NOW, done=True)) == NOW + HOUR
    assert deadline(a_task(due_at=NOW, done=True)) is None


def test_an_ended_incident_expects_no_update(wording: Wording) -> None:
    ended = a_head(state=State.RESOLVED, update_due_at=NOW + HOUR)
    assert "Next update" not in said_in(wording, head=ended, tasks=())


def test_teams_paged_at_once_stand_in_the_order_of_the_policy(wording: Wording) -> None:
    shown = said_in(wording, teams=(a_team(team=TeamKey("pr"), name="PR"), a_team()))
    assert shown.index("*Legal*") < shown.index("*PR*")


def test_five_tasks_are_shown_the_earliest_first(wording: Wording) -> None:
    tasks = tuple(a_task(text=f"task {n}", due_at=NOW + n * HOUR) for n in range(8, 0, -1))
    said = said_in(wording, tasks=tasks)
    assert [f"task {n}" in said for n in range(1, 9)] == [True] * 5 + [False] * 3
    assert "and 3 more" in said


def test_a_team_is_overdue_from_the_moment_its_answer_was_due(wording: Wording) -> None:
    def said(due_in: int) -> str:
        return said_in(wording, teams=(a_team(ack_due_at=NOW + due_in * MINUTE),))

    assert "overdue since" not in said(1)
    assert "overdue since" in said(-1)


def test_fourteen_teams_with_long_names_are_cut_and_counted(wording: Wording) -> None:
    people = tuple(f"U0PERSON{n:08}" for n in range(9))
    teams = tuple(a_team(name=f"{n} " + "&" * 73, paged=people) for n in range(14))
    said = said_in(wording, teams=teams)
    assert "0 &amp;" in said
    assert "more" in said


def test_the_last_decision_is_the_latest_one(wording: Wording) -> None:
    view: Card = a_card()
    [old] = view.decisions
    later = type(old)(**{**_values(old), "clause": "Clause 9", "at": NOW})
    said = said_in(wording, decisions=(later, old))
    assert "Clause 9" in said
    assert "1 earlier" in said


def _values(decision: Any) -> dict[str, Any]:
    return {name: getattr(decision, name) for name in type(decision).__slots__}


def test_a_team_that_is_paged_again_stands_once(wording: Wording) -> None:
    """Only somebody who still answers for it from before has a row of their own."""
    again = a_team(run_id=RunId("02"))
    acked = {"state": RunState.ACKNOWLEDGED, "responder": PRIYA, "acked_at": NOW}
    to_the_next = a_reason(Occasion.PASSED_ON, by=PRIYA, to="legal")
    rows = {
        "handed over": a_team(**acked, passed=to_the_next),
        "handed over before": a_team(state=RunState.CANCELLED, passed=to_the_next),
        "without access": a_team(**acked, left=True),
        "unanswered": a_team(state=RunState.EXHAUSTED),
        "called off": a_team(state=RunState.CANCELLED),
        "answered": a_team(**acked),
    }
    shown = {
        name: said_in(wording, head=a_head(state=State.NEW), teams=(row, again)).count("*Legal*")
        for name, row in rows.items()
    }
    assert shown == {**dict.fromkeys(rows, 1), "answered": 2}


@pytest.mark.parametrize("state", sorted(set(State) - OPEN))
def test_an_ended_escalation_is_not_overdue(wording: Wording, state: State) -> None:
    """Whatever an earlier release left waiting; a follow-up of it may be, and says so."""
    late = a_team(ack_due_at=NOW - HOUR, next_at=NOW - MINUTE)
    head = a_head(state=state, update_due_at=NOW - HOUR)
    said = str(card(wording, a_card(head=head, teams=(late,), tasks=())).blocks)
    assert "overdue" not in said
    follow_up = a_task(follow_up=True, due_at=NOW - HOUR)
    said = str(card(wording, a_card(head=head, teams=(late,), tasks=(follow_up,))).blocks)
    assert "*Next follow-up due*" in said


def test_a_restricted_card_in_a_shared_thread_asks_no_one_to_work_there(wording: Wording) -> None:
    said = " ".join(mrkdwn_texts(card(wording, a_card(head=a_masked_head(), in_thread=True))))
    assert "Work in this thread" not in said
    assert "Do not discuss it here" in said
    assert f"/escalate show {a_masked_head().reference}" in said
    openly = " ".join(mrkdwn_texts(card(wording, a_card(in_thread=True))))
    assert "Work in this thread" in openly
