"""Whether a text begins with a time."""

import pytest

from bot.domain.times.front import begins_with_time
from bot.domain.times.points import USUAL


@pytest.mark.parametrize(
    "text",
    [
        *("9am", "at 9", "by 5", "from 9:00", "at 25:99", "today 9:00"),
        *(
            "tomorrow we meet",
            "monday x",
            "in 2h of calls",
            "after 2h",
            "30m",
            "2h before the call",
        ),
    ],
)
def test_it_begins_with_a_time(text: str) -> None:
    assert begins_with_time(text, USUAL)


@pytest.mark.parametrize(
    "text",
    [
        *("", "nothing", "at 5 schools", "today", "today we meet"),
        *("30m of video", "around 30m video"),
    ],
)
def test_it_begins_with_something_else(text: str) -> None:
    assert not begins_with_time(text, USUAL)
