"""The page about faults: all 25 are told, and each is made by a test."""

import re

import pytest

from tests.docs.pages import DOCS, ROOT, text

FAULTS = range(1, 26)
_TESTS = "\n".join(text(file) for file in sorted((ROOT / "tests" / "faults").glob("test_*.py")))
_MADE = {int(number) for number in re.findall(r"\bfault\(\s*(\d+),", _TESTS)}


@pytest.mark.parametrize("number", FAULTS)
def test_a_fault_is_told_once_and_made(number: int) -> None:
    told = re.findall(
        rf"^\| {number} \| [^|]+ \| [^|]+ \|$", text(DOCS / "faults.md"), re.MULTILINE
    )
    assert len(told) == 1
    assert number in _MADE
