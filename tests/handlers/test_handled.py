"""What a person can press or send has code that handles it."""

from bot.domain.controls import Button, Field, Form
from handlers.buttons import BUTTONS
from handlers.forms import FORMS, READ_ONLY, REDRAWN


def test_every_button_and_every_form_has_its_handler() -> None:
    assert set(BUTTONS) == set(Button)
    assert set(FORMS) | READ_ONLY == set(Form)
    assert set(REDRAWN) <= set(Field)
