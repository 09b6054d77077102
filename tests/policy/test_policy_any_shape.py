"""Whatever stands where in the file: it is accepted or its mistakes are named, nothing else."""

import tomllib
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.policy.conversion import policy_from
from bot.policy.cross_references import cross_reference_faults
from bot.policy.faults import Fault, shape_faults
from bot.policy.schema import PolicyFile

SHIPPED = tomllib.loads((Path(__file__).parents[2] / "escalation.toml").read_text())

Spot = tuple[str | int, ...]


def spots(node: Any, path: Spot = ()) -> list[Spot]:
    match node:
        case dict():
            inside: list[tuple[str | int, Any]] = list(node.items())
        case list():
            inside = list(enumerate(node))
        case _:
            inside = []
    return [path, *(spot for key, value in inside for spot in spots(value, (*path, key)))]


def changed(node: Any, changes: dict[Spot, Any], path: Spot = ()) -> Any:
    if path in changes:
        return changes[path]
    match node:
        case dict():
            return {key: changed(value, changes, (*path, key)) for key, value in node.items()}
        case list():
            return [changed(value, changes, (*path, n)) for n, value in enumerate(node)]
        case _:
            return node


junk = st.recursive(
    st.sampled_from(["", "x", "@nobody", "@priya", "legal", "P0", "5m", "backup", "C0X"])
    | st.integers(-5, 200)
    | st.booleans()
    | st.dates()
    | st.times()
    | st.floats(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["a", "P0", "steps", "who", "name", "teams"]), inner)
    ),
    max_leaves=5,
)
places = st.sampled_from([spot for spot in spots(SHIPPED) if spot])


def faults(data: dict[str, Any]) -> list[Fault]:
    try:
        file = PolicyFile.model_validate(data)
    except ValidationError as error:
        return [*shape_faults(error), *cross_reference_faults(data)]
    found = list(cross_reference_faults(data))
    if not found:
        policy_from(file, source="escalation.toml", digest="0")
    return found


@given(st.dictionaries(places, junk, min_size=1, max_size=4))
def test_any_value_anywhere_is_accepted_or_named(changes: dict[Spot, Any]) -> None:
    for fault in faults(changed(SHIPPED, changes)):
        assert fault.key
        assert fault.problem


def test_the_shipped_file_has_no_faults() -> None:
    assert faults(SHIPPED) == []
