"""The stage on which tests make faults, and the verdict on each."""

import inspect
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.faults.replicas import Bots, bots
from tests.faults.verdict import Account, Verdict


@dataclass(frozen=True, slots=True)
class Extent:
    """The form of each fault: the short one on every change, or `make soak`."""

    long: bool

    def of(self, short: int, long: int) -> int:
        return long if self.long else short

    @property
    def name(self) -> str:
        return "long" if self.long else "short"


@pytest.fixture(scope="session")
def extent(pytestconfig: pytest.Config) -> Extent:
    return Extent(long=bool(pytestconfig.getoption("--soak")))


@pytest.fixture
async def stage(database_url: str, tmp_path: Path) -> AsyncIterator[Bots]:
    """A playground and a database, with no bot yet."""
    async with bots(database_url, tmp_path) as made:
        yield made


@pytest.fixture
def verdicts(
    request: pytest.FixtureRequest, database_url: str, extent: Extent
) -> dict[int, Verdict]:
    """One verdict for each of the test's fault marks, by number."""
    form = extent.name if "extent" in inspect.signature(request.function).parameters else ""
    database = "SQLite" if database_url.startswith("sqlite") else "PostgreSQL"
    marks = list(request.node.iter_markers("fault"))
    assert marks, "say which fault it is: @fault(number, name, passes=…)"
    return {
        mark.args[0]: Verdict(
            Account(mark.args[0], mark.args[1], mark.kwargs["passes"], database, form),
            request.node.user_properties,
            long=extent.long,
        )
        for mark in marks
    }


@pytest.fixture
def verdict(verdicts: dict[int, Verdict]) -> Verdict:
    """The verdict on the test's only fault."""
    [only] = verdicts.values()
    return only
