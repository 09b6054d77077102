"""The arithmetic of the benchmarks, and the table that comes of it."""

import json
from pathlib import Path

import pytest

from bench.__main__ import measured_part
from bench.account import Account, write_parts
from bench.extent import SMOKE
from bench.figures import Figure, compared, paired_ratio, percentile, rate, table, typical
from bench.machine import about


def test_a_percentile_is_a_value_that_was_measured() -> None:
    values = [float(number) for number in range(100, 0, -1)]
    assert [percentile(values, share) for share in (0.5, 0.95, 0.99, 1.0)] == [50, 95, 99, 100]
    assert percentile([7.0], 0.5) == percentile([7.0], 0.99) == 7


def test_the_highest_percentile_of_a_few_is_the_slowest() -> None:
    assert percentile([1.0, 2.0, 30.0], 0.99) == 30


def test_nothing_measured_is_no_percentile() -> None:
    with pytest.raises(ValueError, match="no values"):
        percentile([], 0.5)


def test_one_bad_round_does_not_move_the_typical_one() -> None:
    assert typical([2.0, 2.2, 90.0]) == 2.2


def test_each_round_is_compared_with_its_own_baseline() -> None:
    # The machine was half as fast in the second round: both halves took twice as long.
    assert paired_ratio([5.0, 10.0, 5.0], [1.0, 2.0, 1.0]) == 5


def test_a_round_without_a_baseline_is_refused() -> None:
    with pytest.raises(ValueError, match="baseline"):
        paired_ratio([1.0, 2.0], [1.0])


def test_what_has_a_baseline_has_a_ratio_and_what_has_none_is_bounded_itself() -> None:
    ours, base = [5.0, 10.0, 5.0], [1.0, 2.0, 1.0]
    assert compared("Acks", "one", ours, "ms", base, "a bare app", 4.0) == Figure(
        "Acks", "one", 5.0, "ms", ratio=5.0, against="a bare app", goal=4.0
    )
    assert compared("Acks", "one", ours, "ms", None, "a bare app", 4.0) == Figure(
        "Acks", "one", 5.0, "ms", goal=4.0
    )


def test_a_rate_counts_neither_the_first_nor_the_last_tenth() -> None:
    steady = [number / 10 for number in range(100)]
    assert rate(steady) == pytest.approx(10)
    late = [*steady[:90], *(moment + 100 for moment in steady[90:])]
    assert rate(late) == pytest.approx(10)


def test_too_few_events_have_no_rate() -> None:
    with pytest.raises(ValueError, match="too few"):
        rate([1.0])


def a_figure(value: float = 4.0, **given: object) -> Figure:
    return Figure(**({"group": "Acks", "name": "one", "value": value, "unit": "ms"} | given))  # type: ignore[arg-type]


def test_a_goal_bounds_the_ratio_where_there_is_one() -> None:
    assert a_figure(900.0, ratio=4.9, goal=5.0).reached is True
    assert a_figure(1.0, ratio=5.1, goal=5.0).reached is False
    assert a_figure(299.0, goal=300.0).reached is True
    assert a_figure(0.1, ratio=0.31, goal=0.3, direction="at least").reached is True
    assert a_figure(0.1, ratio=0.29, goal=0.3, direction="at least").reached is False
    assert a_figure().reached is None


def test_the_table_says_plainly_what_falls_short() -> None:
    figures = [
        a_figure(ratio=5.5, against="a bare ack", goal=5.0),
        a_figure(1234.5, name="two", goal=2000.0),
        a_figure(group="Others", name="three"),
    ]
    lines = table(figures).splitlines()
    assert lines[0] == "### Acks"
    assert [cell.strip() for cell in lines[4].strip("|").split("|")] == [
        "one",
        "4 ms",
        "5.50 ×",
        "a bare ack",
        "at most 5 ×",
        "**short**",
    ]
    assert "1,234 ms" in lines[5]
    assert "at most 2,000 ms" in lines[5]
    assert "reached" in lines[5]
    assert "### Others" in lines


def test_the_table_is_aligned() -> None:
    lines = table([a_figure(), a_figure(name="a much longer name")]).splitlines()[2:]
    assert len({len(line) for line in lines}) == 1


ORDER = ("ack", "pages", "history")


@pytest.fixture
def document(tmp_path: Path) -> Path:
    made = tmp_path / "performance.md"
    made.write_text("Goals\n<!-- figures: begin -->\n\n<!-- figures: end -->\nReasons\n")
    return made


def test_new_figures_take_the_place_of_the_old_ones(document: Path) -> None:
    for day in ("Monday", "Tuesday"):
        write_parts(document, {"ack": (f"{day}: 2 cores.", "### Acks\n\n| 1 |")}, ORDER)
    assert document.read_text() == (
        "Goals\n<!-- figures: begin -->\n\n<!-- part: ack. Tuesday: 2 cores. -->\n\n"
        "Tuesday: 2 cores.\n\n### Acks\n\n| 1 |\n\n<!-- figures: end -->\nReasons\n"
    )


def test_a_part_that_was_not_measured_keeps_its_figures_and_its_day(document: Path) -> None:
    whole = {name: ("Monday.", f"### {name}\n\n| 1 |") for name in reversed(ORDER)}
    write_parts(document, whole, ORDER)
    assert document.read_text().count("\nMonday.\n") == 1, "said once for all three"
    write_parts(document, {"pages": ("Tuesday.", "### pages\n\n| 2 |")}, ORDER)
    told = [line for line in document.read_text().splitlines() if line and line[0] != "<"]
    assert told == [
        *("Goals", "Monday.", "### ack", "| 1 |", "Tuesday.", "### pages", "| 2 |"),
        *("Monday.", "### history", "| 1 |", "Reasons"),
    ]


def test_a_document_without_a_place_for_figures_is_left_alone(tmp_path: Path) -> None:
    document = tmp_path / "performance.md"
    document.write_text("Goals\n")
    with pytest.raises(SystemExit):
        write_parts(document, {"ack": ("Monday.", "new")}, ORDER)
    assert document.read_text() == "Goals\n"


def test_what_failed_is_told_beside_what_was_measured(document: Path) -> None:
    account = Account(about(SMOKE))

    def failing() -> list[Figure]:
        raise SystemExit("Only 3 of 4 pages came.")

    measured_part(account, "ack", lambda: [a_figure()])
    measured_part(account, "pages", failing)
    account.write_document(document, ORDER)
    file = document.with_suffix(".json")
    account.write_json(file)
    told = json.loads(file.read_text())
    assert [figure["name"] for figure in told["figures"]] == ["one"]
    assert told["failed"] == {"pages": "SystemExit: Only 3 of 4 pages came."}
    assert "### Acks" in document.read_text()
    assert "part: pages" not in document.read_text()
