"""What is set, what is explained, and the results so far."""

import json
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.mutants.covering import digest
from tests.mutants.mutant import About, Mutant
from tests.mutants.trying import Outcome, Tried

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
KEPT = ROOT / "build" / "mutants"


@dataclass(frozen=True)
class Settings:
    """The content of `settings.toml`."""

    modules: list[str]
    left_out: list[str]
    seconds: float
    at_most: float

    @classmethod
    def read(cls) -> "Settings":
        return cls(**tomllib.loads((HERE / "settings.toml").read_text(encoding="utf-8")))


def explained() -> dict[About, str]:
    """Return the changes that no test can notice, with the reason."""
    whole = tomllib.loads((HERE / "explained.toml").read_text(encoding="utf-8"))
    return {
        (one["module"], one["function"], one["was"], one["became"]): one["why"]
        for one in whole.get("mutant", [])
    }


class Results:
    """The results so far, one a line. The last line for a change counts."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._known: dict[tuple[str, About], Outcome] = {}
        self.read()

    def read(self) -> None:
        """Read what another process has added, too."""
        if self._file.exists():
            for line in self._file.read_text(encoding="utf-8").splitlines():
                row = json.loads(line)
                self._known[row["version"], tuple(row["about"])] = Outcome(row["outcome"])

    def of(self, mutant: Mutant) -> Outcome | None:
        return self._known.get((digest(mutant.module.text), mutant.about))

    def add(self, tried: Tried) -> None:
        mutant = tried.mutant
        version = digest(mutant.module.text)
        self._known[version, mutant.about] = tried.outcome
        row: dict[str, Any] = {
            "version": version,
            "about": mutant.about,
            "outcome": tried.outcome,
            "line": mutant.first_line,
            "tests": len(tried.tests),
            "seconds": round(tried.seconds, 1),
        }
        with self._file.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
