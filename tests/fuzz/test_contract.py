"""The contract itself: a check of the shape that is lost, or that refuses too much, breaks it."""

import pytest

from tests.fuzz.contract import breach
from tests.handlers.requests import Answered

TAKEN, UNHEARD = Answered(200, ""), Answered(404, "not found")
REFUSED, FAILED = Answered(400, "The request cannot be read."), Answered(500, "Traceback")


@pytest.mark.parametrize(
    ("answered", "fits", "keeps"),
    [
        (TAKEN, True, True),
        (UNHEARD, True, True),
        (REFUSED, True, False),
        (TAKEN, False, False),
        (UNHEARD, False, False),
        (REFUSED, False, True),
        (FAILED, False, False),
        (FAILED, True, False),
        (REFUSED, None, True),
        (FAILED, None, False),
    ],
)
def test_what_fits_is_taken_and_nothing_else(
    answered: Answered, *, fits: bool | None, keeps: bool
) -> None:
    assert (breach("block_actions", answered, fits=fits) is None) is keeps
