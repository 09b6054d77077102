"""The demonstration's options, which exclude all settings of the real bot.

A heartbeat from the demonstration would keep the real bot's alarm quiet. And the demonstration
fills its database with made-up escalations.
"""

import argparse
import os
from collections.abc import Mapping
from pathlib import Path

from bot.configuration import database_url
from bot.configuration.setting_names import KNOWN
from bot.configuration.settings import SettingsError
from bot.network.proxies import unusable_proxy
from commandline.checks.findings import listed
from commandline.environment import settings_file

_HIGHEST_PORT = database_url.HIGHEST_PORT


def without_settings(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the environment without the bot's settings and without proxies that it would refuse.

    The demonstration stays on loopback, so it needs no proxy.
    """
    return {
        name: value
        for name, value in environment.items()
        if name not in KNOWN and unusable_proxy({name: value}) is None
    }


def said_of_ignored(environment: Mapping[str, str]) -> str | None:
    """Return a sentence that names the settings the demonstration ignores; None if none."""
    try:
        given = {**settings_file(), **environment}
    except SettingsError:
        given = dict(environment)
    ignored = [name for name in KNOWN if given.get(name)]
    if not ignored:
        return None
    return f"The demo ignores {listed(ignored)}: it has settings of its own."


def check_options(given: argparse.Namespace, folder: Path) -> None:
    """Raise SettingsError for bad options, or options that conflict."""
    problem = None if given.database_url is None else database_url.problem_with(given.database_url)
    if problem is not None:
        raise SettingsError(f"--database-url {problem}")
    if given.replicas > 1 and database_url.sqlite_file(given.database_url or database_url.DEFAULT):
        raise SettingsError("--replicas above 1 needs --database-url with a PostgreSQL database.")
    first = given.bot_port or given.port + 1
    if first + given.replicas - 1 > _HIGHEST_PORT:
        raise SettingsError(f"The bot would need a port above {_HIGHEST_PORT}: choose --bot-port.")
    if first <= given.port < first + given.replicas:
        raise SettingsError("--port and --bot-port overlap: the page and each bot need their own.")
    _check_folder(folder)


def _check_folder(folder: Path) -> None:
    nearest = next(each for each in (folder, *folder.parents) if each.exists())
    if not nearest.is_dir():
        raise SettingsError(f"--folder names {folder}, and {nearest} is not a folder.")
    if not os.access(nearest, os.W_OK | os.X_OK):
        raise SettingsError(f"--folder names {folder}, and nothing can be written to {nearest}.")
