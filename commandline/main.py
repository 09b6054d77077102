"""Runs one command. A wrong setting or policy gives a clear message and exit status 2."""

import argparse
import errno
import gc
import os
import sys
from collections.abc import Sequence
from importlib import import_module

from sqlalchemy.exc import SQLAlchemyError

from bot.configuration.setting_names import misspelt
from bot.configuration.settings import SettingsError
from bot.domain.errors import PolicyError, Refused, StoreUnavailable
from bot.network.proxies import Proxies
from commandline.commands.version import in_words
from commandline.environment import environment

WRONG_INPUT = 2
_OUTPUT = 1
INTERRUPTED, READER_GONE = 130, 141
"""The statuses that a shell reports for programs ended by SIGINT and SIGPIPE."""
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
    "version",
)
_WITHOUT_SETTINGS = frozenset({"manifest", "demo", "version"})
"""Commands that need no settings, so a wrong setting must not stop them."""
_WARNING = frozenset({"serve", "doctor"})
"""Commands that report a misspelt setting themselves: in the log, or as a finding."""


def main(arguments: Sequence[str]) -> int:
    """Run a command and return the exit status."""
    parser = _parser(arguments)
    gc.freeze()
    gc.enable()
    try:
        status = _run(parser, arguments)
        _written_out()
    except BrokenPipeError:  # `app.py export | head`
        _leave_unwritten()
        return READER_GONE
    except (SettingsError, PolicyError) as error:
        print(error, file=sys.stderr)
        return WRONG_INPUT
    except StoreUnavailable as error:
        print(f"{error.why} {error.advice}", file=sys.stderr)
        return 1
    except SQLAlchemyError as error:
        print(
            f"The database cannot be used ({type(error).__name__}). 'python app.py doctor' says "
            "more.",
            file=sys.stderr,
        )
        return 1
    except Refused as error:
        print(_in_words(error), file=sys.stderr)
        return WRONG_INPUT
    except OSError as error:
        return _failed(error)
    except KeyboardInterrupt:
        return INTERRUPTED
    return status


def _run(parser: argparse.ArgumentParser, arguments: Sequence[str]) -> int:
    try:
        chosen = parser.parse_args(arguments)
    except SystemExit:  # It has printed the help.
        _written_out()
        raise
    settings = environment() if chosen.reads_settings else os.environ
    if chosen.reads_settings and not chosen.warns_itself:
        for warning in misspelt(settings):
            print(warning, file=sys.stderr)
    if chosen.reads_settings:
        # `.env` may set proxies, but the gateways' libraries read only the environment.
        os.environ.update(Proxies.of(settings).for_libraries(settings))
    status: int = chosen.run(chosen, settings)
    return status


def _written_out() -> None:
    """Flush the output now: an error at interpreter exit would be a traceback."""
    if sys.stdout is not None:
        sys.stdout.flush()


def _failed(error: OSError) -> int:
    if error.filename:
        print(
            f"{error.filename}: {error.strerror}. Check the path, its permissions and its disk.",
            file=sys.stderr,
        )
        return 1 if error.errno == errno.ENOSPC else WRONG_INPUT
    _leave_unwritten()
    print(f"The command could not finish: {error.strerror or error}.", file=sys.stderr)
    return 1


def _leave_unwritten() -> None:
    """Send the rest of the buffer to the null device, because the output accepts no more."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, _OUTPUT)
    os.close(nowhere)


def _in_words(error: Refused) -> str:
    facts = ", ".join(f"{name}: {value}" for name, value in vars(error).items() if value)
    return f"This cannot be done ({type(error).__name__}). {facts}"


def _parser(arguments: Sequence[str]) -> argparse.ArgumentParser:
    """Import only the named command. Import all of them for the general help or an error."""
    meant = [name for name in _COMMANDS if [name] == [*arguments[:1]]]
    parser = argparse.ArgumentParser(
        prog="app.py", description="Tocsin, an escalation bot for Trust & Safety teams on Slack."
    )
    parser.add_argument(
        "--version", action="version", version=in_words(), help="print the version and the commit"
    )
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for name in meant or _COMMANDS:
        module = import_module(f"commandline.commands.{name}")
        summary = (module.__doc__ or "").strip().splitlines()[0]
        command = commands.add_parser(name, help=summary, description=module.__doc__)
        module.add_arguments(command)
        command.set_defaults(
            run=module.run,
            reads_settings=name not in _WITHOUT_SETTINGS,
            warns_itself=name in _WARNING,
        )
    return parser
