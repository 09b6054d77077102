"""How deep a payload may be, and which characters it may have."""

from typing import Any

import pytest

from handlers.http.shape import DEEPEST, storable, too_deep, unstorable


def nested(levels: int, *, in_list: bool) -> Any:
    value: Any = [] if in_list else {}
    for _ in range(levels - 1):
        value = [value] if in_list else {"inside": value}
    return value


@pytest.mark.parametrize("in_list", [True, False])
def test_a_payload_may_have_so_many_levels_and_not_one_more(in_list: bool) -> None:
    assert not too_deep(nested(DEEPEST, in_list=in_list))
    assert too_deep(nested(DEEPEST + 1, in_list=in_list))


@pytest.mark.parametrize("text", ["\x00", "half \ud83d"])
@pytest.mark.parametrize("inside", ["text", "key", "value", "member"])
def test_a_character_that_no_database_accepts_is_found_wherever_it_is(
    text: str, inside: str
) -> None:
    payload = {"text": text, "key": [{text: 1}], "value": {"a": text}, "member": ["a", text]}[
        inside
    ]
    assert unstorable(payload)
    assert not unstorable(storable(payload))
