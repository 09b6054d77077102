"""`make mutants`: makes every small change of the code, and lists those that no test notices.

A noticed change stays noticed until its module changes. All others are tried again. You can stop
the program at any time, and it goes on from there.
"""

import argparse
import json
import shutil
import sys
import time
import tomllib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any

from tests.mutants.covering import Cover, digest
from tests.mutants.made import mutants_of
from tests.mutants.mutant import About, Module, Mutant
from tests.mutants.trying import Outcome, Tried, prepare, try_all

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
KEPT = ROOT / "build" / "mutants"
SLOWER = 20
"""A mutant's tests may take this many times their normal processor time."""


@dataclass(frozen=True)
class Settings:
    """The content of `settings.toml`."""

    modules: list[str]
    left_out: list[str]
    twice: list[str]
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
        if file.exists():
            for line in file.read_text(encoding="utf-8").splitlines():
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


def modules_of(settings: Settings) -> list[Module]:
    files = (file for folder in settings.modules for file in (ROOT / folder).rglob("*.py"))
    return [Module.read(ROOT, file) for file in sorted(files)]


def test_files(settings: Settings) -> list[Path]:
    left_out = {ROOT / folder for folder in settings.left_out}
    files = sorted((ROOT / "tests").rglob("test_*.py"))
    return [file for file in files if left_out.isdisjoint(file.parents)]


def chosen(paths: Sequence[str], modules: Iterable[Module]) -> list[Module]:
    """Return the modules in a list of files and folders, or all of them."""
    wanted = [path.rstrip("/") for path in paths]
    return [
        module
        for module in modules
        if not wanted or any(f"{module.path}/".startswith(f"{path}/") for path in wanted)
    ]


def sample(mutants: Iterable[Mutant], size: int, seed: int) -> set[Mutant]:
    """Choose a number of mutants at random, each with the same chance.

    A larger sample contains a smaller one, and a changed module changes only its own part.
    """
    return set(sorted(mutants, key=lambda one: digest(f"{seed} {one.about}"))[:size])


def main(arguments: Sequence[str]) -> int:
    asked = _parser().parse_args(arguments)
    settings = Settings.read()
    KEPT.mkdir(parents=True, exist_ok=True)
    modules = modules_of(settings)
    cover = Cover(ROOT, KEPT / "cover.json")
    tests = test_files(settings)
    if asked.tests:
        under = [ROOT / path for path in asked.tests]
        tests = [file for file in tests if any(map(file.is_relative_to, under))]
    if not asked.report:
        cover.record(tests, modules, asked.workers, settings.twice)
    if asked.record:
        return 0
    results, reasons = Results(KEPT / "tried.jsonl"), explained()
    made = [one for module in chosen(asked.paths, modules) for one in mutants_of(module)]
    drawn = sample(made, asked.sample or len(made), asked.seed)
    wanted = [one for one in made if one in drawn]
    left = [
        one
        for one in wanted
        if one.about not in reasons and not ((known := results.of(one)) and known.noticed)
    ]
    if left and not asked.report:
        print(f"Trying {len(left)} of {len(wanted)} mutants, {len(made)} in all", flush=True)
        _try(left, modules, cover, results, settings, asked.workers)
    stale = _stale(made, reasons)
    return max(_report(wanted, results, reasons, settings), int(stale))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("paths", nargs="*", help="modules or folders; all of settings.toml if none")
    parser.add_argument("--sample", type=int, help="try so many of the mutants, drawn at random")
    parser.add_argument("--seed", type=int, default=0, help="draws another sample")
    parser.add_argument("--workers", type=int, default=2, help="how many are tried at a time")
    parser.add_argument("--tests", nargs="+", help="record only tests of these folders or files")
    parser.add_argument("--record", action="store_true", help="record what tests run, and end")
    parser.add_argument("--report", action="store_true", help="say what is known, and try nothing")
    return parser


