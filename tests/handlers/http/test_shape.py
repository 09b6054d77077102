"""How deep a payload may be."""

from typing import Any

import pytest

from handlers.http.shape import DEEPEST, too_deep


def nested(levels: int, *, in_list: bool) -> Any:
    value: Any = [] if in_list else {}
    for _ in range(levels - 1):
        value = [value] if in_list else {"inside": value}
    return value


@pytest.mark.parametrize("in_list", [True, False])
def test_a_payload_may_have_so_many_levels_and_not_one_more(in_list: bool) -> None:
    assert not too_deep(nested(DEEPEST, in_list=in_list))
    assert too_deep(nested(DEEPEST + 1, in_list=in_list))
