"""Marks that turn text around: what a person typed must not turn its neighbours around."""

import pytest

from bot.render import blocks
from bot.render.forms import inputs
from bot.render.text import mrkdwn
from bot.render.text.templates import Templates

MARKS = ("\u061c", "\u200e", "\u200f", *map(chr, [*range(0x202A, 0x202F), *range(0x2066, 0x206A)]))
"""All that Unicode calls Bidi_Control."""
FILTERS = ("", "line", "prose", "quoted", "quote", "sentence", "begins", "code")
TYPED = f"Report{''.join(MARKS)}cod.exe"


@pytest.mark.parametrize("how", FILTERS)
@pytest.mark.parametrize("way", ["slack", "mail", "page"])
def test_no_such_mark_is_in_a_text_whatever_it_passes_through(way: str, how: str) -> None:
    words = Templates()
    environment = {"slack": words._mrkdwn, "mail": words._plain, "page": words._html}[way]
    made = environment["answers"].environment.from_string(
        f"{{{{ typed {'|' if how else ''} {how} }}}}"
    )
    said = made.render(typed=TYPED)
    assert "Reportcod.exe" in said
    assert not set(said) & set(MARKS)


def test_nor_in_what_no_template_says() -> None:
    option = inputs.option(TYPED, "key", TYPED).to_dict()
    told = (
        blocks.plain(TYPED, 100)["text"],
        blocks.as_typed(TYPED)["text"]["text"],
        option["text"]["text"],
        option["description"]["text"],
        mrkdwn.escape(TYPED),
    )
    assert not set("".join(told)) & set(MARKS)


def test_other_marks_of_other_scripts_stay() -> None:
    """A joiner makes an emoji of two, and words of Persian and Hindi."""
    assert mrkdwn.bare("\u200d \u200c \u0301 שלום") == "\u200d \u200c \u0301 שלום"
