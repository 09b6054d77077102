"""Programs that are not Python packages. A test that needs one has its mark, as for the browser.

Without the program, such a test fails and says so. Only `-m "not promtool"` leaves it out.
"""

import os
import shutil

import pytest

PROGRAMS = {
    "promtool": ("PROMTOOL", "/usr/bin/promtool", "Prometheus (Debian: prometheus)"),
    "pgbouncer": ("PGBOUNCER", "/usr/sbin/pgbouncer", "PgBouncer (Debian: pgbouncer)"),
}
"""By mark and fixture: the variable with its place, its usual place, and how to get it."""


def pytest_configure(config: pytest.Config) -> None:
    for program in PROGRAMS:
        config.addinivalue_line("markers", f"{program}: needs {program}")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test that needs a program, even indirectly, before `-m` reads the marks."""
    for item in items:
        for program in PROGRAMS.keys() & set(getattr(item, "fixturenames", ())):
            item.add_marker(program)


@pytest.fixture(scope="session")
def promtool() -> str:
    return _found("promtool")


@pytest.fixture(scope="session")
def pgbouncer() -> str:
    return _found("pgbouncer")


def _found(program: str) -> str:
    variable, usual, package = PROGRAMS[program]
    place = os.environ.get(variable) or usual
    found = shutil.which(place)
    if found is None:
        pytest.fail(
            f"This test needs {program}, and there is none at {place}. Install {package}, or say "
            f"where it is: {variable}=/path/to/{program}.",
            pytrace=False,
        )
    return found
