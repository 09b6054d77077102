"""Tests. Importing this package scrubs the environment and makes the folders that tests need."""

import os
import shutil
import tempfile
from pathlib import Path

# Nothing of the machine's own settings reaches a test.
_SETTINGS = ("DATABASE_URL", "PORT", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
for name in [*os.environ]:
    if name.startswith("SLACK_") or name.lower().endswith("_proxy") or name in _SETTINGS:
        del os.environ[name]

# Databases are made, synced and thrown away a thousand times: in memory where there is room, the
# tests wait for no disk. Nothing that a test kills is the machine itself.
_MEMORY = Path("/dev/shm")
_ROOM = 4 * 2**30
if "TMPDIR" not in os.environ and _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ROOM:
    os.environ["TMPDIR"] = tempfile.tempdir = str(_MEMORY)

# PostgreSQL runs as a user of its own when we are root: it has to be able to enter this folder.
FOLDER = Path(tempfile.gettempdir()) / f"tocsin-tests-{os.getuid()}"
FOLDER.mkdir(exist_ok=True)
FOLDER.chmod(0o755)
# The PostgreSQL package asks for a private runtime folder when it is imported, and warns without.
_RUNTIME = FOLDER / "runtime"
_RUNTIME.mkdir(exist_ok=True)
_RUNTIME.chmod(0o700)
os.environ.setdefault("XDG_RUNTIME_DIR", str(_RUNTIME))
