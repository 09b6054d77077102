"""The table at the end of a run: fault × database × form × lost × doubled × passed.

A measurement says which limit it was held to. The last column says what has to hold. Rows travel in
the reports' `user_properties`, so they also arrive from other test processes. If the file already
has rows, the rows of faults outside this run stay.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.faults.verdict import PROPERTY

HEAD = (
    *("fault", "database", "form", "messages", "lost", "doubled", "passed", "seconds", "measured"),
    "passes when",
)
ONLY_ONE = "the only one"
Cells = tuple[str, ...]
BEGIN, END = "<!-- table: begin -->", "<!-- table: end -->"


@dataclass(frozen=True, slots=True)
class Row:
    """The results of one fault on one database, over all tests that make it."""

    number: int
    name: str
    database: str
    form: str
    messages: int
    lost: str
    doubled: str
    passed: bool
    seconds: float
    notes: tuple[str, ...]
    passes: tuple[str, ...]

    def cells(self) -> Cells:
        return (
            f"{self.number}. {self.name}",
            self.database,
            self.form,
            str(self.messages),
            self.lost,
            self.doubled,
            "yes" if self.passed else "NO",
            f"{self.seconds:.0f}",
            "; ".join(self.notes),
            "; ".join(self.passes),
        )


@dataclass(frozen=True, slots=True)
class _Part:
    """One test's share of a row."""

    account: dict[str, Any]
    passed: bool
    seconds: float


def rows_of(reports: Iterable[pytest.TestReport]) -> list[Row]:
    """Sum up the reports, in the order of the faults."""
    found: dict[tuple[int, str], list[_Part]] = {}
    for report in reports:
        if report.when == "call" or report.failed:
            for name, value in getattr(report, "user_properties", ()):
                if name == PROPERTY:
                    assert isinstance(value, dict)
                    key = (value["number"], value["database"])
                    part = _Part(value, report.passed, report.duration)
                    found.setdefault(key, []).append(part)
    return [_summed(*key, parts) for key, parts in sorted(found.items())]


def _summed(number: int, database: str, parts: Sequence[_Part]) -> Row:
    accounts = [part.account for part in parts]
    counted = any(account["counted"] for account in accounts)
    forms = {account["form"] for account in accounts} - {""}
    return Row(
        number=number,
        name=accounts[0]["name"],
        database=database,
        form=" ".join(sorted(forms)) or ONLY_ONE,
        messages=sum(account["messages"] for account in accounts),
        lost=str(sum(account["lost"] for account in accounts)) if counted else "?",
        doubled=str(sum(account["doubled"] for account in accounts)) if counted else "?",
        passed=all(part.passed for part in parts),
        seconds=sum(part.seconds for part in parts),
        notes=tuple(note for account in accounts for note in account["notes"]),
        passes=tuple(dict.fromkeys(account["passes"] for account in accounts)),
    )


def as_text(rows: Sequence[Row]) -> str:
    lines = [HEAD, *(row.cells() for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEAD))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def as_markdown(rows: Iterable[Cells]) -> str:
    lines = [HEAD, tuple("---" for _ in HEAD), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def write(rows: Sequence[Row], file: Path) -> None:
    """Write the table, between the marks of a page or as a file of its own."""
    text = file.read_text() if file.exists() else ""
    before, marked, rest = text.partition(BEGIN)
    inside, _, after = rest.partition(END) if marked else (text, "", "")
    table = as_markdown(_merged(_read(inside), [row.cells() for row in rows]))
    file.write_text(f"{before}{BEGIN}\n\n{table}\n{END}{after}" if marked else table)


def _read(text: str) -> list[Cells]:
    """Return the rows of a table that was written before."""
    lines = [line.split("|")[1:-1] for line in text.splitlines() if line.startswith("| ")]
    cells = [tuple(cell.strip() for cell in line) for line in lines]
    return [line for line in cells if line[0].partition(".")[0].isdigit()]


def _merged(old: Iterable[Cells], new: Iterable[Cells]) -> list[Cells]:
    """Return the new rows, and the old ones without a new one, in the order of the faults."""
    by_fault = {(_number(cells), cells[1]): cells for cells in (*old, *new)}
    return [by_fault[key] for key in sorted(by_fault)]


def _number(cells: Cells) -> int:
    return int(cells[0].partition(".")[0])
