"""The release and the commit, for the log, the metrics and the `version` command.

This module does not call Git: Git refuses another user's checkout, and may not be installed.
"""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
UNKNOWN = "unknown"
STAMP = "COMMIT"
"""A file that `git archive` fills in. A build without `.git` writes its commit here."""
_HASH = re.compile(r"[0-9a-f]{40,64}")
_SHOWN = 12


def version(root: Path = ROOT) -> str:
    """Return the version in `pyproject.toml`."""
    try:
        project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    except (OSError, ValueError, KeyError):
        return UNKNOWN
    return str(project["version"])


def commit(root: Path = ROOT) -> str:
    """Return the first digits of the commit, from the checkout or from the `COMMIT` file."""
    try:
        found = _checked_out(root / ".git") or _read(root / STAMP)
    except (OSError, ValueError):
        return UNKNOWN
    return found[:_SHOWN] if _HASH.fullmatch(found) else UNKNOWN


def _checked_out(git: Path) -> str:
    """Return the commit that HEAD leads to; empty if there is no checkout."""
    if git.is_file():  # In a worktree, `.git` is a file that names the folder.
        git = git.parent / _read(git).removeprefix("gitdir: ")
    head = _read(git / "HEAD")
    if not head.startswith("ref: "):
        return head
    ref = head.removeprefix("ref: ")
    shared = git / (_read(git / "commondir") or ".")
    return _read(git / ref) or _read(shared / ref) or _packed(shared, ref)


def _packed(git: Path, ref: str) -> str:
    lines = (line.split() for line in _read(git / "packed-refs").splitlines())
    return next((line[0] for line in lines if line[1:] == [ref]), "")


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8").strip() if path.is_file() else ""
