"""`python -m bench`: measures everything, prints the table, and writes it to a file on request."""

import argparse
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path

from bench.account import DOCUMENT, Account
from bench.baselines import schedulers
from bench.extent import FULL, QUICK, SMOKE, Extent
from bench.figures import Figure, table
from bench.machine import about
from bench.measured import ack, burst, digest, history, pages, relaying, startup, timers
from bench.stage.databases import Databases, databases
from bench.stage.processes import LoadGenerator, load_generator
from bench.stage.slack import Slack, slow_slack

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
    account = Account(about(extent))
    with ExitStack() as stack:
        load = stack.enter_context(load_generator())
        slack = stack.enter_context(slow_slack())
        store = stack.enter_context(databases())
        for name, measurement in MEASUREMENTS.items():
            if not arguments.only or name in arguments.only:
                measured_part(account, name, partial(measurement, extent, load, slack, store))
                _written(account, arguments)
    print(f"\n{account.machine.sentence}\n\n{table(account.figures)}\n")
    return 1 if account.failed else 0


def measured_part(account: Account, name: str, measurement: Callable[[], list[Figure]]) -> None:
    """Measure one part. If it fails, the other parts are still measured."""
    print(f"measuring: {name}", file=sys.stderr, flush=True)
    begun = time.monotonic()
    try:
        account.measured[name] = measurement()
    except (SystemExit, Exception) as error:  # noqa: BLE001
        # Any error: it must not lose half an hour of other figures.
        traceback.print_exc()
        account.failed[name] = f"{type(error).__name__}: {error}"
    account.seconds[name] = time.monotonic() - begun
    print(f"  {account.seconds[name]:.0f} s", file=sys.stderr, flush=True)


def _written(account: Account, arguments: argparse.Namespace) -> None:
    """Write the account after each part. A run that is ended early leaves what it has."""
    if arguments.write_docs:
        account.write_document(DOCUMENT, list(MEASUREMENTS))
    if arguments.json:
        account.write_json(arguments.json)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--quick", action="store_true", help="less of everything: some minutes")
    length.add_argument("--smoke", action="store_true", help="a few of each: does it all run?")
    parser.add_argument(
        "--history",
        type=int,
        metavar="ESCALATIONS",
        help="so many finished escalations, for 'history' (a full run has a million)",
    )
    parser.add_argument("--only", nargs="+", choices=sorted(MEASUREMENTS), metavar="PART")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures as JSON too")
    parser.add_argument(
        "--write-docs", action="store_true", help=f"put what was measured into {DOCUMENT.name}"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
