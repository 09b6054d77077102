"""The weekly digest of many incidents, against plain SQL and f-strings that say the same."""

import time
from collections.abc import Callable
from datetime import datetime
from typing import ParamSpec

from bench import plain_digest, seeding
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
            _plain(db, rules, now)
            for _ in range(_ROUNDS):
                ours.append(_timed(_ours, db, rules, desk, now))
                plain.append(_timed(_plain, db, rules, now))
            db.close()
        figures.append(
            compared(
                f"A digest of {extent.incidents:,} escalations, read, counted and rendered",
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


def _plain(db: Database, rules: Policy, now: datetime) -> str:
    return "\n".join(plain_digest.lines(db, rules, seeding.WORKSPACE.team_id, now))
