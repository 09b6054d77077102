"""Print the Slack app manifest, for HTTP or for Socket Mode."""

import argparse
import json
from collections.abc import Mapping

from bot.render.manifest import manifest
from commandline.arguments import public_address


def add_arguments(parser: argparse.ArgumentParser) -> None:
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument(
        "--url",
        type=public_address,
        default="https://tocsin.example.com",
        help="the public address of the bot, for HTTP (default: %(default)s)",
    )
    mode.add_argument(
        "--socket-mode", action="store_true", help="for Socket Mode, without an address"
    )


def run(arguments: argparse.Namespace, _environment: Mapping[str, str]) -> int:
    """Print the JSON for 'Create New App', 'From a manifest' in Slack."""
    address = arguments.url + "/slack/events"
    request_url = None if arguments.socket_mode else address
    print(json.dumps(manifest(request_url=request_url), indent=2, ensure_ascii=False))
    return 0
