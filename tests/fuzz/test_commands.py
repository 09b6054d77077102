"""What people type: every reader of text is total, and every refusal can be shown."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from handlers.verbs import BY_WORD
from tests.fuzz.effort import examples
from tests.fuzz.junk import TEXTS
from tests.fuzz.targets import CommandLine

PIECES = [
    *BY_WORD,
    *("ESC-1", "esc 12", "#3", "ESC-999999999", "esc-0", "p0", "sev1", "P9", "me", "@me", "legal"),
    *(
        "<@U0TOM|tom>",
        "<@U0TOM>",
        "<!channel>",
        "<!subteam^S1|@x>",
        "<#C1|c>",
        "<https://a|b>",
        "<",
    ),
    *(
        "in",
        "2h",
        "30 min",
        "an hour",
        "tomorrow",
        "9:00",
        "at 17:30",
        "fri",
        "next",
        "week",
        "eod",
    ),
    *("2026-12-01", "2026-12-01T9:00", "0000-00-00", "9999-12-31", "24:00", "13pm", "12am", "by"),
    *("1w2d", "PT1H", "P1Y", "999999999w", "1e9h", "0s", "-1h", "½h", "٣h", "2h٣", "mon,", "1.5h"),
    *("awaiting decision", "awaiting-decision", "closed", "&lt;", "&amp;amp;", ":", ",", "\u00a0"),
    *TEXTS.values(),
]
command_lines = st.lists(st.sampled_from(PIECES) | st.text(max_size=12), max_size=7).map(" ".join)


@pytest.fixture(scope="module")
def command_line() -> CommandLine:
    return CommandLine()


@examples(100)
@given(command_lines)
@example("in 99999999999999999999h")
@example("9999-12-31 23:59")
@example("0001-01-01")
@example("remind , r")
@example(", r")
def test_any_command_line_is_read_or_refused_with_a_sentence(
    command_line: CommandLine, text: str
) -> None:
    command_line.check(text)
