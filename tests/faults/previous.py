"""The release before this one, as it was shipped. Its code runs beside today's.

`git archive <its commit> app.py escalation.toml LICENSE bot handlers commandline templates
migrations | xz -9e` made the file. The commit is the one that gave the changelog its date. The next
release replaces the file, and names the schema that it was shipped with.
"""

import tarfile
from pathlib import Path

VERSION = "0.2.0"
REVISION = "0002"
"""The schema of that release."""
_ARCHIVE = Path(__file__).parent / "releases" / f"tocsin-{VERSION}.tar.xz"


def unpacked(folder: Path) -> Path:
    """Unpack it. Return the folder that contains its `app.py`."""
    there = folder / f"tocsin-{VERSION}"
    with tarfile.open(_ARCHIVE) as archive:
        archive.extractall(there, filter="data")
    return there
