"""How many messages a second the relay sends, and how many rows a second it can claim."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
from sqlalchemy.engine import make_url

from bench.extent import Extent
from bench.figures import Figure, compared, rate
from bench.stage import seeding
from bench.stage.databases import KINDS, LABEL, Databases
from bench.stage.processes import LoadGenerator, bot
from bench.stage.slack import CALL_SECONDS, Answered, Slack
from bot.kinds.messages import MESSAGES
from bot.store.database import Database
from bot.store.delivery import claims

GROUP = "The relay, Slack at 100 ms a call, a lane for each message"
CLAIMS = "Claims alone, 64 at a time, against one raw SQL statement"
_AT_LEAST = {"sqlite": 200.0, "postgresql": 300.0}
_PATIENCE = 120.0
_Claims = AbstractContextManager[Callable[[], int]]
"""Claims one batch and returns its size."""
_SOON = timedelta(seconds=2)
_BATCH = 64


def measure(
    extent: Extent, _load: LoadGenerator, slack: Slack, databases: Databases
) -> list[Figure]:
    """Send pages that become due at one moment to different people. Then claim without sending."""
    setups = [("sqlite", 1)]
    setups += [("postgresql", number + 1) for number in range(extent.processes)]
    figures = [
        Figure(
            GROUP,
            f"{LABEL[kind]}, {processes} process{'' if processes == 1 else 'es'}, pages accepted",
            _relayed(extent, slack, databases, kind, processes),
            "a second",
            goal=_AT_LEAST[kind],
            direction="at least",
        )
        for kind, processes in setups
    ]
    return figures + [_claims(extent, databases, kind) for kind in KINDS]


def _relayed(
    extent: Extent, slack: Slack, databases: Databases, kind: str, processes: int
) -> float:
    rules = seeding.policy()
    with databases.fresh(kind) as url, ExitStack() as stack:
        db, now = Database(url), datetime.now(UTC)
        seeding.due_pages(db, rules, extent.pages, now)
        seeding.due_at(db, now + timedelta(days=1))
        slack.delay(0)
        slack.clear()
        for _ in range(processes):
            stack.enter_context(bot(url, slack.api_url))
        # The first of several bots opens the direct messages of everyone on call. The others know
        # them.
        slack.until_introduced()
        slack.delay(CALL_SECONDS)
        seeding.due_at(db, datetime.now(UTC) + _SOON)
        db.close()
        log = slack.until(lambda log: _paged(log) >= extent.pages, _PATIENCE)
    if _paged(log) < extent.pages:
        raise SystemExit(f"Only {_paged(log)} of {extent.pages} pages came ({LABEL[kind]}).")
    return rate([call.at for call in log if call.is_page])


def _paged(log: list[Answered]) -> int:
    return sum(call.is_page for call in log)


def _claims(extent: Extent, databases: Databases, kind: str) -> Figure:
    ours, raw = [], []
    for _ in range(extent.rounds):
        ours.append(_claimed(extent, databases, kind, _ours))
        raw.append(_claimed(extent, databases, kind, _raw))
    name = f"{LABEL[kind]}, claimed and committed"
    return compared(
        CLAIMS, name, ours, "a second", raw, "one raw statement", goal=0.7, direction="at least"
    )


def _claimed(
    extent: Extent, databases: Databases, kind: str, claiming: Callable[[str, datetime], _Claims]
) -> float:
    """Return claims a second, from the first to the last. Indexes, start and end do not count."""
    with databases.fresh(kind) as url:
        now = datetime.now(UTC)
        db = Database(url)
        seeding.due_notices(db, extent.claims, now)
        seeding.counted(db)
        db.close()
        with claiming(url, now) as claim:
            begun, claimed = time.monotonic(), 0
            while taken := claim():
                claimed += taken
            spent = time.monotonic() - begun
    if claimed != extent.claims:
        raise SystemExit(f"{claimed} of {extent.claims} were claimed ({LABEL[kind]}).")
    return claimed / spent


@contextmanager
def _ours(url: str, now: datetime) -> Iterator[Callable[[], int]]:
    db = Database(url)

    def claim() -> int:
        with db.transaction() as tx:
            return len(claims.claim(tx, kinds=MESSAGES.args, now=now, real=now, limit=_BATCH))

    yield claim
    db.close()


_RAW = """UPDATE delivery SET state = 'sending', lease_until = {at}, fence = fence + 1,
attempts = attempts + 1 WHERE id IN (SELECT id FROM delivery WHERE state = 'due' AND due_at <= {at}
ORDER BY due_at, id LIMIT 64 {lock}) RETURNING *"""
_INDEX = "CREATE INDEX bench_due ON delivery (due_at, id) WHERE state = 'due'"


@contextmanager
def _raw(url: str, now: datetime) -> Iterator[Callable[[], int]]:
    """Claim as a queue without lanes would, directly through the driver and with its own index."""
    db = Database(url)
    if db.is_sqlite:
        connection = db.engine.raw_connection()
        statement, moment = _RAW.format(at="?", lock=""), now.strftime("%Y-%m-%d %H:%M:%S.%f")
        parameters: tuple[Any, ...] = (moment, moment)
    else:
        connection = psycopg.connect(make_url(url).render_as_string(hide_password=False))  # type: ignore[assignment]
        statement = _RAW.format(at="%s", lock="FOR UPDATE SKIP LOCKED")
        parameters = (now, now)
    cursor = connection.cursor()
    cursor.execute(_INDEX)
    connection.commit()

    def claim() -> int:
        cursor.execute(statement, parameters)
        rows = cursor.fetchall()
        connection.commit()
        return len(rows)

    yield claim
    connection.close()
    db.close()
