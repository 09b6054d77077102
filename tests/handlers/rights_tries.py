"""Every action on an escalation: the third side of the matrix of rights.

The expected result of a cell comes from the code's own table, `rights.NEEDS`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any

from bot.domain.access.rights import LETS_OTHERS_IN, Deed, may, may_let_in
from bot.domain.access.visibility import by_invitation
from bot.domain.act import Role
from bot.domain.controls import Button, Form
from bot.domain.incidents.lifecycle import State
from bot.policy import Policy
from handlers.forms.subjects import about_incident
from tests.factories import DANIEL, MEI
from tests.handlers.rights_standings import STANDINGS, Holds, Standing, Subject


class Way(Enum):
    VERB = "verb"
    BUTTON = "button"
    FORM = "form"


@dataclass(frozen=True)
class Try:
    """One request. `says` makes its words, or the id that a button or a form carries.

    `holds` is the part that the person needs beside the right. `others` is the right to do it for
    other people instead. `moot` lists relations that leave nothing to do.
    """

    way: Way
    name: str
    deed: Deed
    says: Callable[[Subject], str]
    holds: Holds | None = None
    others: Deed | None = None
    state: State = State.NEW
    values: dict[str, Any] = field(default_factory=dict)
    changes: bool = True
    """Whether it changes something. If not, it shows a form or an answer."""
    moot: tuple[str, ...] = ()
    uninvited_too: bool = False
    in_full: bool = False
    """Whether even the person who holds the part must have read access."""

    @property
    def label(self) -> str:
        return f"{self.way.value} {self.name}"

    def allowed(self, role: Role, standing: Standing) -> bool:
        """Return the expectation for this cell, from the code's own table."""
        own = self.holds is not None and self.holds in standing.holds
        reads = standing.reads or own or self.uninvited_too
        entitled = may(role, self.deed, belongs=standing.belongs)
        if self.deed in LETS_OTHERS_IN or self.deed is Deed.LOWER:
            closed = by_invitation(standing.tier)
            entitled = entitled and may_let_in(role, closed=closed, belongs=standing.belongs)
        if self.holds is not None and not own:
            others = self.others is not None and may(role, self.others, belongs=standing.belongs)
            return others and standing.reads
        return reads and entitled and (standing.reads or not self.in_full)


def _ref(words: str) -> Callable[[Subject], str]:
    return lambda subject: words.replace("#", subject.reference)


def _verb(words: str, deed: Deed, **more: Any) -> Try:
    return Try(Way.VERB, words, deed, _ref(words), **more)


def _button(button: Button, deed: Deed, of: str = "id", before: str = "", **more: Any) -> Try:
    def says(subject: Subject) -> str:
        return f"{before}{getattr(subject, of)}"

    return Try(Way.BUTTON, button.value, deed, says, **more)


def _form(form: Form, deed: Deed, **values: Any) -> Try:
    return Try(Way.FORM, form.value, deed, lambda subject: subject.id, values=values)


def _chosen(value: str) -> dict[str, Any]:
    return {"selected_option": {"value": value}}


def _text(value: str) -> dict[str, Any]:
    return {"value": value}


def _person(user: str) -> dict[str, Any]:
    return {"selected_user": user}


OWNER = ("owner",)
READERS = tuple(one.name for one in STANDINGS if one.reads)
PART: dict[str, Any] = {"holds": Holds.PART}
TASK: dict[str, Any] = {"of": "task", "holds": Holds.TASK}
OR_GIVEN = {**TASK, "others": Deed.TASK}
TURN: dict[str, Any] = {"of": "page", "holds": Holds.TURN}
SHOWS: dict[str, Any] = {"changes": False}

