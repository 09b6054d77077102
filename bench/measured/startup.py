"""The time from a process's start until it is ready, and its memory then and later.

`starts_of` takes any database's address, so a long history is measured the same way.
"""

from collections.abc import Iterator

from bench.extent import Extent
from bench.figures import Figure, typical
from bench.measured.ack import order
from bench.stage.databases import KINDS, LABEL, Databases
from bench.stage.processes import LoadGenerator, Started, started_bot
from bench.stage.slack import Slack

GROUP = "Start-up, and memory"
_CONNECTIONS = 4
_MOST_SECONDS, MOST_MB = 2.0, 150.0


def measure(
    extent: Extent, load: LoadGenerator, slack: Slack, databases: Databases
) -> list[Figure]:
    """Measure a cold start on an empty database of each kind."""
    figures: list[Figure] = []
    for kind in KINDS:
        with databases.fresh(kind) as url:
            figures += figures_of(LABEL[kind], url, extent, load, slack)
    return figures


def figures_of(
    label: str, url: str, extent: Extent, load: LoadGenerator, slack: Slack
) -> Iterator[Figure]:
    """Start a few times, then open incidents and measure the memory again."""
    yield from starts_of(GROUP, f"{label}, ready", url, extent, slack)
    with started_bot(url, slack.api_url) as started:
        at_first = started.resident()
        _open(started, extent, load)
        later = started.resident()
    opened = f"after {extent.opened_for_memory:,} escalations opened"
    yield Figure(GROUP, f"{label}, resident when ready", at_first, "MB", goal=MOST_MB)
    yield Figure(GROUP, f"{label}, resident {opened}", later, "MB", goal=MOST_MB)


def starts_of(group: str, name: str, url: str, extent: Extent, slack: Slack) -> Iterator[Figure]:
    """Start a few times on any database."""
    slack.delay(0)
    slack.clear()
    seconds = []
    for _ in range(extent.rounds):
        with started_bot(url, slack.api_url) as started:
            seconds.append(started.seconds)
    yield Figure(group, name, typical(seconds), "s", goal=_MOST_SECONDS)


def _open(started: Started, extent: Extent, load: LoadGenerator) -> None:
    each = extent.opened_for_memory // _CONNECTIONS
    answer = load.send(
        **order(started.base, connections=_CONNECTIONS, each=each, expect="ESC-"),
    )
    # A few refusals by a busy machine change nothing about the memory.
    if answer["failed"] > extent.opened_for_memory // 100:
        raise SystemExit(f"{answer['failed']} of {extent.opened_for_memory} openings failed.")
