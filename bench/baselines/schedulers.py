"""Due work compared with an APScheduler job store: as many jobs as are due, as fast as possible."""

import asyncio
import threading
import time
from datetime import UTC, datetime, timedelta

from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler

from bench.extent import Extent
from bench.figures import Figure, compared, typical
from bench.measured.timers import reminders
from bench.stage import seeding
from bench.stage.databases import KINDS, LABEL, Databases
from bench.stage.processes import LoadGenerator
from bench.stage.slack import Slack
from bot.concurrency.threads import Threads
from bot.kinds.due_work import DUE_WORK, TICKING
from bot.services.duework import firing
from bot.store.database import Database
from bot.store.duework import timers
from bot.time_source import TimeSource
from bot.worker.duework.tick import TOGETHER, Tick
from bot.worker.loop import Gear
from bot.worker.metrics.process_metrics import ProcessMetrics
from bot.worker.timings import Timings

GROUP = "Due work against an APScheduler job store, all due at one moment"
_JOBS_SHARE = 10
"""The job store gets a tenth as many jobs, because a thousand take it seconds."""
_PATIENCE = 120.0
_AT_LEAST = 20.0


def measure(
    extent: Extent, _load: LoadGenerator, _slack: Slack, databases: Databases
) -> list[Figure]:
    """Measure empty work on both sides, then our side with the work of a reminder."""
    figures = []
    for kind in KINDS:
        ours, empty, theirs = [], [], []
        for _ in range(extent.rounds):
            with databases.fresh(kind) as url:
                empty.append(_claimed_and_done(url, extent.burst))
            with databases.fresh(kind) as url:
                ours.append(_ours(url, extent.burst))
            with databases.fresh(kind) as url:
                theirs.append(_theirs(url, extent.burst // _JOBS_SHARE, grace=None)[0])
        with databases.fresh(kind) as url:
            done = _theirs(url, extent.burst // _JOBS_SHARE, grace=1)[1]
        name = f"{LABEL[kind]}, APScheduler as it comes, done of {extent.burst // _JOBS_SHARE:,}"
        figures.append(Figure(GROUP, name, done, "jobs"))
        figures += _figures(kind, empty, ours, theirs)
    return figures


def _figures(kind: str, empty: list[float], ours: list[float], theirs: list[float]) -> list[Figure]:
    label, unit, job = LABEL[kind], "a second", "an empty job"
    peer = f"{label}, APScheduler, an empty job, no grace"
    done = f"{label}, claimed and done, none dropped"
    reminded = f"{label}, reminders, with their messages in the outbox"
    return [
        Figure(GROUP, peer, typical(theirs), unit),
        compared(GROUP, done, empty, unit, theirs, job, _AT_LEAST, "at least"),
        compared(GROUP, reminded, ours, unit, theirs, job),
    ]


def _claimed_and_done(url: str, count: int) -> float:
    db, now, done = Database(url), datetime.now(UTC), 0
    reminders(db, count, now, [now - timedelta(seconds=1)] * count)
    begun = time.perf_counter()
    while due := _take(db, now):
        done += due
    spent = time.perf_counter() - begun
    db.close()
    if done != count:
        raise SystemExit(f"{done} of {count} timers were done ({url.split(':')[0]}).")
    return count / spent


def _take(db: Database, now: datetime) -> int:
    """Take reminders and tasks as the tick does, without the work that follows from them."""
    with db.transaction() as tx:
        due = timers.hold(tx, now=now, real=now, limit=TOGETHER, kinds=firing.together(DUE_WORK))
        timers.end(tx, due)
    return len(due)


def _ours(url: str, count: int) -> float:
    db, now = Database(url), datetime.now(UTC)
    reminders(db, count, now, [now - timedelta(seconds=1)] * count)
    spent = asyncio.run(_ticked(db))
    with db.reading() as tx:
        done = tx.connection.exec_driver_sql(
            "SELECT count(*) FROM delivery WHERE kind = 'reminder'"
        ).scalar_one()
    db.close()
    if done != count:
        raise SystemExit(f"{done} of {count} reminders were done ({url.split(':')[0]}).")
    return count / spent


async def _ticked(db: Database) -> float:
    threads = Threads(one_writer=db.is_sqlite)
    tick = Tick(
        Gear(db, seeding.policy(), TimeSource(), threads, ProcessMetrics(), Timings()),
        list,
        TICKING,
    )
    begun = time.perf_counter()
    while _due(db):
        await tick.turn()
    spent = time.perf_counter() - begun
    threads.close()
    return spent


def _due(db: Database) -> bool:
    with db.reading() as tx:
        first = "SELECT 1 FROM timer WHERE state = 'due' LIMIT 1"
        return tx.connection.exec_driver_sql(first).first() is not None


class _Done:
    """Counts jobs. A job store keeps a function's name, so the counter must be in a module."""

    lock = threading.Lock()
    count = 0


def job() -> None:
    with _Done.lock:
        _Done.count += 1


def _theirs(url: str, count: int, *, grace: int | None) -> tuple[float, int]:
    """Return jobs a second, and how many were done. Both sides use the same engine."""
    db = Database(url)
    _Done.count = 0
    scheduler = BackgroundScheduler(
        jobstores={"default": SQLAlchemyJobStore(engine=db.engine)}, timezone=UTC
    )
    scheduler.start(paused=True)
    due = datetime.now(UTC) + timedelta(seconds=1 + count / 100)
    for number in range(count):
        scheduler.add_job(job, "date", run_date=due, id=str(number), misfire_grace_time=grace)
    time.sleep(max((due - datetime.now(UTC)).total_seconds(), 0))
    begun = time.perf_counter()
    scheduler.resume()
    until = begun + _PATIENCE
    while scheduler.get_jobs() and time.perf_counter() < until:
        time.sleep(0.02)
    spent = time.perf_counter() - begun
    scheduler.shutdown()
    db.close()
    return _Done.count / spent, _Done.count
