"""Caches compiled templates in a `__pycache__` beside them, as Python does for its modules.

Compiling all of them takes a quarter of the start-up time. If the cache cannot be written or the
templates have changed, they are compiled again.
"""

import sys
from contextlib import suppress
from functools import cache
from hashlib import sha256
from pathlib import Path

import jinja2
from jinja2.bccache import Bucket, FileSystemBytecodeCache

from bot.domain.times import durations
from bot.render.text import mrkdwn

_FOLDER = "__pycache__"


class CompiledTemplate(FileSystemBytecodeCache):
    """A cache for one way of escaping: the same template compiles to different code in another."""

    def __init__(self, templates: Path, way: str) -> None:
        super().__init__(str(templates / _FOLDER), f"%s.{way}.{sys.implementation.cache_tag}.bin")
        self._templates = templates

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        return ".".join(Path(filename).relative_to(self._templates).parts) if filename else name

    def get_source_checksum(self, source: str) -> str:
        return sha256(f"{_made_by()}\n{source}".encode()).hexdigest()

    def load_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            super().load_bytecode(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            Path(self.directory).mkdir(exist_ok=True)
            super().dump_bytecode(bucket)


@cache
def _made_by() -> str:
    """Hash what else the compiled code depends on: Jinja2 filters constants at compile time."""
    beside = Path(__file__).parent / "templates.py"
    sources = (beside, *(Path(module.__file__ or "") for module in (mrkdwn, durations)))
    made_by = sha256(jinja2.__version__.encode())
    for source in sources:
        made_by.update(source.read_bytes())
    return made_by.hexdigest()
