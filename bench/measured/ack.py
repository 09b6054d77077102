"""The ack of a full `/escalate open`, with everything stored, against a Bolt app that only acks."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from bench.extent import Extent
from bench.figures import Figure, compared, percentile
from bench.stage.databases import KINDS, LABEL, Databases
from bench.stage.processes import LoadGenerator, bare, bot
from bench.stage.slack import CALL_SECONDS, Slack
from bench.stage.slow_slack import TEAM

GROUP = "The ack: `/escalate open p1 <title>`, all checks, committed, three teams to be paged"
CONNECTIONS = (1, 8, 16, 64)
PACED = 0
"""Stands for a number of connections. `PACE` commands a second, at the rate of busy people."""
PACE = 5.0
OPENER = "U0MEI"
_MOST = {("sqlite", 1): 5.0, ("postgresql", 1): 7.0}
_LEAST = {("sqlite", 64): 0.3, ("postgresql", 64): 0.2}

Samples = dict[tuple[str, int], list[tuple[list[float], float]]]


def order(base: str, **more: Any) -> dict[str, Any]:
    """Return the part that all orders to the load generator share."""
    return {
        "url": f"{base}/slack/events",
        "healthy": f"{base}/healthz",
        "team": TEAM,
        "user": OPENER,
        "text": "open p1 bench-{n} A pile-on against a streamer after last night's match",
        **more,
    }


def measure(
    extent: Extent, load: LoadGenerator, slack: Slack, databases: Databases
) -> list[Figure]:
    """Alternate: bare, SQLite, PostgreSQL, bare, and so on. Each has its own process."""
    samples: Samples = defaultdict(list)
    with bare() as bare_base:
        for _ in range(extent.rounds):
            _round(extent, load, samples, "bare", bare_base, "")
            for kind in KINDS:
                slack.delay(0)
                slack.clear()
                with databases.fresh(kind) as url, bot(url, slack.api_url) as base:
                    slack.until_introduced()
                    slack.delay(CALL_SECONDS)
                    _round(extent, load, samples, kind, base, "ESC-")
    return [figure for count in (PACED, *CONNECTIONS) for figure in _figures(samples, count)]


def _round(
    extent: Extent, load: LoadGenerator, samples: Samples, who: str, base: str, expect: str
) -> None:
    # Paced first: after the others, the relay would still work on the rest of their messages.
    for connections in (PACED, *CONNECTIONS):
        how = (
            {"connections": 4, "pace": PACE, "seconds": extent.paced_seconds}
            if connections == PACED
            else {
                "connections": connections,
                "seconds": extent.ack_seconds,
                "warm": extent.ack_warm,
            }
        )
        answer = load.send(**order(base, expect=expect, **how))
        latencies = answer["latencies"]
        if answer["failed"]:
            print(f"{who}, {connections}: {answer['failed']} of {len(latencies)} not in time")
        if not latencies:
            raise SystemExit(f"{who} answered nothing in time.")
        samples[who, connections].append((latencies, len(latencies) / answer["seconds"]))


def _figures(samples: Samples, connections: int) -> Iterator[Figure]:
    many = f"{connections} connection{'' if connections == 1 else 's'}"
    if connections == PACED:
        many = f"{PACE:.0f} a second"
    base = samples["bare", connections]
    yield from _of_one("only an ack", base, many, None, "bare", connections)
    for kind in KINDS:
        yield from _of_one(LABEL[kind], samples[kind, connections], many, base, kind, connections)


def _of_one(
    label: str,
    rounds: list[tuple[list[float], float]],
    many: str,
    base: list[tuple[list[float], float]] | None,
    who: str,
    connections: int,
) -> Iterator[Figure]:
    for share in (50, 95, 99):
        ours = [percentile(latencies, share / 100) * 1_000 for latencies, _ in rounds]
        theirs = [percentile(each, share / 100) * 1_000 for each, _ in base] if base else None
        goal = _MOST.get((who, connections)) if share == 50 else None
        name = f"{many}, {label}, p{share}"
        yield compared(GROUP, name, ours, "ms", theirs, "only an ack", goal)
    if connections == 8 and base:
        middle = [percentile(latencies, 0.5) * 1_000 for latencies, _ in rounds]
        name = f"{many}, {label}, p99 against p50"
        yield compared(GROUP, name, ours, "ms", middle, "its median", goal=5.0)
    if connections == PACED:
        return
    ours = [rate for _, rate in rounds]
    theirs = [rate for _, rate in base] if base else None
    goal, name = _LEAST.get((who, connections)), f"{many}, {label}, requests"
    yield compared(GROUP, name, ours, "a second", theirs, "only an ack", goal, "at least")
