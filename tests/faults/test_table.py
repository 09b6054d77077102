"""The table of the faults: a run that made some of them keeps the rows of the others."""

from pathlib import Path

import pytest

from tests.faults import table
from tests.faults.verdict import PROPERTY, Account, Verdict

PAGE = f"# Faults\n\nBefore.\n\n{table.BEGIN}\n\n{table.END}\n\nAfter.\n"


def report(
    number: int,
    database: str,
    *,
    form: str = "",
    lost: int = 0,
    outcome: str = "passed",
    passes: str = "once",
    took: float | None = None,
) -> pytest.TestReport:
    made = pytest.TestReport("a test", ("a file", 1, "a test"), {}, "passed", None, "call")
    made.outcome = "passed" if outcome == "passed" else "failed"
    made.duration = 1.4
    account = Account(number, f"Fault {number}", passes, database, form)
    verdict = Verdict(account, made.user_properties, long=form == "long")
    verdict.add(3, lost=lost, doubled=0)
    if took is not None:
        verdict.within("there after", took, 30)
    assert made.user_properties[0][0] == PROPERTY
    return made


def written(page: Path, *reports: pytest.TestReport) -> list[str]:
    table.write(table.rows_of(reports), page)
    return [line for line in page.read_text().splitlines() if line.startswith("| ")][2:]


@pytest.mark.parametrize("text", [PAGE, ""], ids=["a page with marks", "a file of its own"])
def test_a_run_of_some_faults_keeps_the_rows_of_the_others(tmp_path: Path, text: str) -> None:
    page = tmp_path / "faults.md"
    page.write_text(text)
    first = written(page, *(report(n, "SQLite", form="short") for n in (1, 9, 13)))
    assert len(first) == 3
    second = written(page, report(9, "SQLite", form="long"), report(9, "PostgreSQL", form="long"))
    assert [second[0], second[3]] == [first[0], first[2]]
    assert second[1:3] == [
        "| 9. Fault 9 | PostgreSQL | long | 3 | 0 | 0 | yes | 1 |  | once |",
        "| 9. Fault 9 | SQLite | long | 3 | 0 | 0 | yes | 1 |  | once |",
    ]
    if text:
        assert page.read_text().startswith("# Faults\n\nBefore.\n\n")
        assert page.read_text().endswith(f"{table.END}\n\nAfter.\n")


def test_a_row_sums_up_all_tests_of_a_fault(tmp_path: Path) -> None:
    """It is as long as its longest test, and passed where all of them did."""
    made = [report(2, "SQLite"), report(2, "SQLite", form="long", lost=1, outcome="failed")]
    [row] = written(tmp_path / "faults.md", *made)
    assert row == "| 2. Fault 2 | SQLite | long | 6 | 1 | 0 | NO | 3 |  | once |"
    [row] = written(tmp_path / "faults.md", report(2, "SQLite"))
    assert f"| {table.ONLY_ONE} |" in row


def test_a_row_says_what_has_to_hold_and_to_which_bound_it_was_held(tmp_path: Path) -> None:
    made = [
        report(9, "SQLite", took=40.0, passes="in order"),
        report(9, "SQLite", passes="within 30 s"),
    ]
    [row] = written(tmp_path / "faults.md", *made)
    measured = "there after 40.0 s (only reported here; held to 30 s in the long form)"
    assert row.endswith(f"| {measured} | in order; within 30 s |")
    [row] = written(tmp_path / "faults.md", report(9, "SQLite", form="long", took=20.0))
    assert row.endswith("| there after 20.0 s (held to 30 s) | once |")
    with pytest.raises(AssertionError):
        report(9, "SQLite", form="long", took=31.0)
