"""What the process knows of itself: counters for /metrics, moments for /readyz."""

from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Gauge

from bot.domain.duework import DeliveryKind


class Figures:
    """Counts by kind and outcome; no id, name or text ever becomes a label."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.last_tick: datetime | None = None
        self.last_claim: datetime | None = None
        self.lost_token: str | None = None
        self._deliveries = Counter(
            "tocsin_deliveries",
            "Deliveries by outcome",
            ["kind", "outcome"],
            registry=self.registry,
        )
        self._timers = Counter("tocsin_timers", "Due work done", ["kind"], registry=self.registry)
        self._tick_errors = Counter(
            "tocsin_tick_errors", "Ticks that failed", registry=self.registry
        )
        self._purged = Counter(
            "tocsin_purged_rows",
            "Rows that were over and have been cleared away",
            ["table"],
            registry=self.registry,
        )
        self.waiting = Gauge(
            "tocsin_outbox_waiting", "Unsent deliveries", ["state"], registry=self.registry
        )
        self.oldest_due = Gauge(
            "tocsin_oldest_overdue_seconds", "Age of the oldest overdue row", registry=self.registry
        )

    def outcome(self, kind: str, outcome: str) -> None:
        self._deliveries.labels(kind=kind, outcome=outcome).inc()
        if outcome == "sent" and kind != DeliveryKind.FALLBACK:
            self.lost_token = None

    def fired(self, kind: str) -> None:
        self._timers.labels(kind=kind).inc()

    def purged(self, table: str, rows: int) -> None:
        self._purged.labels(table=table).inc(rows)

    def ticked(self, real: datetime) -> None:
        self.last_tick = real

    def tick_failed(self) -> None:
        self._tick_errors.inc()

    def relay_turned(self, real: datetime) -> None:
        self.last_claim = real

    def token_lost(self, code: str) -> None:
        self.lost_token = code
