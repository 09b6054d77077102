"""Virtual time: the real clock plus an offset that only grows.

Message timestamps come from here, so a whole day can pass in a demo within a second. Signatures,
trigger ids and response URLs use the real clock, because their deadlines concern the network.
"""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from pathlib import Path


class VirtualTime:
    """Shares `offset` with the app under test through a small file of decimal seconds."""

    def __init__(self, offset_file: Path | None = None) -> None:
        self._file = offset_file
        self.offset = 0.0
        if offset_file is not None and offset_file.exists():
            self.offset = float(offset_file.read_text().strip() or 0)
        self._last_ts = 0
        self._write()

    def now(self) -> float:
        """Virtual seconds since 1970."""
        return time.time() + self.offset

    def real_now(self) -> float:
        return time.time()

    def moment(self) -> datetime:
        return datetime.fromtimestamp(self.now(), UTC)

    def advance(self, seconds: float) -> float:
        """Move virtual time forward and return the new offset in seconds."""
        if seconds < 0:
            raise ValueError("time only moves forward")
        self.offset += seconds
        self._write()
        return self.offset

    def next_ts(self) -> str:
        """A message timestamp: microseconds, strictly increasing within the workspace."""
        self._last_ts = max(self._last_ts + 1, int(self.now() * 1_000_000))
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def _write(self) -> None:
        """Replace the file in one step, so that a reader never sees half a number."""
        if self._file is None:
            return
        fresh = self._file.with_suffix(".new")
        fresh.write_text(f"{self.offset:.6f}\n")
        os.replace(fresh, self._file)  # noqa: PTH105 - atomic on every platform
