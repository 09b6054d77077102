"""Arguments → one command. A wrong setting or policy is one clear sentence and exit status 2."""

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
"""As a shell reports a program that SIGINT or SIGPIPE ended."""
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
"""They need none, so that a wrong one is none of their business."""
_WARNING = frozenset({"serve", "doctor"})
"""They tell of a misspelt setting in their own way: in the log, as a finding."""


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
        # `.env` may name them, and the gateways' libraries look nowhere else.
        os.environ.update(Proxies.of(settings).for_libraries(settings))
    status: int = chosen.run(chosen, settings)
    return status


def _written_out() -> None:
    """Find out now whether it can be: at the very end it would be a traceback."""
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
    """Where the output takes nothing more, what is still in the buffer is for nobody."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, _OUTPUT)
    os.close(nowhere)


def _in_words(error: Refused) -> str:
    facts = ", ".join(f"{name}: {value}" for name, value in vars(error).items() if value)
    return f"This cannot be done ({type(error).__name__}). {facts}"


def _parser(arguments: Sequence[str]) -> argparse.ArgumentParser:
    """Import the command that is meant, and all of them only where a person asks what there is."""
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
