"""The account of the measurements. docs/performance.md keeps each part until its next measurement.

A comment names each part. It has the machine and the day of the measurement as a sentence. The
reader sees the sentence only if it differs from the one above it.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.figures import Figure, table
from bench.machine import Machine
from bench.stage.processes import ROOT

DOCUMENT = ROOT / "docs" / "performance.md"
_BEGIN, _END = "<!-- figures: begin -->", "<!-- figures: end -->"
_PART = re.compile(r"^<!-- part: (\w+)\. (.+) -->\n", re.MULTILINE)


@dataclass(slots=True)
class Account:
    """The results of one run so far."""

    machine: Machine
    measured: dict[str, Sequence[Figure]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    """The reason for each failed part."""

    @property
    def figures(self) -> list[Figure]:
        return [figure for part in self.measured.values() for figure in part]

    def as_json(self) -> dict[str, Any]:
        return {
            **self.machine.as_json(),
            "seconds": {name: round(spent) for name, spent in self.seconds.items()},
            "failed": self.failed,
            "figures": [figure.as_json() for figure in self.figures],
        }

    def write_json(self, file: Path) -> None:
        file.write_text(json.dumps(self.as_json(), indent=2) + "\n")

    def write_document(self, document: Path, order: Sequence[str]) -> None:
        sentence = self.machine.sentence
        tables = {name: table(figures) for name, figures in self.measured.items()}
        write_parts(document, {name: (sentence, told) for name, told in tables.items()}, order)


def write_parts(document: Path, parts: Mapping[str, tuple[str, str]], order: Sequence[str]) -> None:
    """Replace each part's sentence and table. The rest of the document stays."""
    text = document.read_text()
    before, begin, rest = text.partition(_BEGIN)
    kept, end, after = rest.partition(_END)
    if not begin or not end:
        raise SystemExit(f"{document.name} has no '{_BEGIN}' … '{_END}' to write between.")
    all_parts = {**_parts(kept), **parts}
    told = _told({name: all_parts[name] for name in order if name in all_parts})
    document.write_text(f"{before}{_BEGIN}\n\n{told}\n\n{_END}{after}")


def _parts(text: str) -> dict[str, tuple[str, str]]:
    marks = [*_PART.finditer(text)]
    ends = [*(mark.start() for mark in marks), len(text)][1:]
    found = {}
    for mark, end in zip(marks, ends, strict=True):
        name, sentence = mark.groups()
        shown = text[mark.end() : end].strip()
        found[name] = (sentence, shown.removeprefix(sentence).strip())
    return found


def _told(parts: Mapping[str, tuple[str, str]]) -> str:
    blocks, above = [], ""
    for name, (sentence, figures) in parts.items():
        shown = figures if sentence == above else f"{sentence}\n\n{figures}"
        blocks.append(f"<!-- part: {name}. {sentence} -->\n\n{shown}")
        above = sentence
    return "\n\n".join(blocks)
