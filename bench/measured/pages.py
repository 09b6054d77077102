"""From the command to the pages: how long until Slack has the pages of three teams."""

import time
from contextlib import ExitStack

from bench.extent import Extent
from bench.figures import Figure, percentile, typical
from bench.measured.ack import order
from bench.stage.databases import KINDS, LABEL, Databases
from bench.stage.processes import LoadGenerator, bot
from bench.stage.slack import CALL_SECONDS, Answered, Slack

GROUP = "Command → pages, Slack at 100 ms a call"
TEAMS = 3
# A person gets one message a second. The next incident waits until people may get another.
_BETWEEN = 1.1
_PATIENCE = 20.0
_MOST_CALLS, _MOST_MS = 2.5, 300.0


def measure(
    extent: Extent, load: LoadGenerator, slack: Slack, databases: Databases
) -> list[Figure]:
    """Open incidents one at a time, alternating between the databases. Then open many at once."""
    slack.delay(0)
    slack.clear()
    with ExitStack() as stack:
        bases = {}
        for kind in KINDS:
            url = stack.enter_context(databases.fresh(kind))
            bases[kind] = stack.enter_context(bot(url, slack.api_url))
        slack.until_introduced(len(KINDS))
        slack.delay(CALL_SECONDS)
        figures = _one_at_a_time(extent, load, slack, bases)
        figures += _at_once(extent, load, bases)
    return figures


def _one_at_a_time(
    extent: Extent, load: LoadGenerator, slack: Slack, bases: dict[str, str]
) -> list[Figure]:
    reached: dict[str, list[float]] = {kind: [] for kind in KINDS}
    for _ in range(extent.openings):
        for kind in KINDS:
            slack.clear()
            answer = load.send(**order(bases[kind], connections=1, each=1, expect="ESC-"))
            (sent_at,) = answer["sent_at"].values()
            log = slack.until(lambda log: len(_pages(log)) >= TEAMS, _PATIENCE)
            pages = _pages(log)
            if len(pages) < TEAMS:
                raise SystemExit(f"Only {len(pages)} of {TEAMS} pages came ({LABEL[kind]}).")
            reached[kind].append((max(page.at for page in pages) - sent_at) / CALL_SECONDS)
        time.sleep(_BETWEEN)
    return [
        Figure(
            GROUP,
            f"one escalation at a time, {LABEL[kind]}, last of {TEAMS} pages accepted, p{share}",
            percentile(reached[kind], share / 100) * CALL_SECONDS * 1_000,
            "ms",
            ratio=percentile(reached[kind], share / 100),
            against="one Slack call",
            goal=_MOST_CALLS,
        )
        for kind in KINDS
        for share in (50, 99)
    ]


def _pages(log: list[Answered]) -> list[Answered]:
    return [call for call in log if call.is_page]


def _at_once(extent: Extent, load: LoadGenerator, bases: dict[str, str]) -> list[Figure]:
    last: dict[str, list[float]] = {kind: [] for kind in KINDS}
    for _ in range(extent.bursts):
        for kind in KINDS:
            answer = load.send(
                **order(bases[kind], connections=extent.burst_size, each=1, expect="ESC-")
            )
            if answer["failed"]:
                raise SystemExit(f"{answer['failed']} of the openings at once failed.")
            last[kind].append(max(answer["latencies"]) * 1_000)
            time.sleep(_BETWEEN)
    return [
        Figure(
            GROUP,
            f"{extent.burst_size} opened at once, {LABEL[kind]}, last ack",
            typical(last[kind]),
            "ms",
            goal=_MOST_MS,
        )
        for kind in KINDS
    ]
