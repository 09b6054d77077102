"""Words after a verb begin with a name, or they may be a report that only looks like a command."""

import pytest

from bot.policy import Policy
from handlers.commands.fitting import begins_with_a_name


@pytest.mark.parametrize(
    "words",
    [
        "<@U0TOM> now",
        "@tom now",
        "me now",
        "Us now",
        "5 now",
        "5, now",
        "12345678901 now",
        "legal now",
        "public policy now",
        "monitoring now",
        "awaiting decision now",
        "ESC-5 now",
        "*ESC-5*: now",
        "#5 now",
        "p0 now",
        "critical now",
        "case 5 now",
    ],
)
def test_names_and_numbers_are_recognised(policy: Policy, words: str) -> None:
    assert begins_with_a_name(policy, words)


@pytest.mark.parametrize("words", ["threats in chat", "everyone now", "5k accounts", "p9 now"])
def test_other_words_are_no_names(policy: Policy, words: str) -> None:
    assert not begins_with_a_name(policy, words)
