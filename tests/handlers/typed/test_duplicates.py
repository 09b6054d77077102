"""Which commands are offered where it is not clear which escalation ends."""

import pytest

from bot.domain.problems.commands import DuplicateOfWhich, DuplicateTakesOne, WhichOriginal
from handlers.typed.duplicates import not_clear


@pytest.mark.parametrize(
    ("words", "named", "commands"),
    [
        ("ESC-2 or ESC-3", None, ["duplicate ESC-2 of ESC-3", "duplicate ESC-3 of ESC-2"]),
        ("or 2 ESC-3", "ESC-1", ["duplicate ESC-1 of ESC-3", "duplicate ESC-3 of ESC-1"]),
        ("ESC-2 or so", None, ["duplicate ESC-n of ESC-2"]),
        ("of the other one", "ESC-2", ["duplicate ESC-2 of ESC-m"]),
        ("ESC-2 of the other one", None, ["duplicate ESC-2 of ESC-m"]),
        ("the other one", None, ["duplicate ESC-n of ESC-m"]),
        ("<#C0ESC1> or ESC-2", None, ["duplicate ESC-n of ESC-2"]),
        ("<#C0ESC1> of the other one", None, ["duplicate ESC-n of ESC-m"]),
    ],
)
def test_commands_are_offered_for_what_is_named(
    words: str, named: str | None, commands: list[str]
) -> None:
    unclear = not_clear(words, named)
    assert list(unclear.commands) == commands
    assert isinstance(unclear.problem, WhichOriginal if len(commands) > 1 else DuplicateTakesOne)


def test_of_many_references_three_are_paired() -> None:
    unclear = not_clear("ESC-1 ESC-2 ESC-3 ESC-4", None)
    assert len(unclear.commands) == 6
    assert "duplicate ESC-3 of ESC-1" in unclear.commands
    assert not [command for command in unclear.commands if "ESC-4" in command]


def test_with_no_words_it_is_asked_which_is_meant() -> None:
    unclear = not_clear(" ", "ESC-1")
    assert unclear.problem == DuplicateOfWhich()
    assert unclear.commands == ("duplicate ESC-1 of ESC-m",)
