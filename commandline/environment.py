"""Reads settings from `.env` and the environment. The environment takes precedence."""

import io
import os
from collections.abc import Mapping
from pathlib import Path

from dotenv import dotenv_values
from dotenv.parser import parse_stream

from bot.configuration.settings import SettingsError

FILE = Path(".env")


def environment() -> Mapping[str, str]:
    """Return `.env` with the environment over it. Raises SettingsError if `.env` is unusable."""
    return {**settings_file(), **os.environ}


def settings_file() -> Mapping[str, str]:
    """Return the settings in `.env`. Raises SettingsError if it is unreadable or malformed."""
    try:
        if FILE.is_dir():
            raise SettingsError(".env is a folder: expected a file of lines such as PORT=3000.")
        if FILE.is_symlink() and not FILE.exists():
            raise SettingsError(".env is a link that leads nowhere: mend or remove it.")
        text = FILE.read_text(encoding="utf-8-sig") if FILE.exists() else ""
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise SettingsError(f".env, line {line}: expected UTF-8 text. Save it as UTF-8.") from None
    except OSError as error:
        raise SettingsError(
            f".env cannot be read: {error.strerror}. Give the user that runs Tocsin the right to "
            "read it."
        ) from None
    _check_lines(text)
    found = dotenv_values(stream=io.StringIO(text))
    return {name: value for name, value in found.items() if value is not None}


def _check_lines(text: str) -> None:
    """Raise SettingsError for a line that sets nothing, which dotenv would skip.

    The message does not quote the line, because it may hold a secret.
    """
    for part in parse_stream(io.StringIO(text)):
        if part.error or (part.key is not None and part.value is None):
            said = part.original.string
            line = part.original.line + said[: -len(said.lstrip())].count("\n")
            raise SettingsError(f".env, line {line}: expected NAME=value, such as PORT=3000.")