VERBS = (
    _verb("show #", Deed.READ, **SHOWS),
    _verb("note # seen", Deed.NOTE),
    _verb("remind # in 2h ask", Deed.REMIND),
    _verb("page # dpo read it", Deed.PAGE),
    _verb("page #", Deed.PAGE, **SHOWS),
    _verb("severity # p0 it is worse", Deed.RAISE),
    _verb("severity # p2 it is less", Deed.LOWER),
    _verb("severity #", Deed.RAISE, **SHOWS),
    _verb("status # investigating", Deed.UPDATE),
    _verb("status #", Deed.UPDATE, **SHOWS),
    _verb("update # all quiet", Deed.UPDATE),
    _verb(f"assign # <@{DANIEL}>", Deed.UPDATE),
    _verb("assign # me", Deed.UPDATE, moot=OWNER),
    _verb("task # me look again by tomorrow", Deed.TASK),
    _verb("task #", Deed.TASK, **SHOWS),
    _verb("edit # title A better title", Deed.CORRECT),
    _verb("edit #", Deed.CORRECT, **SHOWS),
    _verb("resolve #", Deed.UPDATE, **SHOWS),
    _verb("decline # no escalation", Deed.END),
    _verb("duplicate # ESC-1", Deed.END),
    _verb("close #", Deed.END, state=State.RESOLVED),
    _verb("reopen # it is back", Deed.END, state=State.DECLINED),
    _verb("reopen #", Deed.END, state=State.DECLINED, **SHOWS),
    _verb("done #", Deed.FINISH, holds=Holds.TASK),
    _verb("ack #", Deed.ACKNOWLEDGE, holds=Holds.TURN),
    _verb(f"handover # <@{DANIEL}> it is drafted", Deed.HAND_OVER, **PART),
    _verb("handover #", Deed.HAND_OVER, **PART, **SHOWS),
)

BUTTONS = (
    _button(Button.ACKNOWLEDGE, Deed.ACKNOWLEDGE, **TURN),
    _button(Button.CANNOT_TAKE, Deed.ACKNOWLEDGE, "page", holds=Holds.PAGE, **SHOWS),
    _button(Button.HAND_OVER, Deed.HAND_OVER, **TURN, **SHOWS),
    _button(Button.OPEN_CHANNEL, Deed.READ, in_full=True, **TURN),
    _button(Button.STEP_IN, Deed.ACKNOWLEDGE, holds=Holds.TURN),
    _button(Button.STEP_IN_FOR, Deed.ACKNOWLEDGE, "run", holds=Holds.TURN),
    _button(Button.TAKE_OWNERSHIP, Deed.UPDATE, moot=OWNER),
    _button(Button.UPDATE_STATUS, Deed.UPDATE, **SHOWS),
    _button(Button.CHANGE_SEVERITY, Deed.RAISE, **SHOWS),
    _button(Button.EDIT_DETAILS, Deed.CORRECT, **SHOWS),
    _button(Button.PAGE_TEAM, Deed.PAGE, **SHOWS),
    _button(Button.ADD_TASK, Deed.TASK, **SHOWS),
    _button(Button.RECORD_DECISION, Deed.DECIDE, **SHOWS),
    _button(Button.RESOLVE, Deed.UPDATE, **SHOWS),
    _button(Button.CLOSE, Deed.END, state=State.RESOLVED),
    _button(Button.REOPEN, Deed.END, state=State.DECLINED, **SHOWS),
    _button(Button.TIMELINE, Deed.READ, **SHOWS),
    _button(Button.SHOW, Deed.READ, **SHOWS),
    _button(Button.POST_UPDATE, Deed.UPDATE, **SHOWS),
    _button(Button.REQUEST_ACCESS, Deed.REQUEST_ACCESS, moot=READERS, uninvited_too=True),
    _button(Button.GRANT_ACCESS, Deed.INVITE, "request"),
    _button(Button.REFUSE_ACCESS, Deed.INVITE, "request", **SHOWS),
    _button(Button.KEEP_ADDED, Deed.INVITE, "added"),
    _button(Button.REMOVE_ADDED, Deed.INVITE, "added"),
    _button(Button.UPDATE_SNOOZE, Deed.UPDATE, before="30m:"),
    _button(Button.UPDATE_STOP, Deed.UPDATE),
    _button(Button.REMINDER_DONE, Deed.REMIND, "reminder", holds=Holds.REMINDER),
    _button(Button.REMINDER_STOP, Deed.REMIND, "reminder", holds=Holds.REMINDER),
    _button(Button.REMINDER_SNOOZE, Deed.REMIND, "reminder", "30m:", holds=Holds.REMINDER),
    _button(Button.REMINDER_CHANGE, Deed.REMIND, "reminder", holds=Holds.REMINDER),
    _button(Button.REMINDER_CANCEL, Deed.REMIND, "reminder", holds=Holds.REMINDER),
    _button(Button.TASK_DONE, Deed.FINISH, **OR_GIVEN),
    _button(Button.TASK_SNOOZE, Deed.FINISH, before="30m:", **TASK),
    _button(Button.TASK_HAND_OVER, Deed.FINISH, **OR_GIVEN, **SHOWS),
)

