"""The arithmetic: percentiles, medians over rounds, ratios, and the table for readers."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any, Literal

Direction = Literal["at most", "at least"]


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured line.

    `value` is in `unit`. `ratio` is to `against`, from the same run. `goal` limits the ratio if
    there is one, or else the value.
    """

    group: str
    name: str
    value: float
    unit: str
    ratio: float | None = None
    against: str = ""
    goal: float | None = None
    direction: Direction = "at most"

    @property
    def bounded(self) -> float:
        return self.value if self.ratio is None else self.ratio

    @property
    def reached(self) -> bool | None:
        """Whether the value reaches the goal. None if there is no goal."""
        if self.goal is None:
            return None
        if self.direction == "at most":
            return self.bounded <= self.goal
        return self.bounded >= self.goal

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "reached": self.reached}


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that has `share` of all values at or below it (nearest rank)."""
    if not values:
        raise ValueError("no values were measured")
    ordered = sorted(values)
    rank = max(1, -(-len(ordered) * share // 1))
    return ordered[min(int(rank), len(ordered)) - 1]


def typical(rounds: Sequence[float]) -> float:
    """Return the median over rounds. The machine drifts, so one round says nothing."""
    return float(median(rounds))


def paired_ratio(ours: Sequence[float], base: Sequence[float]) -> float:
    """Return the median of the rounds' ratios. Each round is compared with its own baseline."""
    if len(ours) != len(base) or not ours:
        raise ValueError("each round needs its own baseline")
    return float(median(mine / theirs for mine, theirs in zip(ours, base, strict=True)))


def rate(moments: Sequence[float], trim: float = 0.1) -> float:
    """Return events a second, without the first and the last tenth, which are ramps."""
    ordered = sorted(moments)
    cut = int(len(ordered) * trim)
    kept = ordered[cut : len(ordered) - cut]
    if len(kept) < 2 or kept[-1] <= kept[0]:
        raise ValueError("too few events for a rate")
    return (len(kept) - 1) / (kept[-1] - kept[0])


def compared(
    group: str,
    name: str,
    ours: Sequence[float],
    unit: str,
    base: Sequence[float] | None,
    against: str,
    goal: float | None = None,
    direction: Direction = "at most",
) -> Figure:
    """Return the typical value of some rounds, and its ratio to their baseline, if any."""
    if base is None:
        return Figure(group, name, typical(ours), unit, goal=goal, direction=direction)
    ratio = paired_ratio(ours, base)
    return Figure(group, name, typical(ours), unit, ratio, against, goal, direction)


def table(figures: Sequence[Figure]) -> str:
    """Format the figures as one Markdown table for each group. A terminal shows it well too."""
    parts = []
    for group in dict.fromkeys(figure.group for figure in figures):
        rows = [_cells(figure) for figure in figures if figure.group == group]
        parts.append(f"### {group}\n\n" + _laid_out([_HEAD, *rows]))
    return "\n\n".join(parts)


_HEAD = ("", "measured", "ratio", "to", "goal", "")


def _cells(figure: Figure) -> tuple[str, ...]:
    goal = "" if figure.goal is None else f"{figure.direction} {_short(figure.goal)}"
    if figure.goal is not None:
        goal += f" {figure.unit}" if figure.ratio is None else " ×"
    return (
        figure.name,
        f"{_short(figure.value)} {figure.unit}",
        "" if figure.ratio is None else f"{figure.ratio:.2f} ×",
        figure.against,
        goal,
        {None: "", True: "reached", False: "**short**"}[figure.reached],
    )


def _short(value: float) -> str:
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def _laid_out(rows: Sequence[tuple[str, ...]]) -> str:
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in rows
    ]
    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([lines[0], rule, *lines[1:]])
