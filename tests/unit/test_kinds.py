"""Each kind has its row, and is found by its name."""

import pytest

from bot.domain.kinds import TimerKind
from bot.kinds.due_work import DUE_WORK
from bot.services.duework.firing import DoneAlone


@pytest.mark.parametrize("kind", TimerKind)
def test_every_kind_of_due_work_has_a_function_of_its_name(kind: TimerKind) -> None:
    row = DUE_WORK[kind]
    do = row.do.args[0] if isinstance(row, DoneAlone) else row.do  # type: ignore[attr-defined]
    assert do.__name__ == kind.replace(" ", "_")
    floor, subject, stem = do.__module__.split(".")[1:]
    assert (floor, stem[:4]) == ("services", "due_"), subject
