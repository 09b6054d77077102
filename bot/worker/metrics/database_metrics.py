"""Measures the work in the database when /metrics is requested: the same in every replica."""

from collections.abc import Callable
from datetime import datetime

from prometheus_client import CollectorRegistry, Gauge
from sqlalchemy.exc import SQLAlchemyError

from bot.domain.delivery.delivery_states import Priority
from bot.domain.delivery.lanes import LaneNames
from bot.domain.errors import StoreUnavailable
from bot.store.database import Database
from bot.store.delivery import backlog, limits
from bot.store.delivery.backlog import Backlog
from bot.store.delivery.limits import RefusedPlace
from bot.store.duework import timers
from bot.store.schema import Schema
from bot.store.upkeep import canary_drills

PAGE, MESSAGE, TIMER = "page", "message", "timer"
_MOST_NAMED = 20
_SHARED = "(of the database, the same in every replica)"


class DatabaseMetrics:
    """Gauges of waiting work. They are empty while the database is away.

    `schema` compares the database's schema with the one this release needs.
    """

    def __init__(
        self,
        registry: CollectorRegistry,
        lane_names: LaneNames,
        schema: Callable[[Database], Schema] = lambda _db: Schema.AS_NEEDED,
    ) -> None:
        self._lane_names = lane_names
        self._schema = schema
        self._up = Gauge(
            "tocsin_database_up",
            "1 when the database answered this question, else 0 (this process)",
            registry=registry,
        )
        self._behind = Gauge(
            "tocsin_schema_behind",
            "1 while the database lacks a migration that this release needs, else 0 (this process)",
            registry=registry,
        )
        self._ahead = Gauge(
            "tocsin_schema_ahead",
            "1 while a newer release has migrated the database, else 0 (this process)",
            registry=registry,
        )
        self._waiting = Gauge(
            "tocsin_outbox_waiting",
            f"Unsent deliveries {_SHARED}",
            ["state", "priority"],
            registry=registry,
        )
        self._oldest = Gauge(
            "tocsin_oldest_overdue_seconds",
            f"Age of the oldest overdue work, 0 when none is {_SHARED}",
            ["work"],
            registry=registry,
        )
        self._refused = Gauge(
            "tocsin_lane_refused",
            f"1 for each lane that Slack refuses while others go on {_SHARED}",
            ["lane", "code"],
            registry=registry,
        )
        self._lanes_refused = Gauge(
            "tocsin_lanes_refused",
            f"How many lanes Slack refuses while others go on {_SHARED}",
            registry=registry,
        )
        self._canary = Gauge(
            "tocsin_canary_last_success_timestamp_seconds",
            f"When a canary last succeeded, 0 when none has {_SHARED}",
            registry=registry,
        )

    def measure(self, db: Database, now: datetime, real: datetime) -> None:
        """Ask the database. This reads unsent and due rows only."""
        try:
            self._show_schema(self._schema(db))
            with db.reading() as tx:
                waiting = backlog.waiting(tx, now, real)
                refused = limits.refused_lanes(tx, real)
                timer = timers.oldest_overdue(tx, now)
                canary = canary_drills.last_success(tx)
        except (StoreUnavailable, SQLAlchemyError):
            # SQLAlchemyError: a migration, and so a table, is missing. The other metrics still
            # work, and /readyz says what is missing.
            self._up.set(0)
            self._waiting.clear()
            self._oldest.clear()
            self._refused.clear()
            return
        self._up.set(1)
        self._canary.set(canary.timestamp() if canary else 0)
        self._show_waiting(waiting)
        self._show_refused(refused)
        since = {PAGE: _oldest(waiting, page=True), MESSAGE: _oldest(waiting, page=False)}
        for work, moment in {**since, TIMER: timer}.items():
            age = (now - moment).total_seconds() if moment is not None else 0.0
            self._oldest.labels(work=work).set(age)

    def _show_schema(self, schema: Schema) -> None:
        self._behind.set(schema is Schema.BEHIND)
        self._ahead.set(schema is Schema.AHEAD)

    def _show_waiting(self, waiting: list[Backlog]) -> None:
        self._waiting.clear()
        for one in waiting:
            self._waiting.labels(state=one.state, priority=_name(one.priority)).set(one.count)

    def _show_refused(self, refused: list[RefusedPlace]) -> None:
        self._lanes_refused.set(len(refused))
        self._refused.clear()
        for one in refused[:_MOST_NAMED]:
            self._refused.labels(lane=self._lane_names.name(one.lane), code=one.code).set(1)


def _name(priority: int) -> str:
    try:
        return Priority(priority).name.lower()
    except ValueError:
        # A priority from a newer release.
        return "other"


def _oldest(waiting: list[Backlog], *, page: bool) -> datetime | None:
    since = [one.since for one in waiting if (one.priority == Priority.PAGE) is page]
    return min((moment for moment in since if moment is not None), default=None)