def _try(
    left: Sequence[Mutant],
    modules: Sequence[Module],
    cover: Cover,
    results: Results,
    settings: Settings,
    workers: int,
) -> None:
    prepare()
    logs = KEPT / "logs"
    shutil.rmtree(logs, ignore_errors=True)
    logs.mkdir()
    began, number, passed = time.monotonic(), 0, set[str]()
    for folder, mutants in groupby(left, key=_folder):
        work = [_with_tests(one, cover, modules, settings) for one in mutants]
        every = dict.fromkeys(test for _, tests, _ in work for test in tests if test not in passed)
        limit = sum(within for *_, within in work)
        unchanged = work[0][0].module.unchanged
        clean = [(unchanged, [*every][one::workers], limit) for one in range(workers)]
        if any(tried.outcome.noticed for tried in try_all(clean, ROOT, logs, workers)):
            print(f"Not tried: tests of {folder} fail without a change", flush=True)
            continue
        passed.update(every)
        for tried in try_all(work, ROOT, logs, workers):
            number += 1
            if tried.outcome is Outcome.BROKEN and cover.have_changed(tried.tests):
                # The tests cannot be imported, not the mutant: someone is editing them.
                continue
            results.add(tried)
            if not tried.outcome.noticed:
                print(_line(tried.mutant, tried.outcome), flush=True)
        took = (time.monotonic() - began) / 60
        print(f"… {number} of {len(left)} in {took:.1f} minutes: {folder}", flush=True)


def _folder(mutant: Mutant) -> str:
    return mutant.module.path.rpartition("/")[0]


def _with_tests(
    mutant: Mutant, cover: Cover, modules: Sequence[Module], settings: Settings
) -> tuple[Mutant, Sequence[str], float]:
    tests = cover.tests_of(mutant, modules, settings.seconds)
    return mutant, tests, SLOWER * sum(cover.tests[test].seconds for test in tests) + 120


def _line(mutant: Mutant, outcome: Outcome) -> str:
    where = f"{mutant.module.path}:{mutant.first_line} {mutant.function}"
    return f"{outcome}: {where}\n    - {mutant.was}\n    + {mutant.became}"


def _report(
    wanted: Sequence[Mutant],
    results: Results,
    reasons: dict[About, str],
    settings: Settings,
) -> int:
    sums: Counter[str] = Counter()
    rows: list[tuple[str, ...]] = [
        ("module", "made", "noticed", "explained", "unnoticed", "not tried")
    ]
    for module, mutants in groupby(wanted, key=attrgetter("module")):
        counted: Counter[str] = Counter(_kind(one, results, reasons) for one in mutants)
        sums += counted
        rows.append(_row(module.path, counted))
    rows.append(_row("in all", sums))
    for name, *figures in rows:
        print(f"{name:<44}" + "".join(f"{figure:>11}" for figure in figures))
    share = 100 * sums["unnoticed"] / max(1, sums.total())
    print(f"Unnoticed and not explained: {share:.1f} %, at most {settings.at_most} %")
    return int(sums["not tried"] > 0 or share > settings.at_most)


def _stale(made: Sequence[Mutant], reasons: dict[About, str]) -> bool:
    """Print the explanations of changes that are made no more."""
    paths, known = {one.module.path for one in made}, {one.about for one in made}
    stale = [about for about in reasons if about[0] in paths and about not in known]
    for path, function, was, _ in stale:
        print(f"Explained, but made no more: {path} {function}: {was}")
    return bool(stale)


def _kind(mutant: Mutant, results: Results, reasons: dict[About, str]) -> str:
    if mutant.about in reasons:
        return "explained"
    known = results.of(mutant)
    if known is None:
        return "not tried"
    return "noticed" if known.noticed else "unnoticed"


def _row(name: str, counted: Counter[str]) -> tuple[str, ...]:
    kinds = ("noticed", "explained", "unnoticed", "not tried")
    return (name, str(counted.total()), *(str(counted[kind]) for kind in kinds))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
