"""Plain factories for views, each with ordinary values that a test may change."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.domain.access.visibility import Tier
from bot.domain.followups.reminder_list import ReminderLine, Reminders
from bot.domain.ids import IncidentId, PageId, ReminderId, RunId, TaskId, TeamKey, UserId
from bot.domain.incidents.home import Home
from bot.domain.incidents.lifecycle import State
from bot.domain.incidents.needs import Need
from bot.domain.incidents.severity import Severity
from bot.domain.incidents.timeline import EntryKind
from bot.domain.incidents.views import Card, DecisionLine, EntryLine, Head, TaskLine, TeamRow
from bot.domain.paging.ladders import PageState, RunState
from bot.domain.paging.outlook import Follows
from bot.domain.paging.page_messages import PageMessage
from bot.domain.paging.reasons import Occasion, Reason

NOW = datetime(2026, 11, 22, 9, 10, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)

NEEDS = (Need("Answer in the channel by 17:00"), Need("May we <suspend>?", (TeamKey("legal"),)))
MEI, PRIYA, TOM = UserId("U0MEI"), UserId("U0PRIYA"), UserId("U0TOM")
SOFIA, DANIEL = UserId("U0SOFIA"), UserId("U0DANIEL")


def a_head(**changes: Any) -> Head:
    values: dict[str, Any] = {
        "id": IncidentId("01INCIDENT"),
        "reference": "ESC-12",
        "name": "Pile-on against a teenage streamer",
        "full": True,
        "tier": Tier.STANDARD,
        "severity": Severity.P1,
        "state": State.INVESTIGATING,
        "opened_at": NOW - 10 * MINUTE,
        "opened_by": MEI,
        "owner": MEI,
        "category": "pile-on",
        "surface": "live",
        "market": "sg",
        "source": "media",
        "references": ("item-4711", "https://case.example/4711"),
        "affected": ("minor",),
        "criteria": ("minor", "press-today"),
        "channel_id": "C0ESC12",
        "update_due_at": NOW + 110 * MINUTE,
        "needs": NEEDS,
    }
    return Head(**(values | changes))


def a_masked_head(**changes: Any) -> Head:
    """A restricted incident, as a person without an invitation reads it."""
    values: dict[str, Any] = {
        "id": IncidentId("01SEALED"),
        "reference": "ESC-13",
        "name": "amber heron",
        "full": False,
        "tier": Tier.RESTRICTED,
        "severity": Severity.P0,
        "state": State.NEW,
        "opened_at": NOW - 10 * MINUTE,
        "opened_by": MEI,
    }
    return Head(**(values | changes))


def a_team(**changes: Any) -> TeamRow:
    values: dict[str, Any] = {
        "run_id": RunId("01RUN"),
        "team": TeamKey("legal"),
        "name": "Legal",
        "state": RunState.PAGING,
        "started_at": NOW - 9 * MINUTE,
        "ack_due_at": NOW + 6 * MINUTE,
        "paged": (PRIYA,),
        "next_at": NOW + MINUTE,
        "follows": Follows.PERSON,
    }
    return TeamRow(**(values | changes))


def teams_in_every_state() -> tuple[TeamRow, ...]:
    return (
        a_team(state=RunState.ACKNOWLEDGED, responder=PRIYA, acked_at=NOW - 7 * MINUTE),
        a_team(team=TeamKey("pr"), name="PR", paged=(SOFIA,), ack_due_at=NOW - 4 * MINUTE, round=1),
        a_team(team=TeamKey("policy"), name="Public Policy", paged=()),
        a_team(team=TeamKey("data"), name="Data", state=RunState.EXHAUSTED, everyone_paged=True),
        a_team(team=TeamKey("nco"), name="NCO", state=RunState.EXHAUSTED, unsent=(SOFIA,)),
        a_team(team=TeamKey("dpo"), name="DPO", state=RunState.CANCELLED),
    )


def a_task(**changes: Any) -> TaskLine:
    values: dict[str, Any] = {
        "id": TaskId("01TASK"),
        "head": a_head(),
        "assignee": TOM,
        "text": "Ask the case team for the list of accounts",
        "due_at": NOW + HOUR,
    }
    return TaskLine(**(values | changes))


def a_decision(**changes: Any) -> DecisionLine:
    values: dict[str, Any] = {
        "actions": ("remove", "geo-block"),
        "scope": "Global",
        "clause": "Harassment 3.2",
        "policy_version": "2026-10",
        "rationale": "The clips name her school.",
        "dissent": "",
        "approvers": (PRIYA,),
        "precedent": "one-off",
        "by": MEI,
        "at": NOW - 2 * MINUTE,
    }
    return DecisionLine(**(values | changes))


def a_card(**changes: Any) -> Card:
    values: dict[str, Any] = {
        "head": a_head(),
        "teams": teams_in_every_state(),
        "tasks": (a_task(),),
        "decisions": (a_decision(),),
        "now": NOW,
    }
    return Card(**(values | changes))


def a_reason(occasion: Occasion = Occasion.ASKED, **changes: Any) -> Reason:
    return Reason(occasion, **({"by": MEI} | changes))


def a_page(**changes: Any) -> PageMessage:
    values: dict[str, Any] = {
        "page_id": PageId("01PAGE"),
        "head": a_head(),
        "team": TeamKey("legal"),
        "team_name": "Legal",
        "target": PRIYA,
        "state": PageState.WAITING,
        "run_state": RunState.PAGING,
        "reasons": (a_reason(words="Counsel must read the takedown notice today."),),
        "paged_at": NOW - 9 * MINUTE,
        "answer_by": NOW + 6 * MINUTE,
        "follows": Follows.PERSON,
    }
    return PageMessage(**(values | changes))


def an_entry(kind: EntryKind, data: Mapping[str, Any] | None = None, **changes: Any) -> EntryLine:
    values: dict[str, Any] = {
        "seq": 3,
        "at": NOW - 5 * MINUTE,
        "actor": PRIYA,
        "kind": kind,
        "data": RECORDED[kind] if data is None else data,
    }
    return EntryLine(**(values | changes))


def a_waiting_reminder(**changes: Any) -> ReminderLine:
    values: dict[str, Any] = {
        "id": "01WAITING",
        "due_at": NOW + HOUR,
        "text": "ask Legal for <the> opinion",
        "head": a_head(),
    }
    return ReminderLine(**(values | changes))


def some_reminders(total: int = 2) -> Reminders:
    masked = a_waiting_reminder(id="01MASKED", text=None, head=a_masked_head())
    return Reminders((a_waiting_reminder(), masked), total)


def a_home(**changes: Any) -> Home:
    values: dict[str, Any] = {
        "reader": MEI,
        "pages": (a_page(),),
        "tasks": (a_task(),),
        "mine": (a_head(),),
        "open": (a_head(), a_masked_head()),
        "now": NOW,
        "total_open": 2,
        "reminders": some_reminders(),
    }
    return Home(**(values | changes))


REMINDER_ID = ReminderId("01REMINDER")

RECORDED: Mapping[EntryKind, Mapping[str, Any]] = {
    EntryKind.OPENED: {
        "severity": "P1",
        "category": "pile-on",
        "source": "media",
        "tier": "standard",
        "title": "Pile-on against a teenage streamer",
        "needs": [{"text": "Answer by 17:00"}, {"text": "May we?", "teams": ["legal", "pr"]}],
    },
    EntryKind.STATE: {"from": "new", "to": "investigating", "note": "looking at the clips"},
    EntryKind.SEVERITY: {"from": "P2", "to": "P1", "reason": "a minor is targeted"},
    EntryKind.OWNER: {"to": "U0TOM", "from": None},
    EntryKind.EDITED: {"field": "title", "from": "Pile-on", "to": "Pile-on after a match"},
    EntryKind.NOTE: {"text": "The streamer's agency has called.\nThey want an answer today."},
    EntryKind.UPDATE: {"text": "Twelve accounts are suspended.\nThe rest follow by noon."},
    EntryKind.PAGED: {
        "run": "01RUN",
        "team": "legal",
        "name": "Legal",
        "targets": ["U0PRIYA"],
        "round": 0,
        "step": 0,
        "why": "Takedown notice",
    },
    EntryKind.ASKED_AGAIN: {
        "run": "01RUN",
        "team": "legal",
        "name": "Legal",
        "why": "A new notice",
    },
    EntryKind.ACKNOWLEDGED: {"run": "01RUN", "team": "legal", "name": "Legal"},
    EntryKind.DECLINED_PAGE: {"team": "legal", "name": "Legal", "reason": "on a plane"},
    EntryKind.HANDED_OVER: {
        "team": "legal",
        "name": "Legal",
        "to_person": "U0TOM",
        "summary": "Notice is drafted; needs a signature.",
    },
    EntryKind.UNANSWERED: {
        "run": "01RUN",
        "team": "pr",
        "name": "PR",
        "tried": ["U0SOFIA"],
        "targets": ["U0DANIEL"],
    },
    EntryKind.EXHAUSTED: {"run": "01RUN", "team": "pr", "name": "PR"},
    EntryKind.CALLED_OFF: {"run": "01RUN", "team": "pr", "name": "PR"},
    EntryKind.CAME_BACK: {"name": "PR", "owner": "U0MEI"},
    EntryKind.REACHED: {"person": "U0DANIEL", "name": "PR"},
    EntryKind.UNREACHABLE: {"person": "U0DANIEL", "error": "user_disabled", "name": "PR"},
    EntryKind.REACHED_OUTSIDE: {"person": "U0DANIEL", "way": "email", "name": "PR"},
    EntryKind.REQUESTED_ACCESS: {},
    EntryKind.INVITED: {"person": "U0SOFIA"},
    EntryKind.REFUSED_ACCESS: {"person": "U0SOFIA", "reason": "ask Legal", "by_hand": False},
    EntryKind.ADDED: {"person": "U0SOFIA", "by": "U0TOM"},
    EntryKind.LEFT: {"person": "U0SOFIA"},
    EntryKind.STAYED: {"person": "U0SOFIA", "error": "restricted_action"},
    EntryKind.CHANNEL: {"channel": "C0ESC12"},
    EntryKind.TASK: {
        "task": "01TASK",
        "assignee": "U0TOM",
        "text": "List the accounts",
        "due_at": "2026-11-22T10:10:00+00:00",
        "follow_up": False,
        "summary": "The agency has not answered",
    },
    EntryKind.TASK_DONE: {"task": "01TASK", "text": "List the accounts"},
    EntryKind.TASK_WITHDRAWN: {
        "task": "01TASK",
        "assignee": "U0TOM",
        "text": "7-day follow-up",
        "follow_up": True,
    },
    EntryKind.TASK_RESTORED: {"task": "01TASK", "assignee": "U0TOM", "text": "List the accounts"},
    EntryKind.REMINDER: {
        "to": "U0TOM",
        "text": "Look at the numbers",
        "due_at": "2026-11-22T11:10:00+00:00",
    },
    EntryKind.DECISION: {
        "decision": "01DECISION",
        "actions": ["remove", "geo-block"],
        "scope": "Global",
        "clause": "Harassment 3.2",
        "policy_version": "2026-10",
        "rationale": "The clips name her school.",
        "dissent": "PR would wait.",
        "approvers": ["U0PRIYA"],
        "precedent": "one-off",
    },
    EntryKind.RESOLVED: {"root_cause": "policy-gap", "note": "All clips are gone", "follow_ups": 3},
    EntryKind.REOPENED: {"reason": "The clips are back", "withdrawn": 2, "restored": 1},
    EntryKind.MESSAGE: {
        "permalink": "https://example.slack.com/archives/C0/p1",
        "author": "U0TOM",
        "pinned_by": "U0PRIYA",
    },
    EntryKind.DUPLICATE: {"of": "ESC-7", "withdrawn": 1},
    EntryKind.HAS_DUPLICATE: {"duplicate": "ESC-9"},
}
