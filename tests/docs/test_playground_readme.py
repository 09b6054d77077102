"""What a script or a test can ask of the playground is in its README, under its own name."""

import pytest

from playground.control import routes
from playground.web.faults import FaultKind
from tests.docs.pages import ROOT, rows, text

README = text(ROOT / "playground" / "README.md")
FIRST_CELLS = " ".join(row[0] for row in rows(README))


@pytest.mark.parametrize("name", [*routes.OPERATIONS, *routes.LOOKS, *FaultKind])
def test_an_operation_a_look_and_a_fault_have_a_row(name: str | FaultKind) -> None:
    said = name.value if isinstance(name, FaultKind) else name
    assert f"`{said}`" in FIRST_CELLS
