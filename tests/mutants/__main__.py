"""`make mutants`: makes every small change of the code, and lists those that no test notices.

A noticed change stays noticed until its module changes. All others are tried again. You can stop
the program at any time, and it goes on from there.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import attrgetter
from pathlib import Path

from tests.mutants.campaign import Campaign
from tests.mutants.covering import Cover, digest
from tests.mutants.kept import KEPT, ROOT, Results, Settings, explained
from tests.mutants.made import mutants_of
from tests.mutants.mutant import About, Module, Mutant


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
        cover.record(tests, modules, asked.workers)
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
        Campaign(modules, cover, settings, asked.workers).run(left, results)
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
