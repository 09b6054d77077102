"""What stands at a form's field is plain text: no markup, no id, and not 'in the form'."""

import re

import pytest

from bot.domain.controls import Field
from bot.domain.errors import TocsinError
from bot.policy import Policy
from bot.render.text.templates import Templates
from bot.render.wording import Wording
from handlers.forms.fields import Fields, field_errors
from tests.render.incident_messages import ERRORS

_MARKUP = re.compile(r"[`*]|\b_|_\b|<[@#!]|\bU0[A-Z0-9]+|in the form")


class EveryField(Fields):
    """A form that has them all."""

    def block_of(self, field: Field | str) -> str | None:
        return str(field)


@pytest.mark.parametrize(
    "error", [error for error in ERRORS.values() if isinstance(error, TocsinError)], ids=repr
)
def test_an_error_at_a_field_is_read_as_it_is(policy: Policy, error: TocsinError) -> None:
    found = field_errors(Wording(policy, Templates()), error, EveryField({}))
    assert not [text for text in (found or {}).values() if _MARKUP.search(text)]
