"""Each kind has its row, and is found by its name."""

import json
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

import pytest

from bot.domain.access.access_messages import AccessAnswerArgs
from bot.domain.delivery.message_args import MessageArgs, RepeatableArgs, read, stored
from bot.domain.kinds import DeliveryKind, TimerKind
from bot.domain.paging.page_messages import PageArgs
from bot.domain.people.person_messages import UneditedArgs
from bot.kinds.due_work import DUE_WORK
from bot.kinds.messages import ROWS
from bot.services.duework.firing import DoneAlone

ROOT = Path(__file__).parents[2]
UNLOOKED = {DeliveryKind.MESSAGE_EDIT, DeliveryKind.FALLBACK, DeliveryKind.EXHAUSTED_OUTSIDE}
"""An edit says what its subject says; what goes past Slack is looked up by its own relay."""
_EDITS = "bot.services.people.edit_outcomes"
NAMES = {kind.name.lower() for kind in DeliveryKind}


@pytest.mark.parametrize("kind", TimerKind)
def test_every_kind_of_due_work_has_a_function_of_its_name(kind: TimerKind) -> None:
    row = DUE_WORK[kind]
    do = row.do.args[0] if isinstance(row, DoneAlone) else row.do  # type: ignore[attr-defined]
    assert do.__name__ == kind.name.lower()
    floor, subject, stem = do.__module__.split(".")[1:]
    assert (floor, stem[:4]) == ("services", "due_"), subject


@pytest.mark.parametrize("kind", DeliveryKind)
def test_every_kind_of_message_has_a_look_up_of_its_name(kind: DeliveryKind) -> None:
    row = ROWS[kind]
    look_up = row.look_up or row.look_up_slowly
    if look_up is None:
        assert kind in UNLOOKED
        return
    name = kind.name.lower()
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


HOOKS = ("sent", "repeats", "rejected", "place_refused", "has_no_place", "doubted")


@pytest.mark.parametrize("kind", DeliveryKind)
def test_what_follows_an_outcome_has_the_names_of_its_kind_and_its_hook(
    kind: DeliveryKind,
) -> None:
    row = ROWS[kind]
    look_up = row.look_up or row.look_up_slowly
    subject = look_up.__module__.replace("_messages", "_outcomes") if look_up else _EDITS
    for name in HOOKS:
        hook = getattr(row, name)
        if hook is not None:
            assert hook.__name__ == f"{kind.name.lower()}_{name}"
            assert hook.__module__ == subject


@pytest.mark.parametrize("kind", [kind for kind, row in ROWS.items() if row.must_arrive])
def test_a_kind_that_must_arrive_is_tried_again_and_can_say_that_it_repeats(
    kind: DeliveryKind,
) -> None:
    assert ROWS[kind].tried_again
    assert issubclass(ROWS[kind].args, RepeatableArgs)


ARGS = sorted({row.args for row in ROWS.values()}, key=lambda args: args.__name__)
SOME: dict[Any, Any] = {
    str: "U0MEI",
    bool: True,
    int: 7,
    datetime: datetime(2026, 3, 2, 9, 30, tzinfo=UTC),
    tuple: ("U0MEI", "U0TOM"),
}


def filled(kind: type[MessageArgs]) -> MessageArgs:
    hints = get_type_hints(kind)
    return kind(**{name: _some(hints[name]) for name in hints})


def _some(hint: Any) -> Any:
    asked = [one for one in (get_args(hint) or (hint,)) if one in SOME]
    return SOME[tuple] if get_origin(hint) is tuple else SOME[asked[0]]


@pytest.mark.parametrize("kind", ARGS)
def test_what_a_message_needs_is_stored_as_json_and_read_again(kind: type[MessageArgs]) -> None:
    args = filled(kind)
    assert read(kind, json.loads(json.dumps(stored(args)))) == args


@pytest.mark.parametrize("kind", ARGS)
def test_a_field_of_another_release_is_ignored_and_a_missing_one_has_a_default(
    kind: type[MessageArgs],
) -> None:
    found = stored(filled(kind))
    assert read(kind, {**found, "of a newer release": {"a": 1}}) == filled(kind)
    assert read(kind, {}) == kind()
    for name in found:
        one_less = {key: value for key, value in found.items() if key != name}
        assert getattr(read(kind, one_less), name) == getattr(kind(), name)


def test_what_the_release_before_requires_is_stored_even_where_it_is_empty() -> None:
    assert stored(AccessAnswerArgs("R1")) == {"request": "R1", "granted": False, "by": None}
    unedited = stored(UneditedArgs("ESC-1", SOME[datetime], "x"))
    assert {"person", "channel"} <= unedited.keys()
    assert stored(PageArgs()) == {}


SHARED = {
    "delivery",
    "duework",
    "errors",
    "metrics",
    "problems",
    "sql",
    "tables",
    "text",
    "times",
    "upkeep",
}
"""The engines themselves, and rooms that are of no subject."""


def test_every_subjects_room_is_closed_to_the_engines() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    [contract] = [one for one in settings["contracts"] if one["name"].startswith("The engines")]
    rooms = {
        f"bot.{floor}.{room.parent.name}"
        for floor in ("domain", "store", "services", "worker")
        for room in (ROOT / "bot" / floor).glob("*/__init__.py")
        if room.parent.name not in SHARED
    }
    assert rooms <= set(contract["forbidden_modules"])
