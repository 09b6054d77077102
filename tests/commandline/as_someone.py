"""Commands as real processes, of a user whom the permissions of files bind."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.commandline.examining import ROOT

Ended = subprocess.CompletedProcess[str]
_BOUND = ("setpriv", "--bounding-set=-dac_override,-dac_read_search")
"""Root without what lets it pass over permissions: a file of mode 000 is closed to it, too."""
_EACH = """
import contextlib, io, json, sys
from commandline.main import main
for command in json.loads(sys.argv[1]):
    printed, said = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(said):
        status = main(command.split())
    print(json.dumps([command, status, said.getvalue()]))
"""


def _run(command: Sequence[str], folder: Path, settings: Mapping[str, str]) -> Ended:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    given = {"ESCALATION_POLICY": str(ROOT / "escalation.toml"), "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        command,
        cwd=folder,
        env={**kept, **given, **settings},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def each_of(commands: Sequence[str], folder: Path, **settings: str) -> list[tuple[str, int, str]]:
    """Run one command after another, in one process; return how each ended and what it said."""
    bound = _BOUND if os.geteuid() == 0 else ()
    ended = _run([*bound, sys.executable, "-c", _EACH, json.dumps(commands)], folder, settings)
    assert ended.returncode == 0, ended
    return [tuple(json.loads(line)) for line in ended.stdout.splitlines()]


def app(
    *arguments: str,
    folder: Path,
    into: str = "| cat",
    before: Sequence[str] = (),
    **settings: str,
) -> Ended:
    """Run a command in a folder; the shell leads what it prints into a program or a file."""
    script = f'set -o pipefail; "$@" {into}'
    command = [*before, sys.executable, str(ROOT / "app.py"), *arguments]
    return _run(["bash", "-c", script, "app.py", *command], folder, settings)
