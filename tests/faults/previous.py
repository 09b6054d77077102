"""The release before this one, as it was shipped: its code runs beside today's.

`git archive <its commit> app.py escalation.toml LICENSE bot handlers commandline templates
migrations | xz -9e` made the file, of the commit that gave the changelog its date; the next release
replaces it, and names the schema that it was shipped with.
"""

import tarfile
from pathlib import Path

VERSION = "0.2.0"
REVISION = "0002"
"""Its schema."""
_ARCHIVE = Path(__file__).parent / "releases" / f"tocsin-{VERSION}.tar.xz"


def unpacked(folder: Path) -> Path:
    """Unpack it; return the folder in which its `app.py` lies."""
    there = folder / f"tocsin-{VERSION}"
    with tarfile.open(_ARCHIVE) as archive:
        archive.extractall(there, filter="data")
    return there
