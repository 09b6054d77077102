"""Words in front of a number that mean an escalation, and those that do not."""

import pytest

from handlers.commands.lookalikes import lookalike_first


@pytest.mark.parametrize(
    "said",
    [
        "case 5",
        "inc 5",
        "esc the case 5",
        "case esc 5",
        "ticket 5",
        "tickets 5",
        "escalaton 5",
        "escaltion 5",
        "escalatn 5",
        "incidnet 5",
        "numbr 5",
    ],
)
def test_a_word_for_a_case_makes_a_number_a_reference(said: str) -> None:
    found = lookalike_first(f"{said} hello")
    assert found is not None
    assert (found.number, found.rest) == (5, "hello")


@pytest.mark.parametrize("said", ["cases", "about", "the", "ticketing"])
def test_another_word_does_not(said: str) -> None:
    assert lookalike_first(f"{said} 5 hello") is None
