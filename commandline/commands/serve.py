"""Run the bot over HTTP, or in Socket Mode if SLACK_APP_TOKEN is set."""

import argparse
import gc
import logging
from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from pathlib import Path

import uvicorn

from bot.configuration import release
from bot.configuration.database_url import shown
from bot.configuration.setting_names import misspelt
from bot.configuration.settings import Settings, read_settings
from bot.log import setup
from bot.policy import Policy, load
from bot.store.database import Database
from bot.worker.loop import going_on
from bot.worker.timings import Timings
from bot.worker.upkeep.watchdog import Watchdog
from commandline.arguments import seconds
from commandline.database.existing_database import begins_empty, refuse_missing
from commandline.database.migrations import migrate
from commandline.database.sole_user import refuse_half_a_database, sole_user
from commandline.server.client_deadlines import Patience, patient
from commandline.server.listening import check_port
from commandline.server.runtime import Tocsin
from commandline.server.starting import examine, refuse_or_warn
from commandline.server.stopping import Server, end_well
from commandline.server.web import create_app

log = logging.getLogger(__name__)

_GRACE_SECONDS = 10
_NOT_STARTED = 3
"""The status with which uvicorn itself exits if it cannot start."""
_COLLECT_AFTER = 10_000
"""Objects before the youngest generation is collected. An opening makes some hundreds."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--migrate", action="store_true", help="migrate the database first")
    parser.add_argument(
        "--lease",
        type=seconds,
        default=Timings().lease.total_seconds(),
        metavar="SECONDS",
        help="how long a process holds a delivery while it sends it (default: %(default)s); "
        "calls to Slack time out after a third of that",
    )
    # For the demonstration: its playground moves the time.
    parser.add_argument("--time-in-steps", action="store_true", help=argparse.SUPPRESS)


def run(arguments: argparse.Namespace, environment: Mapping[str, str]) -> int:
    """Serve until a stop signal, then exit with 0."""
    end_well()
    settings = read_settings(environment)
    policy = load(settings.policy_path)
    # Check the port and all configured files before the bot starts or creates anything.
    check_port(settings.host, settings.port, "PORT or HOST")
    setup.configure(settings.log_format)
    refuse_or_warn(settings, policy)
    for warning in misspelt(environment):
        log.warning(warning)
    empty = begins_empty(settings.database_url)
    if empty is not None and not arguments.migrate:
        refuse_half_a_database(Path(empty))
        refuse_missing(settings.database_url)
    with sole_user(settings.database_url, create=True):
        if empty is not None:
            log.warning("There was no database: this one is new and empty", extra={"file": empty})
        _run(arguments, settings, policy)
    return 0


def _run(arguments: argparse.Namespace, settings: Settings, policy: Policy) -> None:
    if arguments.migrate:
        db = Database(settings.database_url)
        migrate(db)
        db.close()
    lease = timedelta(seconds=arguments.lease)
    pace = Timings(lease=lease, http_timeout=lease / 3, time_in_steps=arguments.time_in_steps)
    tocsin = Tocsin(settings, policy, pace)
    log.info(
        "Tocsin serves",
        extra={
            "host": settings.host,
            "port": settings.port,
            "mode": "Socket Mode" if settings.socket_mode else "HTTP",
            "database": str(tocsin.db.file.path) if tocsin.db.file else shown(tocsin.db.url),
            "policy": policy.digest,
            "version": release.version(),
            "commit": release.commit(),
        },
    )
    # The objects loaded so far last until the end. Unfrozen, the collector would walk them again
    # and again, for 0.1 s each time, perhaps during an acknowledgement. There is no collection
    # before the freeze: it would find next to nothing and make the start that much longer.
    gc.freeze()
    gc.set_threshold(_COLLECT_AFTER)
    watchdog = Watchdog(lambda: tocsin.figures.moves)
    watchdog.start()
    try:
        _serve(tocsin)
    finally:
        watchdog.stop()


async def _examine(tocsin: Tocsin) -> None:
    with going_on(log, "The checks of the doctor could not be made"):
        await examine(tocsin.settings, tocsin.policy, tocsin.threads.behind().read)


def _serve(tocsin: Tocsin) -> None:
    settings, patience = tocsin.settings, Patience()
    config = uvicorn.Config(
        create_app(tocsin, beside=partial(_examine, tocsin)),
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        http=patient(patience),
        timeout_keep_alive=patience.idle,
        timeout_graceful_shutdown=_GRACE_SECONDS,
        lifespan="on",
        ws="none",
    )
    server = Server(config)
    server.run()
    if not server.started:
        raise SystemExit(_NOT_STARTED)
