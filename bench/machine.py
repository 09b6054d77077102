"""The machine and the day of a measurement. Without them, a figure says nothing."""

import os
import platform
import sqlite3
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.extent import FULL, Extent


@dataclass(frozen=True, slots=True)
class Machine:
    cores: int
    processor: str
    memory_gb: int
    python: str
    sqlite: str
    system: str
    load: float
    measured_at: str
    shortened: bool

    @property
    def sentence(self) -> str:
        """Return the sentence that a reader of the figures needs."""
        short = ", shortened run" if self.shortened else ""
        return (
            f"{self.measured_at}: {self.cores} cores ({self.processor}), {self.memory_gb} GB, "
            f"{self.system}, Python {self.python}, SQLite {self.sqlite}, PostgreSQL from its "
            f"Python package; load before the run {self.load:.1f}{short}."
        )

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


_LOAD_AT_START = os.getloadavg()[0]


def about(extent: Extent) -> Machine:
    """Describe this machine."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return Machine(
        cores=os.cpu_count() or 0,
        processor=_processor(),
        memory_gb=round(memory / 2**30),
        python=platform.python_version(),
        sqlite=sqlite3.sqlite_version,
        system=f"{platform.system()} {platform.machine()}",
        load=_LOAD_AT_START,
        measured_at=f"{datetime.now(UTC):%Y-%m-%d}",
        shortened=extent is not FULL,
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or "unknown"
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or "unknown"
