"""The table at the end of a run: fault × database × lost × doubled × passed.

Rows travel in the reports' `user_properties`, so they arrive from other test processes as well.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.faults.verdict import PROPERTY

HEAD = ("fault", "database", "messages", "lost", "doubled", "passed", "measured")


@dataclass(frozen=True, slots=True)
class Row:
    """What came of one fault on one database, over all tests that make it."""

    number: int
    name: str
    database: str
    messages: int
    lost: str
    doubled: str
    passed: bool
    notes: tuple[str, ...]

    def cells(self) -> tuple[str, ...]:
        return (
            f"{self.number}. {self.name}",
            self.database,
            str(self.messages),
            self.lost,
            self.doubled,
            "yes" if self.passed else "NO",
            "; ".join(self.notes),
        )


def rows_of(reports: Iterable[pytest.TestReport]) -> list[Row]:
    """Sum the reports up, in the order of the faults."""
    found: dict[tuple[int, str], list[tuple[dict[str, Any], bool]]] = {}
    for report in reports:
        if report.when == "call" or report.failed:
            for name, value in getattr(report, "user_properties", ()):
                if name == PROPERTY:
                    assert isinstance(value, dict)
                    key = (value["number"], value["database"])
                    found.setdefault(key, []).append((value, report.passed))
    return [_summed(*key, parts) for key, parts in sorted(found.items())]


def _summed(number: int, database: str, parts: Sequence[tuple[dict[str, Any], bool]]) -> Row:
    counted = any(account["counted"] for account, _ in parts)
    return Row(
        number=number,
        name=parts[0][0]["name"],
        database=database,
        messages=sum(account["messages"] for account, _ in parts),
        lost=str(sum(account["lost"] for account, _ in parts)) if counted else "?",
        doubled=str(sum(account["doubled"] for account, _ in parts)) if counted else "?",
        passed=all(passed for _, passed in parts),
        notes=tuple(note for account, _ in parts for note in account["notes"]),
    )


def as_text(rows: Sequence[Row]) -> str:
    lines = [HEAD, *(row.cells() for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEAD))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def as_markdown(rows: Sequence[Row]) -> str:
    lines = [HEAD, tuple("---" for _ in HEAD), *(row.cells() for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def write(rows: Sequence[Row], file: Path) -> None:
    """Write the table, between the marks of a page or as a file of its own."""
    begin, end = "<!-- table: begin -->", "<!-- table: end -->"
    text = file.read_text() if file.exists() else ""
    before, found, rest = text.partition(begin)
    if found:
        after = rest.partition(end)[2]
        file.write_text(f"{before}{begin}\n\n{as_markdown(rows)}\n{end}{after}")
    else:
        file.write_text(as_markdown(rows))
