"""Tests. Importing this package scrubs the environment and makes the folders that tests need."""

import os
import shutil
import tempfile
from pathlib import Path

# No setting of the machine reaches a test.
_SETTINGS = ("DATABASE_URL", "PORT", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
for name in [*os.environ]:
    if name.startswith("SLACK_") or name.lower().endswith("_proxy") or name in _SETTINGS:
        del os.environ[name]

# Tests make, sync and drop a thousand databases. In memory, if there is room, they do not wait for
# a disk. No test kills the machine itself.
_MEMORY = Path("/dev/shm")
_ROOM = 4 * 2**30
if "TMPDIR" not in os.environ and _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ROOM:
    os.environ["TMPDIR"] = tempfile.tempdir = str(_MEMORY)

# If we are root, PostgreSQL runs as a user of its own, who must be able to enter this folder.
FOLDER = Path(tempfile.gettempdir()) / f"tocsin-tests-{os.getuid()}"
FOLDER.mkdir(exist_ok=True)
FOLDER.chmod(0o755)
# The PostgreSQL package wants a private runtime folder when it is imported, and warns without one.
_RUNTIME = FOLDER / "runtime"
_RUNTIME.mkdir(exist_ok=True)
_RUNTIME.chmod(0o700)
os.environ.setdefault("XDG_RUNTIME_DIR", str(_RUNTIME))
