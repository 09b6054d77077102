"""Resources that tests share: databases, the shipped policy; and a rule about skips."""

import gc
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
from tests.databases import KINDS, fresh_url
from tests.faults import table

# How long an example takes is the machine's affair, and no failure.
settings.register_profile("tocsin", deadline=None)
settings.load_profile("tocsin")

pytest_plugins = ["tests.browser", "tests.programs"]

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
TOGETHER = ("tests/e2e/", "tests/playground/page/", "tests/commandline/test_demo_seed.py")
"""One worker takes all of these: they share what is costly, or would be too much side by side."""
LONGEST = ("tests/bench/test_smoke.py",)
"""A minute on its own. It begins first: at the end, the other workers would wait for it."""
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
    """Choose the faults that were asked for, with all the tests that make them."""
    if config.getoption("--soak"):
        # It takes as long as it takes, also where a test limits its short form.
        for item in items:
            item.add_marker(pytest.mark.timeout(0), append=False)
    if wanted := config.getoption("--fault"):
        chosen = [item for item in items if _makes(item, wanted)]
        config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
        items[:] = chosen
    if "PYTEST_XDIST_WORKER" in os.environ:
        items[:] = _mixed(items)


class _Together(LoadScopeScheduling):
    """By path: what xdist adds to the ids of what it groups by a mark is lost with pytest 9.2."""

    def _split_scope(self, nodeid: str) -> str:
        return next((place for place in TOGETHER if nodeid.startswith(place)), nodeid)

    def mark_test_complete(
        self, node: WorkerController, item_index: int, duration: float = 0
    ) -> None:
        """Forget what is done: it would be counted again after each of the thousands to come."""
        super().mark_test_complete(node, item_index, duration)
        scope = self._split_scope(self.registered_collections[node][item_index])
        if all(self.assigned_work[node][scope].values()):
            del self.assigned_work[node][scope]


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    return _Together(config, log)


def _mixed(items: list[pytest.Item]) -> list[pytest.Item]:
    """All folders side by side, each in its order: several at once, some wait while others work."""
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
    """What is there by now stays: the collector need not look through it again and again.

    Nor for what each test makes: it took a twentieth of the time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def _makes(item: pytest.Item, faults: list[int]) -> bool:
    return any(mark.args[0] in faults for mark in item.iter_markers("fault"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What became of each fault; nothing where none was made."""
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
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where everything is installed (TOCSIN_NO_SKIPS), a skipped test hides a gap: it fails."""
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


@pytest.fixture(params=KINDS)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty, migrated database: every test that uses it runs on SQLite and on PostgreSQL."""
    with fresh_url(request.param, tmp_path) as url:
        yield url


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    yield database
    database.close()
