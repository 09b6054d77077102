"""Commands as real processes of a user to whom file permissions apply."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.commandline.examining import ROOT

Ended = subprocess.CompletedProcess[str]
_BOUND = ("setpriv", "--bounding-set=-dac_override,-dac_read_search")
"""Root without the right to ignore permissions. It cannot read a file of mode 000."""
_EACH = """
import contextlib, io, json, os, sys
from commandline.main import main

def each(folder, settings, commands):
    os.chdir(folder)
    os.environ.update(settings)
    for command in commands:
        said = io.StringIO()
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(said):
            status = main(command.split())
        yield command, status, said.getvalue()

with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()):
    main(["--help"])  # It imports all commands, for those that follow.
for line in sys.stdin:
    forked = os.fork()
    if not forked:
        print(json.dumps([*each(**json.loads(line))]), flush=True)
        os._exit(0)
    if os.waitpid(forked, 0)[1]:
        print("null", flush=True)
"""


def _environment(settings: Mapping[str, str]) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    given = {"ESCALATION_POLICY": str(ROOT / "escalation.toml"), "PYTHONPATH": str(ROOT)}
    return {**kept, **given, **settings}


def _run(command: Sequence[str], folder: Path, settings: Mapping[str, str]) -> Ended:
    return subprocess.run(
        command,
        cwd=folder,
        env=_environment(settings),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


class EachOf:
    """Runs one command after another. Each call runs in a fork of one process."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdin
        assert process.stdout
        self._asked, self._told = process.stdin, process.stdout

    def __call__(
        self, commands: Sequence[str], folder: Path, **settings: str
    ) -> list[tuple[str, int, str]]:
        """Return the exit status and the output of each."""
        wanted = {"folder": str(folder), "settings": settings, "commands": commands}
        print(json.dumps(wanted), file=self._asked, flush=True)
        ended = json.loads(self._told.readline())
        assert ended is not None, "it ended with a traceback"
        return [tuple(each) for each in ended]


@contextmanager
def one_process() -> Iterator[EachOf]:
    bound = _BOUND if os.geteuid() == 0 else ()
    command = [*bound, sys.executable, "-c", _EACH]
    with subprocess.Popen(
        command, env=_environment({}), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield EachOf(process)


def app(
    *arguments: str,
    folder: Path,
    into: str = "| cat",
    before: Sequence[str] = (),
    **settings: str,
) -> Ended:
    """Run a command in a folder. The shell redirects its output into a program or a file."""
    script = f'set -o pipefail; "$@" {into}'
    command = [*before, sys.executable, str(ROOT / "app.py"), *arguments]
    return _run(["bash", "-c", script, "app.py", *command], folder, settings)
