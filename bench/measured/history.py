"""A long history: finding work, lists and single incidents take as long as with a short one."""

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import count

from bench.extent import Extent
from bench.figures import Figure, percentile
from bench.measured import startup
from bench.measured.ack import order
from bench.stage import long_history, seeding
from bench.stage.databases import KINDS, LABEL, Databases
from bench.stage.long_history import ENTRIES_EACH, READER
from bench.stage.processes import LoadGenerator, started_bot
from bench.stage.slack import Slack
from bot.domain.act import Act, Role
from bot.domain.delivery.delivery_states import DeliveryState, Priority
from bot.domain.ids import UserId
from bot.domain.incidents.results import OpeningDraft
from bot.domain.incidents.severity import Severity
from bot.domain.kinds import DeliveryKind, TimerKind
from bot.domain.upkeep.retention import Keep
from bot.kinds.messages import MESSAGES
from bot.policy import Policy
from bot.services.digests import digest as digests_digest
from bot.services.incidents import home, lists, queries
from bot.services.incidents.opening import open_incident
from bot.store.database import Database
from bot.store.delivery import backlog, claims, outbox
from bot.store.delivery.outbox import Outgoing
from bot.store.duework import timers
from bot.store.duework.timers import NewTimer
from bot.store.upkeep import purge
from bot.store.upkeep.purge import Heap

OPEN = 40
_BYTES_EACH = 12_000
"""Disk space for one finished incident and all its rows, with PostgreSQL's log."""
_CLAIM_MS, _READ_MS, _BATCH_MS, _FLAT = 5.0, 30.0, 20.0, 1.25


@dataclass(frozen=True, slots=True)
class Scene:
    """A database with a long history, some open incidents, and a reader."""

    db: Database
    rules: Policy
    act: Act
    incidents: int
    open_ids: tuple[str, ...]


def measure(
    extent: Extent, load: LoadGenerator, slack: Slack, databases: Databases
) -> list[Figure]:
    databases.need(extent.history * _BYTES_EACH)
    figures = []
    for kind in KINDS:
        with databases.fresh(kind) as url:
            db = Database(url)
            scene = _scene(db, extent)
            figures += [_figure(scene, kind, *row) for row in _measured(scene, extent)]
            db.close()
            figures += _over_http(extent, load, slack, kind, url)
            ready = f"{LABEL[kind]}, start-up to ready"
            figures += startup.starts_of(group(extent.history), ready, url, extent, slack)
    return figures


def group(incidents: int) -> str:
    return (
        f"With {incidents:,} finished escalations and {incidents * ENTRIES_EACH:,} timeline entries"
    )


def _figure(scene: Scene, kind: str, name: str, value: float, goal: float | None) -> Figure:
    return Figure(group(scene.incidents), f"{LABEL[kind]}, {name}", value, "ms", goal=goal)


def _scene(db: Database, extent: Extent) -> Scene:
    rules = seeding.policy()
    long_history.finished(db, rules, extent.history)
    act = Act(seeding.WORKSPACE, UserId(READER), Role.MANAGER, datetime.now(UTC), None)
    drafts = [OpeningDraft(f"Open number {n}", Severity.P1, "other", teams=()) for n in range(OPEN)]
    ids = tuple(open_incident(db, rules, act, draft).head.id for draft in drafts)
    with db.transaction() as tx:
        tx.connection.exec_driver_sql("UPDATE delivery SET state = 'sent' WHERE state = 'due'")
        tx.connection.exec_driver_sql("UPDATE lane SET pending_at = NULL")
    return Scene(db, rules, act, extent.history, ids)


Row = tuple[str, float, float | None]


def _measured(scene: Scene, extent: Extent) -> list[Row]:
    db, rules, act, turns = scene.db, scene.rules, scene.act, extent.history_turns
    past = random.Random(7)

    def number() -> str:
        return f"ESC-{past.randint(1, scene.incidents)}"

    def shown() -> None:
        found = queries.find(db, act, number())
        queries.details(db, act, found.incident_id)

    def counted() -> None:
        with db.reading() as tx:
            backlog.waiting(tx, act.now, act.now)
            timers.oldest_overdue(tx, act.now)

    reads: tuple[tuple[str, Callable[[], object]], ...] = (
        ("list", lambda: lists.listing(db, rules, act, "")),
        ("list mine", lambda: lists.listing(db, rules, act, "mine")),
        ("list team legal", lambda: lists.listing(db, rules, act, "team legal")),
        ("list overdue", lambda: lists.listing(db, rules, act, "overdue")),
        ("show", shown),
        ("the Home tab", lambda: home.home_of(db, act)),
        ("what /metrics counts", counted),
    )
    claimed, plain = _claims(scene, turns)
    rows = _shares("claim of messages", claimed, _CLAIM_MS)
    rows += _shares("a commit of one row, beside these claims", plain, None)
    rows += _shares("claim of due work", _timer_claims(scene, turns), _CLAIM_MS)
    for name, call in reads:
        rows += _shares(name, _times(call, turns), _READ_MS)
    digest = _times(lambda: digests_digest.preview(db, rules, act, None), 3)
    rows.append(("the weekly digest", max(digest), None))
    for words, name in (("number", "a word, newest first"), ("nowhere", "a word that is nowhere")):
        looked = _times(partial(lists.search, db, act, words), 20)
        rows.append((f"search for {name}", max(looked), None))
    for heap, name in ((Heap.DELIVERIES, "messages"), (Heap.TIMERS, "timers")):
        cleared = f"a batch of {purge.BATCH} {name} cleared away"
        rows += _shares(cleared, _sweeps(scene, heap), _BATCH_MS)
    return rows


