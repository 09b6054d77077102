"""The release before this one, as it was shipped: its code runs beside today's.

`git archive <its commit> app.py escalation.toml bot handlers commandline templates migrations`
made the file; the next release replaces it.
"""

import tarfile
from pathlib import Path

VERSION = "0.1.0"
_ARCHIVE = Path(__file__).parent / "releases" / f"tocsin-{VERSION}.tar.xz"


def unpacked(folder: Path) -> Path:
    """Unpack it; return the folder in which its `app.py` lies."""
    there = folder / f"tocsin-{VERSION}"
    with tarfile.open(_ARCHIVE) as archive:
        archive.extractall(there, filter="data")
    return there
