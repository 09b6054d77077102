"""Some 3,000 phrases, read by our grammar and by an independent one; each difference is decided."""

import re
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.domain.errors import BadInput
from bot.domain.times.points import parse_when
from tests.domain.times.phrases import elsewhere, phrases

DECISIONS = Path(__file__).parent / "times_differences.md"
HERE = ZoneInfo("Asia/Singapore")
WEDNESDAY = datetime(2026, 11, 25, 14, 20)  # noqa: DTZ001 - parsedatetime reads local times
REFUSED, SET = "refused", "set"

Decision = tuple[re.Pattern[str], str]


def decisions() -> list[Decision]:
    table = DECISIONS.read_text().split("|---|---|---|\n", 1)[1].splitlines()
    cells = [re.split(r" (?<!\\)\| ", line[2:-2], maxsplit=2) for line in table]
    return [(re.compile(row[0].strip("`").replace(r"\|", "|")), row[1]) for row in cells]


def ours(phrase: str) -> datetime | None:
    """A phrase is all time: what would be left over as text counts as not understood."""
    now = WEDNESDAY.replace(tzinfo=HERE).astimezone(UTC)
    try:
        moment, rest = parse_when(phrase, now, HERE)
    except BadInput:
        return None
    assert not rest, f"{phrase!r} leaves {rest!r} as text"
    return moment.astimezone(HERE).replace(tzinfo=None)


def test_each_difference_to_another_reader_is_decided() -> None:
    corpus, rows = phrases(), decisions()
    assert len(corpus) >= 3_000
    used: set[str] = set()
    undecided: list[str] = []
    for phrase in corpus:
        here, there = ours(phrase), elsewhere(phrase, WEDNESDAY)
        if here == there:
            continue
        outcome = REFUSED if here is None else SET
        row = next((p for p, said in rows if said == outcome and p.fullmatch(phrase)), None)
        if row is None:
            undecided.append(f"{phrase}: {here}, elsewhere {there}")
        else:
            used.add(row.pattern)
    assert undecided == []
    assert used == {pattern.pattern for pattern, _ in rows}
