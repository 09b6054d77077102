"""The weekly digest of many incidents, against plain SQL and f-strings."""

import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from statistics import median
from typing import Any, ParamSpec

from sqlalchemy import text

from bench import seeding
from bench.databases import KINDS, LABEL, Databases
from bench.extent import Extent
from bench.figures import Figure, compared
from bench.processes import LoadGenerator
from bench.slack import Slack
from bot.domain.act import by_the_bot
from bot.policy import Policy
from bot.render import digest as rendering
from bot.render.desk import Desk
from bot.render.words import Words
from bot.services import digests
from bot.store.database import Database

_ROUNDS = 5
Args = ParamSpec("Args")


def measure(
    extent: Extent, _load: LoadGenerator, _slack: Slack, databases: Databases
) -> list[Figure]:
    """Read, count and render; the first of each is not counted."""
    rules = seeding.policy()
    desk = Desk(rules, Words())
    figures = []
    for kind in KINDS:
        with databases.fresh(kind) as url:
            db = Database(url)
            now = seeding.some_weeks(db, rules, extent.incidents)
            ours, plain = [], []
            _ours(db, rules, desk, now)
            _plain(db, now)
            for _ in range(_ROUNDS):
                ours.append(_timed(_ours, db, rules, desk, now))
                plain.append(_timed(_plain, db, now))
            db.close()
        figures.append(
            compared(
                f"A digest of {extent.incidents:,} incidents, read, counted and rendered",
                LABEL[kind],
                ours,
                "ms",
                plain,
                "plain SQL and f-strings",
                goal=2.0,
            )
        )
    return figures


def _timed(call: Callable[Args, object], *args: Args.args, **named: Args.kwargs) -> float:
    """Milliseconds."""
    begun = time.perf_counter()
    call(*args, **named)
    return (time.perf_counter() - begun) * 1_000


def _ours(db: Database, rules: Policy, desk: Desk, now: datetime) -> int:
    view = digests.preview(db, rules, by_the_bot(seeding.WORKSPACE, now), None)
    return len(rendering.digest(desk, view.name, view.figures).blocks)


_INCIDENTS = text(
    "SELECT number, title, severity, category, surface, state, tier, opened_at, ended_at "
    "FROM incident WHERE team_id = :team AND opened_at < :now ORDER BY number"
)
_RUNS = text(
    "SELECT team_key, started_at, acked_at FROM paging_run "
    "WHERE team_id = :team AND started_at < :now AND state <> 'cancelled'"
)


def _plain(db: Database, now: datetime) -> str:
    """The least that tells the same: rows, counters, f-strings; nothing masked or escaped."""
    given: dict[str, Any] = {"team": seeding.WORKSPACE.team_id, "now": now}
    if db.is_sqlite:
        given["now"] = f"{now:%Y-%m-%d %H:%M:%S.%f}"
    with db.engine.connect() as connection:
        rows = connection.execute(_INCIDENTS, given).all()
        runs = connection.execute(_RUNS, given).all()
    since = now - timedelta(days=7)
    week = [row for row in rows if _at(row.opened_at, now) >= since]
    closed = [row for row in rows if row.ended_at and _at(row.ended_at, now) >= since]
    still = [row for row in rows if row.ended_at is None]
    lines = [f"{len(week)} opened, {len(closed)} closed, {len(still)} open"]
    for name in ("severity", "category", "surface"):
        opened = Counter(getattr(row, name) for row in week)
        waiting = Counter(getattr(row, name) for row in still)
        lines += [f"{key}: {number}, {waiting[key]} open" for key, number in opened.most_common()]
    weeks = Counter((now - _at(row.opened_at, now)).days // 7 for row in rows)
    lines.append(f"{median(weeks.values())} a week before")
    teams = Counter(run.team_key for run in runs if _at(run.started_at, now) >= since)
    lines += [f"{team}: {number} paged" for team, number in teams.items()]
    oldest = sorted(still, key=lambda row: str(row.opened_at))[:10]
    lines += [f"ESC-{row.number} {row.title} since {row.opened_at}" for row in oldest]
    return "\n".join(lines)


def _at(value: datetime | str, now: datetime) -> datetime:
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment if moment.tzinfo else moment.replace(tzinfo=now.tzinfo)
