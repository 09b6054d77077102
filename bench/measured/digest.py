"""The weekly digest of many incidents, against plain SQL and f-strings with the same text."""

import time
from collections.abc import Callable
from datetime import datetime
from typing import ParamSpec

from bench.baselines import plain_digest
from bench.extent import Extent
from bench.figures import Figure, compared
from bench.stage import seeding
from bench.stage.databases import KINDS, LABEL, Databases
from bench.stage.processes import LoadGenerator
from bench.stage.slack import Slack
from bot.domain.act import by_the_bot
from bot.policy import Policy
from bot.render.digests import digest_message as rendering
from bot.render.text.templates import Templates
from bot.render.wording import Wording
from bot.services.digests import digest
from bot.store.database import Database

_ROUNDS = 5
Args = ParamSpec("Args")


def measure(
    extent: Extent, _load: LoadGenerator, _slack: Slack, databases: Databases
) -> list[Figure]:
    """Read, count and render. The first run of each side does not count."""
    rules = seeding.policy()
    wording = Wording(rules, Templates())
    figures = []
    for kind in KINDS:
        with databases.fresh(kind) as url:
            db = Database(url)
            now = seeding.some_weeks(db, rules, extent.incidents)
            ours, plain = [], []
            _ours(db, rules, wording, now)
            _plain(db, rules, now)
            for _ in range(_ROUNDS):
                ours.append(_timed(_ours, db, rules, wording, now))
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
    """Return milliseconds."""
    begun = time.perf_counter()
    call(*args, **named)
    return (time.perf_counter() - begun) * 1_000


def _ours(db: Database, rules: Policy, wording: Wording, now: datetime) -> int:
    view = digest.preview(db, rules, by_the_bot(seeding.WORKSPACE, now), None)
    return len(rendering.digest(wording, view).blocks)


def _plain(db: Database, rules: Policy, now: datetime) -> str:
    return "\n".join(plain_digest.lines(db, rules, seeding.WORKSPACE.team_id, now))
