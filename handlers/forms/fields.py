"""The content of a sent form by Field, and the field that an error belongs to.

A block_id begins with its Field (see `bot.render.forms.inputs`). The action_id is the Field.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.domain.controls import Field
from bot.domain.errors import (
    BadInput,
    FormErrors,
    NobodyToPage,
    NotFound,
    NothingToDo,
    ReasonNeeded,
)
from bot.domain.ids import UserId
from bot.render.forms import field_of, since_of
from bot.render.incidents.answers import refusal_plain
from bot.render.refusals import problem_plain
from bot.render.wording import Wording

LONGEST_ERROR = 300


@dataclass(frozen=True, slots=True)
class Fields:
    """The inputs of a view as Slack sends them in `view.state.values`."""

    view: Mapping[str, Any]

    def text(self, field: Field) -> str:
        return str(self._entry(field).get("value") or "")

    def chosen(self, field: Field) -> str | None:
        option = self._entry(field).get("selected_option")
        return str(option["value"]) if option else None

    def all_chosen(self, field: Field) -> tuple[str, ...]:
        options = self._entry(field).get("selected_options") or ()
        return tuple(str(option["value"]) for option in options)

    def person(self, field: Field) -> UserId | None:
        user = self._entry(field).get("selected_user")
        return UserId(user) if user else None

    def people(self, field: Field) -> tuple[UserId, ...]:
        return tuple(UserId(user) for user in self._entry(field).get("selected_users") or ())

    def has(self, field: Field) -> bool:
        return self.block_of(field) is not None

    def block_of(self, field: Field | str) -> str | None:
        """Return the block_id of a field's input in this view, or None."""
        for block in self.view.get("blocks") or ():
            block_id = str(block.get("block_id") or "")
            if block.get("type") == "input" and field_of(block_id) == str(field):
                return block_id
        return None

    def since(self, field: Field) -> str:
        """Return the choice that a field's input had when it was drawn."""
        return since_of(self.block_of(field) or "")

    def _entry(self, field: Field) -> Mapping[str, Any]:
        values = (self.view.get("state") or {}).get("values") or {}
        for block_id, actions in values.items():
            if field_of(block_id) == field.value:
                entry: Mapping[str, Any] = actions.get(field.value) or {}
                return entry
        return {}


_FIELDS_OF_INPUT: Mapping[str, Field] = {
    "when": Field.DUE,
    "duration": Field.DUE,
    "status": Field.STATE,
    "incident": Field.NOTE,
}
"""Maps the domain's name of an input to the field in which a form asks for it."""


def field_errors(wording: Wording, error: Exception, fields: Fields) -> dict[str, str] | None:
    """Return the errors by block_id, or None if the error is not about a visible field."""
    found: dict[str, str] = {}
    if isinstance(error, FormErrors):
        for name, problem in error.errors.items():
            block_id = fields.block_of(name)
            if block_id is None:
                return None
            found[block_id] = problem_plain(wording, problem)[:LONGEST_ERROR]
        return found or None
    for field in _candidates(error):
        block_id = fields.block_of(field)
        if block_id is not None:
            return {block_id: refusal_plain(wording, error)[:LONGEST_ERROR]}
    return None


def _candidates(error: Exception) -> tuple[Field | str, ...]:
    match error:
        case BadInput(field_name=name):
            return (name, *([_FIELDS_OF_INPUT[name]] if name in _FIELDS_OF_INPUT else []))
        case ReasonNeeded():
            return (Field.NOTE, Field.WHY)
        case NothingToDo():
            return (Field.STATE, Field.PERSON)
        case NotFound(what="person"):
            return (Field.PERSON,)
        case NotFound(what="incident"):
            return (Field.NOTE,)
        case NobodyToPage():
            return (Field.TEAM, Field.PERSON)
        case _:
            return ()
