"""Arguments → one command. A wrong setting or policy is one clear sentence and exit status 2."""

import argparse
import gc
import os
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path

from dotenv import dotenv_values
from sqlalchemy.exc import SQLAlchemyError

from bot.domain.errors import HistoryGone, PolicyError, Refused, StoreUnavailable
from bot.settings import SettingsError

WRONG_INPUT = 2
_COMMANDS = (
    "serve",
    "migrate",
    "doctor",
    "manifest",
    "digest",
    "export",
    "verify",
    "backup",
    "restore",
    "demo",
)


def main(arguments: Sequence[str]) -> int:
    """Run a command and return the exit status."""
    parser = _parser(arguments)
    gc.freeze()
    gc.enable()
    chosen = parser.parse_args(arguments)
    try:
        status: int = chosen.run(chosen, environment())
    except (SettingsError, PolicyError) as error:
        print(error, file=sys.stderr)
        return WRONG_INPUT
    except HistoryGone:
        print(
            "The database file was deleted, moved, replaced, overwritten or cut off while this "
            "command used it. Put it back, then run the command again.",
            file=sys.stderr,
        )
        return 1
    except StoreUnavailable:
        print(
            "The database cannot be reached, or cannot store more. Check DATABASE_URL, that the "
            "server runs, and that its disk has room.",
            file=sys.stderr,
        )
        return 1
    except SQLAlchemyError as error:
        print(
            f"The database cannot be used ({type(error).__name__}). It may not be migrated: run "
            "'python app.py migrate'; 'python app.py doctor' says more.",
            file=sys.stderr,
        )
        return 1
    except Refused as error:
        print(_in_words(error), file=sys.stderr)
        return WRONG_INPUT
    return status


def _in_words(error: Refused) -> str:
    facts = ", ".join(f"{name}: {value}" for name, value in vars(error).items() if value)
    return f"This cannot be done ({type(error).__name__}). {facts}"


def environment() -> Mapping[str, str]:
    """Return the environment over what stands in `.env`; raises SettingsError if it is no text."""
    from_file = {name: value for name, value in _settings_file().items() if value is not None}
    return {**from_file, **os.environ}


def _settings_file() -> Mapping[str, str | None]:
    if Path(".env").is_dir():
        raise SettingsError(".env is a folder: expected a file of lines such as PORT=3000.")
    try:
        return dotenv_values(".env", encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise SettingsError(f".env, line {line}: expected UTF-8 text. Save it as UTF-8.") from None
    except OSError as error:
        raise SettingsError(f".env cannot be read: {error.strerror}.") from None


def _parser(arguments: Sequence[str]) -> argparse.ArgumentParser:
    """Import the command that is meant, and all of them only where a person asks what there is."""
    meant = [name for name in _COMMANDS if [name] == [*arguments[:1]]]
    parser = argparse.ArgumentParser(
        prog="app.py", description="Tocsin, an escalation bot for Trust & Safety teams on Slack."
    )
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for name in meant or _COMMANDS:
        module = import_module(f"commandline.{name}")
        summary = (module.__doc__ or "").strip().splitlines()[0]
        command = commands.add_parser(name, help=summary, description=module.__doc__)
        module.add_arguments(command)
        command.set_defaults(run=module.run)
    return parser