def _shares(name: str, taken: list[float], goal: float | None) -> list[Row]:
    return [
        (f"{name}, p50", percentile(taken, 0.5), None),
        (f"{name}, p99", percentile(taken, 0.99), goal),
    ]


def _times(call: Callable[[], object], turns: int) -> list[float]:
    call()
    return [_time(call) for _ in range(turns)]


def _time(call: Callable[[], object]) -> float:
    begun = time.perf_counter()
    call()
    return (time.perf_counter() - begun) * 1_000


_numbers = count()


def _claims(scene: Scene, turns: int) -> tuple[list[float], list[float]]:
    """Measure claims and plain commits in turn.

    One page after another is claimed as soon as it exists. Between claims, a commit changes one
    row, to measure the disk alone at that moment.
    """
    now = scene.act.now

    def claim() -> None:
        with scene.db.transaction() as tx:
            claimed.extend(claims.claim(tx, kinds=MESSAGES.args, now=now, real=now, limit=64))

    def commit() -> None:
        with scene.db.transaction() as tx:
            # Another value, because SQLite writes nothing for an unchanged row.
            tx.connection.exec_driver_sql("UPDATE workspace SET newest_number = newest_number + 1")

    taken, plain = [], []
    for _ in range(turns + 1):
        plain.append(_time(commit))
        claimed: list[claims.Claimed] = []
        name = f"claim {next(_numbers)}"
        message = Outgoing(DeliveryKind.NOTICE, Priority.NOTICE, name, "subject", name)
        with scene.db.transaction() as tx:
            outbox.enqueue(tx, seeding.WORKSPACE, now, [message])
        taken.append(_time(claim))
        with scene.db.transaction() as tx:
            for one in claimed:
                claims.finish(tx, one, DeliveryState.SENT, real=now, sent_at=now)
    return taken[1:], plain[1:]


def _timer_claims(scene: Scene, turns: int) -> list[float]:
    now, taken = scene.act.now, []
    for _ in range(turns + 1):
        timer = NewTimer(TimerKind.REMINDER, f"claim {next(_numbers)}", "0", now)
        with scene.db.transaction() as tx:
            timers.plan(tx, seeding.WORKSPACE, now, [timer])
        begun = time.perf_counter()
        with scene.db.transaction() as tx:
            due = timers.claim(tx, now=now, real=now, limit=100)
        taken.append((time.perf_counter() - begun) * 1_000)
        with scene.db.transaction() as tx:
            timers.finish_all(tx, due)
    return taken[1:]


def _sweeps(scene: Scene, heap: Heap, batches: int = 200) -> list[float]:
    """Sweep years of old rows, as after an upgrade from a release that deleted nothing."""
    taken, after = [], ""
    for _ in range(batches):
        begun = time.perf_counter()
        with scene.db.transaction() as tx:
            swept = purge.sweep(
                tx, heap, Keep(), now=scene.act.now, real=scene.act.now, after=after
            )
        taken.append((time.perf_counter() - begun) * 1_000)
        if swept.after is None:
            break
        after = swept.after
    return taken


def _over_http(
    extent: Extent, load: LoadGenerator, slack: Slack, kind: str, url: str
) -> list[Figure]:
    """Measure the same through the whole bot, and its memory before and after."""
    slack.delay(0)
    slack.clear()
    figures = []
    with started_bot(url, slack.api_url) as started:
        slack.until_introduced()
        asked = {"list": "list", "show": f"show ESC-{extent.history // 2}"}
        before = started.resident()
        _ask(load, started.base, "list", extent)
        for name, words in asked.items():
            taken = _ask(load, started.base, words, extent)
            figures.append(
                Figure(
                    group(extent.history),
                    f"{LABEL[kind]}, /escalate {name} over HTTP, p99",
                    percentile(taken, 0.99) * 1_000,
                    "ms",
                    goal=_READ_MS,
                )
            )
        after = started.resident()
    return [*figures, *_memory(extent, kind, before, after)]


def _memory(extent: Extent, kind: str, before: float, after: float) -> Iterator[Figure]:
    what = f"{LABEL[kind]}, memory of the bot"
    yield Figure(group(extent.history), f"{what} when ready", before, "MB", goal=startup.MOST_MB)
    yield Figure(
        group(extent.history),
        f"{what} after all of this",
        after,
        "MB",
        ratio=after / before,
        against="before",
        goal=_FLAT,
    )


def _ask(load: LoadGenerator, base: str, words: str, extent: Extent) -> list[float]:
    asked = {**order(base, connections=1, each=extent.history_turns), "text": words}
    answer = load.send(**asked, expect="ESC-")
    if answer["failed"]:
        raise SystemExit(f"'{words}' was refused {answer['failed']} times.")
    latencies: list[float] = answer["latencies"]
    return latencies
