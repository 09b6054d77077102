"""What runs again and again finds its rows by an index, however long the history is."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from prometheus_client import CollectorRegistry
from sqlalchemy import event

from bot.domain.delivery.lanes import LaneNames
from bot.domain.incidents.lifecycle import ENDED, State
from bot.domain.incidents.severity import Severity
from bot.domain.kinds import TimerKind
from bot.domain.upkeep.retention import Keep
from bot.kinds.messages import MESSAGES
from bot.services.upkeep import canary
from bot.store.access import participants
from bot.store.database import Database
from bot.store.delivery import backlog, claims, outbox
from bot.store.delivery.claims import LEASE
from bot.store.digests import runs
from bot.store.duework import timers
from bot.store.duework.timers import NewTimer
from bot.store.fallback import unsent_pages
from bot.store.incidents import incident_rows, open_list, search, timeline
from bot.store.incidents.recently_ended import ended_ones
from bot.store.paging import pages
from bot.store.transaction import Transaction
from bot.store.upkeep import canary_drills, purge
from bot.store.upkeep.purge import Heap
from bot.worker.metrics.database_metrics import DatabaseMetrics
from tests.databases import on_both
from tests.factories import NOON, WORKSPACE
from tests.store.lanes import a_delivery

pytestmark = on_both

LONG = frozenset(
    {
        "delivery",
        "inbound",
        "incident",
        "paging_run",
        "page",
        "participant",
        "task",
        "timeline_entry",
        "timer",
    }
)
"""Tables that grow with the history."""
TELLS_LITTLE = ("(kind=?)", "(team_id=?)", "(team_id=? AND opened_at<?)")
"""Where only so much of an index is used, all of the history is read by it."""


@contextmanager
def plans(tx: Transaction) -> Iterator[list[str]]:
    """Yield the lines of the plans of all statements that run inside, as they ran."""
    lines: list[str] = []
    prefix = "EXPLAIN QUERY PLAN " if tx.has_one_writer else "EXPLAIN "
    column = 3 if tx.has_one_writer else 0

    def explain(beside: Any, statement: str, given: Any, many: bool) -> None:
        if not many and statement.startswith(("WITH", "SELECT", "UPDATE", "DELETE")):
            beside.execute(prefix + statement, given)
            lines.extend(str(row[column]).strip() for row in beside.fetchall())
        beside.close()

    def executing(_c: Any, cursor: Any, statement: str, given: Any, _x: Any, many: bool) -> None:
        explain(cursor.connection.cursor(), statement, given, many)

    if not tx.has_one_writer:
        # The tables are empty here: nothing is too small for an index.
        tx.connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
    straight = tx.on_driver

    def on_driver(sql: str, values: Sequence[Any]) -> Any:
        explain(tx.cursor(), sql, values[0], len(values) > 1)
        return straight(sql, values)

    event.listen(tx.connection, "before_cursor_execute", executing)
    vars(tx)["on_driver"] = on_driver
    try:
        yield lines
    finally:
        event.remove(tx.connection, "before_cursor_execute", executing)


def whole_tables(lines: list[str]) -> list[str]:
    """The lines that read a long table from end to end."""
    found = []
    for line in lines:
        words = line.replace("->", "").split()
        by_index = "INDEX" in line or "PRIMARY KEY" in line
        if words[:1] == ["SCAN"] and words[1] in LONG and not by_index:
            found.append(line)
        if words[:1] == ["SEARCH"] and words[1] in {*LONG, "old"} and line.endswith(TELLS_LITTLE):
            found.append(line)
        if words[:3] == ["Seq", "Scan", "on"] and words[3] in LONG:
            found.append(line)
    return found


def claim_deliveries(tx: Transaction) -> None:
    outbox.enqueue(tx, WORKSPACE, NOON, [a_delivery("one"), a_delivery("other", "person/U2")])
    assert len(claims.claim(tx, kinds=MESSAGES.args, now=NOON, real=NOON, limit=5)) == 2
    claims.recount(tx, ["a", "b"])


def put_back_what_merges(tx: Transaction) -> None:
    card = replace(a_delivery("card"), merge_key="card:one")
    outbox.enqueue(tx, WORKSPACE, NOON, [card])
    [claimed] = claims.claim(tx, kinds=MESSAGES.args, now=NOON, real=NOON, limit=5)
    assert claims.put_back(tx, claimed, due_at=NOON, real=NOON)


HOT: dict[str, Callable[[Transaction], object]] = {
    "claim deliveries": claim_deliveries,
    "put back what merges": put_back_what_merges,
    "claim timers": lambda tx: timers.claim(tx, now=NOON, real=NOON, limit=5),
    "hold timers": lambda tx: timers.hold(
        tx, now=NOON, real=NOON, limit=5, kinds=[TimerKind.REMINDER]
    ),
    "oldest overdue delivery": lambda tx: backlog.oldest_overdue(tx, NOON, NOON),
    "oldest overdue timer": lambda tx: timers.oldest_overdue(tx, NOON),
    "what waits": lambda tx: backlog.waiting(tx, NOON, NOON),
    "heal": lambda tx: backlog.heal(tx, now=NOON, real=NOON, lease=LEASE),
    "heal timers": lambda tx: timers.heal(tx, now=NOON, real=NOON, lease=LEASE),
    "list": lambda tx: open_list.open_ones(tx, WORKSPACE, reader="U0MEI", limit=30),
    "list mine": lambda tx: open_list.open_ones(tx, WORKSPACE, reader="U0MEI", limit=30, mine=True),
    "list of a team": lambda tx: open_list.open_ones(
        tx, WORKSPACE, reader="U0MEI", limit=30, team="legal"
    ),
    "list overdue": lambda tx: open_list.open_ones(
        tx, WORKSPACE, reader="U0MEI", limit=30, overdue_at=NOON
    ),
    "list of a state": lambda tx: open_list.open_ones(
        tx, WORKSPACE, reader="U0MEI", limit=30, state=State.MONITORING
    ),
    "list closed": lambda tx: ended_ones(tx, WORKSPACE, ENDED, limit=30),
    "search": lambda tx: search.search(tx, WORKSPACE, ["rare", "été", "7"], limit=20),
    "the incident of a channel": lambda tx: incident_rows.by_channel(
        tx, WORKSPACE, "C0ESC1", "1.2"
    ),
    "who is invited": lambda tx: participants.invited_to(tx, "U0MEI", ["one", "two"]),
    "show": lambda tx: timeline.timeline(tx, "one", newest=20),
    "pages that wait for somebody": lambda tx: pages.waiting_for(tx, WORKSPACE, "U0MEI"),
    "digest, incidents": lambda tx: runs.incidents_since(tx, WORKSPACE, NOON, NOON),
    "digest, teams": lambda tx: runs.teams_of(tx, WORKSPACE, NOON, NOON),
    "digest, runs": lambda tx: runs.runs_since(tx, WORKSPACE, NOON, NOON),
    "digest, tasks": lambda tx: runs.tasks_open_or_done_since(tx, WORKSPACE, NOON),
    "pages that Slack does not take": lambda tx: unsent_pages.overdue(
        tx, NOON, NOON, {Severity.P1: timedelta(minutes=1)}, ["U0PRIYA", "U0TOM"], 100
    ),
    "what Slack does not take, looked at again": lambda tx: unsent_pages.still_unsent(
        tx, "one", ["page", "run"]
    ),
    "when a gateway took a page": lambda tx: unsent_pages.reached_at(tx, "one"),
    "the last canary that succeeded": canary_drills.last_success,
    "the newest canary": lambda tx: canary_drills.newest_before(tx, NOON),
    "a canary that failed": lambda tx: canary.failed(tx, NOON, timedelta(minutes=15)),
    "old canaries": lambda tx: canary_drills.remove_old(tx, NOON),
    "messages past Slack": lambda tx: unsent_pages.fallback_waits(tx, NOON),
}


@pytest.mark.parametrize("heap", Heap)
def test_a_sweep_walks_an_index(db: Database, heap: Heap) -> None:
    long_ago = NOON - timedelta(days=999)
    with db.transaction() as tx:
        timers.plan(tx, WORKSPACE, long_ago, [NewTimer(TimerKind.REMINDER, "one", "0", long_ago)])
        outbox.enqueue(tx, WORKSPACE, long_ago, [a_delivery("one")])
    with db.transaction() as tx, plans(tx) as lines:
        purge.sweep(tx, heap, Keep(), now=NOON, real=NOON)
    assert whole_tables(lines) == []


@pytest.mark.parametrize("name", HOT)
def test_no_long_table_is_read_whole(db: Database, name: str) -> None:
    with db.transaction() as tx, plans(tx) as lines:
        HOT[name](tx)
    assert lines
    assert whole_tables(lines) == []


def test_an_incident_is_found_by_the_index_of_those_that_have_a_channel(db: Database) -> None:
    with db.transaction() as tx, plans(tx) as lines:
        incident_rows.by_channel(tx, WORKSPACE, "C0ESC1", "1.2")
    assert len([line for line in lines if "ix_incident_channel" in line]) >= 2, lines


def test_claims_of_due_work_go_by_the_index_of_what_is_due(db: Database) -> None:
    with db.transaction() as tx, plans(tx) as lines:
        timers.claim(tx, now=NOON, real=NOON, limit=5)
    assert any("ix_timer_due" in line for line in lines), lines
    assert any("ix_timer_page_step" in line for line in lines), lines
    assert not any("sqlite_autoindex_timer_2" in line for line in lines), lines
    with db.transaction() as tx, plans(tx) as lines:
        timers.hold(tx, now=NOON, real=NOON, limit=5, kinds=[TimerKind.REMINDER])
    assert any("ix_timer_due" in line for line in lines), lines


def test_the_head_of_a_lane_is_found_by_the_index_of_what_is_unsent(db: Database) -> None:
    with db.transaction() as tx, plans(tx) as lines:
        claim_deliveries(tx)
    heads = [line for line in lines if "ix_delivery_lane" in line]
    assert len(heads) >= 3, lines
    assert any("ix_lane_pending" in line for line in lines), lines


def test_a_crowd_that_is_due_is_not_sorted_for_each_batch(db: Database) -> None:
    """Whatever PostgreSQL expects: nobody has counted these rows yet, as after an outage."""
    due = [NewTimer(TimerKind.REMINDER, str(number), "0", NOON) for number in range(10_000)]
    with db.transaction() as tx:
        timers.plan(tx, WORKSPACE, NOON, due)
        with plans(tx) as lines:
            timers.hold(tx, now=NOON, real=NOON, limit=5, kinds=[TimerKind.REMINDER])
            timers.claim(tx, now=NOON, real=NOON, limit=5)
    assert not [line for line in lines if "Sort" in line], lines


def test_a_sweep_deletes_by_keys_not_by_a_range(db: Database) -> None:
    """PostgreSQL guesses how many rows a range has, and reads the whole table where it guesses
    wrong; SQLite does not guess.
    """
    long_ago = NOON - timedelta(days=999)
    with db.transaction() as tx:
        outbox.enqueue(tx, WORKSPACE, long_ago, [a_delivery("one")])
    with db.transaction() as tx, plans(tx) as lines:
        purge.sweep(tx, Heap.DELIVERIES, Keep(), now=NOON, real=NOON)
    found = [line for line in lines if "Index Cond" in line or "SEARCH old" in line]
    assert any("id)::text = ANY" in line or "(id=?)" in line for line in found), lines


def test_a_scrape_of_the_metrics_reads_no_long_table_whole(db: Database) -> None:
    """All that it runs, as it runs it: whatever is added to it is looked at too."""
    standing, found = DatabaseMetrics(CollectorRegistry(), LaneNames()), list[str]()
    reading = db.reading

    @contextmanager
    def watched() -> Iterator[Transaction]:
        with reading() as tx, plans(tx) as lines:
            yield tx
        found.extend(lines)

    vars(db)["reading"] = watched
    standing.measure(db, NOON, NOON)
    assert len(found) >= 3
    assert whole_tables(found) == []
