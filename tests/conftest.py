"""Resources that tests share, such as databases and the shipped policy, and a rule about skips."""

import gc
import logging
import os
from collections import defaultdict
from collections.abc import Generator, Iterator
from operator import itemgetter
from pathlib import Path

import pytest
from hypothesis import settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

from bot.policy import Policy, load
from bot.store.database import Database
from tests.compiled import compiled_once
from tests.databases import fresh_url
from tests.faults import table

# A slow example is due to the machine, so it is no failure.
settings.register_profile("tocsin", deadline=None)
settings.load_profile("tocsin")

pytest_plugins = ["pytester", "tests.browser", "tests.programs", "tests.statements"]

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
TOGETHER = ("tests/e2e/", "tests/playground/page/", "tests/commandline/test_demo_seed.py")
"""One worker runs all of these. They share costly things, or would overload the machine at once."""
LONGEST = ("tests/bench/test_smoke.py",)
"""Takes a minute on its own. It starts first, or the other workers would wait for it at the end."""
NO_SKIPS = bool(os.environ.get("TOCSIN_NO_SKIPS"))


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("faults")
    group.addoption(
        "--soak", action="store_true", help="the long form of the tests that have a short one"
    )
    group.addoption(
        "--fault-table", type=Path, metavar="FILE", help="write the table of the faults as Markdown"
    )
    group.addoption(
        "--fault", type=int, action="append", metavar="N", help="make this fault alone; repeatable"
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "fault(number, name, passes): the fault that a test makes")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Choose the requested faults, with all tests that make them."""
    if config.getoption("--soak"):
        # No time limit, even if a test limits its short form.
        for item in items:
            item.add_marker(pytest.mark.timeout(0), append=False)
    if wanted := config.getoption("--fault"):
        chosen = [item for item in items if _makes(item, wanted)]
        config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
        items[:] = chosen
    if "PYTEST_XDIST_WORKER" in os.environ:
        items[:] = _mixed(items)


class _Together(LoadScopeScheduling):
    """Groups tests by path. With pytest 9.2, xdist loses the suffix that it adds for a group's
    mark.
    """

    def _split_scope(self, nodeid: str) -> str:
        return next((place for place in TOGETHER if nodeid.startswith(place)), nodeid)

    def mark_test_complete(
        self, node: WorkerController, item_index: int, duration: float = 0
    ) -> None:
        """Forget finished tests. Otherwise each of thousands of tests would count them again."""
        super().mark_test_complete(node, item_index, duration)
        scope = self._split_scope(self.registered_collections[node][item_index])
        if all(self.assigned_work[node][scope].values()):
            del self.assigned_work[node][scope]


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    return _Together(config, log)


def _mixed(items: list[pytest.Item]) -> list[pytest.Item]:
    """Mix the folders, each in its order. Then some tests wait while others work."""
    folders: dict[str, list[pytest.Item]] = defaultdict(list)
    for item in items:
        folders[item.path.relative_to(HERE).parts[0]].append(item)
    placed = [
        (-1.0 if item.nodeid.startswith(LONGEST) else place / len(tests), item)
        for tests in folders.values()
        for place, item in enumerate(tests)
    ]
    return [item for _, item in sorted(placed, key=itemgetter(0))]


def pytest_collection_finish() -> None:
    """Exclude all objects that exist now from garbage collection, and collect less often.

    Collection took a twentieth of the time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def _makes(item: pytest.Item, faults: list[int]) -> bool:
    return any(mark.args[0] in faults for mark in item.iter_markers("fault"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the result of each fault, if there is one."""
    stats = terminalreporter.stats
    rows = table.rows_of(
        report for outcome in ("passed", "failed", "error") for report in stats.get(outcome, ())
    )
    if rows:
        terminalreporter.section("faults")
        terminalreporter.write_line(table.as_text(rows))
        if file := terminalreporter.config.getoption("--fault-table"):
            table.write(rows, file)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Generator[None, None, None]:
    """Put the log back as it was before a test that runs a command in this process.

    Otherwise the command's handler writes repetitions a minute later, into another test's output.
    """
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    try:
        return (yield)
    finally:
        for left in root.handlers:
            if left not in handlers:
                left.close()
        root.handlers[:] = handlers
        root.setLevel(level)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Fail a skipped test on a machine with everything installed (TOCSIN_NO_SKIPS).

    There, a skip hides a gap.
    """
    report = yield
    if NO_SKIPS and report.skipped:
        report.outcome = "failed"
        report.longrepr = f"Skips are failures here. {report.longrepr}"
    return report


@pytest.fixture(scope="session", autouse=True)
def _each_statement_and_template_is_compiled_once() -> Iterator[None]:
    with compiled_once():
        yield


@pytest.fixture(scope="session")
def policy() -> Policy:
    return load(ROOT / "escalation.toml")


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty, migrated database: SQLite, if the test's mark (`on_both`) names no other."""
    with fresh_url(getattr(request, "param", "sqlite"), tmp_path) as url:
        yield url


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    yield database
    database.close()