ELSEWHERE = {Button.OPEN_FORM, Button.OPEN_TYPED, Button.OPEN_AS, Button.HOME_REFRESH}
"""Buttons that are not about an escalation."""


def forms(policy: Policy) -> tuple[Try, ...]:
    """Return the forms as sent, even by people who could not have opened them."""
    summary = _text("it is drafted")
    decided: dict[str, Any] = {
        "actions": {"selected_options": [{"value": next(iter(policy.actions))}]},
        "scope": _text("Global"),
        "clause": _text("Harassment 3.2"),
        "policy_version": _text("2026-10"),
        "rationale": _text("It names her school."),
        "precedent": _chosen(next(iter(policy.precedents))),
    }
    cause = {"root_cause": _chosen(next(iter(policy.root_causes)))}
    given = {"text": _text("look again"), "person": _person(MEI), "due": _text("tomorrow 9:00")}
    return (
        _form(Form.STATUS, Deed.UPDATE, state=_chosen("investigating"), note=_text("seen")),
        _form(Form.SEVERITY, Deed.LOWER, severity=_chosen("P2"), note=_text("less")),
        _form(Form.RAISE, Deed.RAISE, **{"severity:P0": _chosen("P0"), "note": _text("worse")}),
        _form(Form.EDIT, Deed.CORRECT, title=_text("A better title")),
        _form(Form.PAGE, Deed.PAGE, team=_chosen("dpo"), why=_text("read it")),
        _form(Form.TASK, Deed.TASK, **given),
        _form(Form.DECISION, Deed.DECIDE, **decided),
        _form(Form.RESOLVE, Deed.UPDATE, **cause),
        _in(State.DECLINED, _form(Form.REOPEN, Deed.END, why=_text("it is back"))),
        _of("request", _form(Form.REFUSE_ACCESS, Deed.INVITE, why=_text("not now"))),
        _own("reminder", Holds.REMINDER, _form(Form.REMINDER, Deed.REMIND, due=_text("17:00"))),
        _own("page", Holds.PAGE, _form(Form.CANNOT_TAKE, Deed.ACKNOWLEDGE, why=_text("away"))),
        _own(
            "page",
            Holds.TURN,
            _form(Form.HAND_OVER, Deed.HAND_OVER, team=_chosen("dpo"), summary=summary),
        ),
        replace(
            _form(Form.HAND_OVER, Deed.HAND_OVER, person=_person(MEI), summary=summary),
            holds=Holds.PART,
            says=lambda subject: about_incident(subject.id),
        ),
        replace(
            _own(
                "task",
                Holds.TASK,
                _form(Form.TASK_HAND_OVER, Deed.FINISH, person=_person(MEI), summary=summary),
            ),
            others=Deed.TASK,
        ),
    )


def _in(state: State, one: Try) -> Try:
    return replace(one, state=state)


def _of(of: str, one: Try) -> Try:
    return replace(one, says=lambda subject: str(getattr(subject, of)))


def _own(of: str, holds: Holds, one: Try) -> Try:
    return replace(_of(of, one), holds=holds)
