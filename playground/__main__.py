"""`python -m playground`: runs the playground in its own process."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from playground.config import PlaygroundConfig
from playground.manifest import Manifest
from playground.state import workspace_file
from playground.web.app import create_app
from playground.web.serving import OwnServer, bound, config_for


def main(argv: list[str] | None = None) -> int:
    options = _parser().parse_args(argv)
    try:
        config = _config(options)
    except (OSError, ValueError) as wrong:
        print(f"playground: {wrong}", file=sys.stderr)
        return 2
    app = create_app(config)
    try:
        listening = bound(options.host, options.port)
    except OSError as wrong:
        print(f"playground: cannot listen on port {options.port}: {wrong}", file=sys.stderr)
        return 2
    port = listening.getsockname()[1]
    app.state.playground.listens_at(options.host, port)
    print(f"playground: http://{options.host}:{port}", flush=True)
    OwnServer(config_for(app), app.state.playground).run(sockets=[listening])
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m playground", description="A local stand-in for a Slack workspace."
    )
    defaults = PlaygroundConfig()
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument(
        "--allow-host",
        action="append",
        default=[],
        metavar="NAME",
        help="a name by which browsers open the page, beside 127.0.0.1 and localhost; repeatable",
    )
    parser.add_argument("--port", type=int, default=8700, help="0: any free port")
    parser.add_argument("--app-url", help="the app's request URL (leave out for Socket Mode)")
    parser.add_argument("--signing-secret", default=defaults.signing_secret)
    parser.add_argument("--bot-token", default=defaults.bot_token)
    parser.add_argument("--app-token", default=defaults.app_token)
    parser.add_argument("--manifest", type=Path, help="the app's manifest, as JSON")
    parser.add_argument("--workspace", type=Path, help="people, groups and channels, as JSON")
    parser.add_argument("--clock-file", type=Path, help="where the time offset is kept")
    parser.add_argument(
        "--retry-scale", type=float, default=1.0, help="shortens the waits between event retries"
    )
    return parser


def _config(options: argparse.Namespace) -> PlaygroundConfig:
    return PlaygroundConfig(
        app_url=options.app_url,
        signing_secret=options.signing_secret,
        bot_token=options.bot_token,
        app_token=options.app_token,
        manifest=Manifest.load(options.manifest) if options.manifest else Manifest(),
        clock_file=options.clock_file,
        workspace=workspace_file.load(options.workspace) if options.workspace else None,
        allowed_hosts=frozenset({options.host, *options.allow_host}),
        retry_scale=options.retry_scale,
    )


if __name__ == "__main__":
    sys.exit(main())
