"""Which release this is, and which commit: in the log, the metrics, and what `version` prints.

Git itself is not asked: it refuses a checkout of another user, and may not be installed.
"""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
UNKNOWN = "unknown"
STAMP = "COMMIT"
"""A file that `git archive` fills in. A build without `.git` writes the commit into it."""
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
    """Return the first digits of the commit: the checkout's, or the build's."""
    try:
        found = _checked_out(root / ".git") or _read(root / STAMP)
    except (OSError, ValueError):
        return UNKNOWN
    return found[:_SHOWN] if _HASH.fullmatch(found) else UNKNOWN


def _checked_out(git: Path) -> str:
    """Follow HEAD by hand; empty where there is no checkout."""
    if git.is_file():  # A worktree names its folder.
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
