"""What a process measures itself: counts and times for /metrics, signs of life for /readyz."""

import re

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
)

from bot.configuration import release
from bot.domain.incidents.severity import Severity
from bot.domain.kinds import OUTSIDE, DeliveryKind, TimerKind
from bot.time_source import elapsed
from bot.worker.delivery.refusal_streaks import Refusals

_FAST = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0)
_CALL = (0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_LATE = (0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0, 900.0, 3600.0)
_PEOPLE = (15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1800.0, 3600.0, 7200.0, 14400.0)
_BATCH = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0)
_CODE = re.compile(r"[a-z0-9_ ]{1,40}")
_MOST_CODES = 100
TICK, RELAY, FALLBACK, STORE = "tick", "relay", "fallback", "store"


class ProcessMetrics:
    """Labels come from closed sets: no id, name or text ever becomes a label.

    A *sign of life* is the end of a turn that did its work. A *move* is the end of any turn, even
    a failed one, because a loop that keeps failing is not stuck.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.lost_token: str | None = None
        self.refusals = Refusals()
        self._alive: dict[str, float] = {}
        self._moves = {TICK: 0, RELAY: 0, FALLBACK: 0}
        self._codes: set[str] = set()
        for collector in (ProcessCollector, PlatformCollector, GCCollector):
            collector(registry=self.registry)
        said = "Always 1: which release and which commit runs"
        built = self._gauge("tocsin_build_info", said, "version", "commit")
        built.labels(version=release.version(), commit=release.commit()).set(1)
        self._policy = self._gauge("tocsin_policy_info", "Always 1: which policy it uses", "hash")
        self._count_the_outbox()
        self._count_due_work()
        self._time_people()
        self._count_the_outside()
        self._count_the_watch()

    def _counter(self, name: str, said: str, *labels: str) -> Counter:
        return Counter(name, f"{said} (this process)", labels, registry=self.registry)

    def _gauge(self, name: str, said: str, *labels: str) -> Gauge:
        return Gauge(name, f"{said} (this process)", labels, registry=self.registry)

    def _histogram(
        self, name: str, said: str, buckets: tuple[float, ...], *labels: str
    ) -> Histogram:
        said = f"{said} (this process)"
        return Histogram(name, said, labels, buckets=buckets, registry=self.registry)

    def uses_policy(self, digest: str) -> None:
        self._policy.labels(hash=digest).set(1)

    # Messages and due work

    def _count_the_outbox(self) -> None:
        self._deliveries = self._counter(
            "tocsin_deliveries", "Deliveries by outcome", "kind", "outcome"
        )
        for kind in DeliveryKind:
            # Created at start: Prometheus sees no increase when a series first appears with 1.
            self._deliveries.labels(kind=kind, outcome="sent")
        self._claim_seconds = self._histogram(
            "tocsin_claim_seconds", "Time to claim due work", _FAST, "work"
        )
        self._claim_batch = self._histogram(
            "tocsin_claim_batch", "How many were claimed at once", _BATCH, "work"
        )
        self._lateness = self._histogram(
            "tocsin_lateness_seconds",
            "Time from when it was due until Slack accepted it or it was done",
            _LATE,
            "work",
        )
        self._last_claim = self._gauge(
            "tocsin_last_claim_timestamp_seconds", "When the relay last looked for work"
        )
        self._last_fallback = self._gauge(
            "tocsin_last_fallback_timestamp_seconds",
            "When the bot last looked for messages to send outside Slack; 0 if it never does",
        )

    def outcome(self, kind: str, outcome: str) -> None:
        self._deliveries.labels(kind=kind, outcome=self._known(outcome)).inc()
        if outcome == "sent" and kind not in OUTSIDE:
            self.token_good()
            self.refusals.accepted()

    def delivered(self, *, page: bool, late: float) -> None:
        """Slack accepted a message `late` seconds after it was first due."""
        self._lateness.labels(work="page" if page else "message").observe(max(late, 0.0))

    def claimed(self, work: str, count: int, seconds: float) -> None:
        self._claim_seconds.labels(work=work).observe(seconds)
        if count:
            self._claim_batch.labels(work=work).observe(count)

    def relay_turned(self) -> None:
        self._lives(RELAY)
        self._last_claim.set_to_current_time()

    def relay_failed(self) -> None:
        self._moves[RELAY] += 1

    def fallback_turned(self) -> None:
        self._lives(FALLBACK)
        self._last_fallback.set_to_current_time()

    def fallback_failed(self) -> None:
        self._moves[FALLBACK] += 1

    def _count_due_work(self) -> None:
        self._timers = self._counter("tocsin_timers", "Due work done", "kind")
        for kind in TimerKind:
            self._timers.labels(kind=kind)
        self._tick_errors = self._counter(
            "tocsin_tick_errors", "Ticks, or single pieces of due work, that failed"
        )
        self._last_tick = self._gauge(
            "tocsin_last_tick_timestamp_seconds", "When the tick last did its work"
        )
        self._purged = self._counter(
            "tocsin_purged_rows", "Finished rows that were deleted", "table"
        )

    def fired(self, kind: str, late: float) -> None:
        """A piece of due work is done, `late` seconds after it was due."""
        self._timers.labels(kind=kind).inc()
        self._lateness.labels(work="timer").observe(max(late, 0.0))
        self.ticked()

    def ticked(self) -> None:
        self._lives(TICK)
        self._last_tick.set_to_current_time()

    def tick_failed(self) -> None:
        self._moves[TICK] += 1
        self._tick_errors.inc()

    def purged(self, table: str, rows: int) -> None:
        self._purged.labels(table=table).inc(rows)

    # People

    def _time_people(self) -> None:
        self._ack = self._histogram(
            "tocsin_ack_latency_seconds",
            "Time from the page that Slack or a gateway accepted to its acknowledgement",
            _PEOPLE,
            "severity",
        )
        for severity in Severity:
            self._ack.labels(severity=severity)
        self._requests = self._histogram(
            "tocsin_request_seconds",
            "Time to answer a request from Slack",
            _FAST,
            "payload",
            "status",
        )

        self._wrong_signatures = self._counter(
            "tocsin_wrong_signatures", "Requests refused for a wrong or old signature"
        )
        self._events_dropped = self._counter(
            "tocsin_events_dropped", "Minutes in which Slack dropped events"
        )

    def acknowledged(self, severity: Severity, seconds: float) -> None:
        self._ack.labels(severity=severity).observe(max(seconds, 0.0))

    def answered(self, payload: str, status: int, seconds: float) -> None:
        self._requests.labels(payload=payload, status=str(status)).observe(seconds)

    def wrongly_signed(self) -> None:
        self._wrong_signatures.inc()

    def events_dropped(self) -> None:
        self._events_dropped.inc()

    # Slack and the database

    def _count_the_outside(self) -> None:
        self._calls = self._histogram(
            "tocsin_slack_call_seconds", "Time that Slack takes to answer a call", _CALL, "method"
        )
        self._call_errors = self._counter(
            "tocsin_slack_errors", "Calls that Slack did not accept", "method", "code"
        )
        self._token_lost = self._gauge(
            "tocsin_token_lost", "1 while Slack refuses the bot token, else 0"
        )
        self._people_gone = self._gauge(
            "tocsin_people_gone", "People named in the policy who count as gone from Slack"
        )
        self._database_errors = self._counter(
            "tocsin_database_errors", "Times that the database did not answer or could not store"
        )

    def people_gone(self, count: int) -> None:
        self._people_gone.set(count)

    def called(self, method: str, seconds: float, code: str | None) -> None:
        """A call to Slack has ended. `code` is the error if Slack did not accept it."""
        self._calls.labels(method=method).observe(seconds)
        if code is not None:
            self._call_errors.labels(method=method, code=self._known(code)).inc()

    def token_lost(self, code: str) -> None:
        self.lost_token = self._known(code)
        self._token_lost.set(1)

    def token_good(self) -> None:
        self.lost_token = None
        self._token_lost.set(0)

    def database_failed(self) -> None:
        self._database_errors.inc()

    # The watch

    def _count_the_watch(self) -> None:
        self._heartbeats = self._counter(
            "tocsin_heartbeats", "Heartbeats: sent, withheld or failed", "outcome"
        )
        for outcome in ("sent", "withheld", "failed"):
            self._heartbeats.labels(outcome=outcome)
        self._last_heartbeat = self._gauge(
            "tocsin_last_heartbeat_timestamp_seconds", "When a heartbeat was last accepted"
        )
        self._last_store = self._gauge(
            "tocsin_last_store_timestamp_seconds",
            "When the bot last stored something to check that it can",
        )
        self._canaries = self._counter("tocsin_canary_runs", "Canaries by outcome", "outcome")
        for outcome in ("succeeded", "failed"):
            self._canaries.labels(outcome=outcome)
        self._canary_seconds = self._gauge(
            "tocsin_canary_seconds",
            "Time from opening the last canary to each of its steps",
            "step",
        )

    def heartbeat(self, outcome: str) -> None:
        self._heartbeats.labels(outcome=outcome).inc()
        if outcome == "sent":
            self._last_heartbeat.set_to_current_time()

    def canary(self, outcome: str) -> None:
        self._canaries.labels(outcome=outcome).inc()

    def canary_reached(self, step: str, seconds: float) -> None:
        self._canary_seconds.labels(step=step).set(seconds)

    # Signs of life

    def stored(self) -> None:
        """A write succeeded. It is no move: a loop that waits for the database is not stuck."""
        self._alive[STORE] = elapsed().total_seconds()
        self._last_store.set_to_current_time()

    def _lives(self, loop: str) -> None:
        self._alive[loop] = elapsed().total_seconds()
        self._moves[loop] += 1

    def seconds_since(self, loop: str) -> float | None:
        """Return the age of a loop's last sign of life in seconds; None before the first."""
        last = self._alive.get(loop)
        return None if last is None else elapsed().total_seconds() - last

    @property
    def moves(self) -> dict[str, int]:
        """How many turns of each loop have ended, well or badly."""
        return dict(self._moves)

    def _known(self, code: str) -> str:
        """An error code as a label; `other` if it is malformed or beyond `_MOST_CODES`."""
        if code in self._codes:
            return code
        if len(self._codes) >= _MOST_CODES or not _CODE.fullmatch(code):
            return "other"
        self._codes.add(code)
        return code
