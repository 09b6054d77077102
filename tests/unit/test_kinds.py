"""Each kind has its row, and is found by its name."""

import pytest

from bot.domain.kinds import DeliveryKind, TimerKind
from bot.kinds.due_work import DUE_WORK
from bot.kinds.messages import ROWS
from bot.services.duework.firing import DoneAlone

UNLOOKED = {DeliveryKind.MESSAGE_EDIT, DeliveryKind.FALLBACK, DeliveryKind.EXHAUSTED_OUTSIDE}
"""An edit says what its subject says; what goes past Slack is looked up by its own relay."""
NAMES = {kind.replace(" ", "_") for kind in DeliveryKind}


@pytest.mark.parametrize("kind", TimerKind)
def test_every_kind_of_due_work_has_a_function_of_its_name(kind: TimerKind) -> None:
    row = DUE_WORK[kind]
    do = row.do.args[0] if isinstance(row, DoneAlone) else row.do  # type: ignore[attr-defined]
    assert do.__name__ == kind.replace(" ", "_")
    floor, subject, stem = do.__module__.split(".")[1:]
    assert (floor, stem[:4]) == ("services", "due_"), subject


@pytest.mark.parametrize("kind", DeliveryKind)
def test_every_kind_of_message_has_a_look_up_of_its_name(kind: DeliveryKind) -> None:
    row = ROWS[kind]
    look_up = row.look_up or row.look_up_slowly
    if look_up is None:
        assert kind in UNLOOKED
        return
    name = kind.replace(" ", "_")
    # One function may serve two kinds, under the name of one of them.
    assert look_up.__name__ == name or (name == "canary_update" and look_up.__name__ in NAMES)
    if row.stands is not None:
        assert row.stands.__name__ == f"{name}_stands"


@pytest.mark.parametrize("kind", [kind for kind, row in ROWS.items() if row.render])
def test_a_renderer_stands_where_its_look_up_stands_a_floor_beside(kind: DeliveryKind) -> None:
    row = ROWS[kind]
    look_up = row.look_up or row.look_up_slowly
    assert look_up is not None
    assert row.render is not None
    room = look_up.__module__.removeprefix("bot.services.")
    assert row.render.__module__ == f"bot.render.{room}"
    shared = [one for one in ROWS.values() if one.render is row.render]
    assert row.render.__name__ == look_up.__name__ or len(shared) > 1
    assert row.render.__name__ in NAMES
