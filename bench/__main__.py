"""`python -m bench`: measure everything, print the table, and write it down where asked."""

import argparse
import json
import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from bench import (
    ack,
    burst,
    digest,
    history,
    pages,
    relaying,
    schedulers,
    startup,
    timers,
)
from bench.account import DOCUMENT, write_figures
from bench.databases import Databases, databases
from bench.extent import FULL, QUICK, SMOKE, Extent
from bench.figures import Figure, table
from bench.machine import about
from bench.processes import LoadGenerator, load_generator
from bench.slack import Slack, slow_slack

Measurement = Callable[[Extent, LoadGenerator, Slack, Databases], list[Figure]]

MEASUREMENTS: dict[str, Measurement] = {
    "ack": ack.measure,
    "pages": pages.measure,
    "burst": burst.measure,
    "relay": relaying.measure,
    "digest": digest.measure,
    "startup": startup.measure,
    "timers": timers.measure,
    "schedulers": schedulers.measure,
    "history": history.measure,
}


def main() -> int:
    arguments = _parser().parse_args()
    extent = SMOKE if arguments.smoke else QUICK if arguments.quick else FULL
    if arguments.history:
        extent = replace(extent, history=arguments.history)
    figures: list[Figure] = []
    with ExitStack() as stack:
        load = stack.enter_context(load_generator())
        slack = stack.enter_context(slow_slack())
        store = stack.enter_context(databases())
        for name, measurement in MEASUREMENTS.items():
            if not arguments.only or name in arguments.only:
                print(f"measuring: {name}", file=sys.stderr, flush=True)
                figures += measurement(extent, load, slack, store)
    machine = about(extent)
    print(f"\n{machine.sentence}\n\n{table(figures)}\n")
    if arguments.write_docs:
        write_figures(DOCUMENT, f"{machine.sentence}\n\n{table(figures)}")
    if arguments.json:
        whole = {**machine.as_json(), "figures": [figure.as_json() for figure in figures]}
        arguments.json.write_text(json.dumps(whole, indent=2) + "\n")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--quick", action="store_true", help="less of everything: under a minute")
    length.add_argument("--smoke", action="store_true", help="a few of each: does it all run?")
    parser.add_argument(
        "--history",
        type=int,
        metavar="INCIDENTS",
        help="so many finished incidents, for 'history' (a million takes minutes to seed)",
    )
    parser.add_argument("--only", nargs="+", choices=sorted(MEASUREMENTS), metavar="PART")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures as JSON too")
    parser.add_argument(
        "--write-docs", action="store_true", help=f"rewrite the figures in {DOCUMENT.name}"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
