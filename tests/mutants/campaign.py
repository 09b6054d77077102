"""Tries a list of mutants: those of functions fast, and then in fresh processes what is left."""

import os
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from tests.mutants.covering import Cover, file_of
from tests.mutants.imported import changes_only_functions, with_imported
from tests.mutants.kept import KEPT, ROOT, Results, Settings
from tests.mutants.mutant import Module, Mutant
from tests.mutants.trying import Be, Outcome, Tried, fresh, prepare, try_all

SLOWER = 20
"""A mutant's tests may take this many times their normal processor time."""
LOGS = KEPT / "logs"
Work = tuple[Mutant, Sequence[str], float]


@dataclass(frozen=True)
class Campaign:
    modules: Sequence[Module]
    cover: Cover
    settings: Settings
    workers: int

    def run(self, left: Sequence[Mutant], results: Results) -> None:
        prepare()
        shutil.rmtree(LOGS, ignore_errors=True)
        LOGS.mkdir()
        work = [self._with_tests(one) for one in left]
        fast = [one for one in work if one[1] and changes_only_functions(one[0])]
        # In a process of its own, because what is imported there must not be in the fresh ones.
        child = os.fork()
        if child == 0:
            files = sorted({file_of(test) for _, tests, _ in fast for test in tests})
            with_imported(ROOT, files, lambda be: self._run(fast, be, results, fast=True))
            os._exit(0)
        os.waitpid(child, 0)
        results.read()
        slow = [one for one in work if not ((known := results.of(one[0])) and known.noticed)]
        self._run(slow, fresh(ROOT), results, fast=False)

    def _with_tests(self, mutant: Mutant) -> Work:
        tests = self.cover.tests_of(mutant, self.modules, self.settings.seconds)
        return mutant, tests, SLOWER * sum(self.cover.tests[test].seconds for test in tests) + 120

    def _run(self, whole: Sequence[Work], be: Be, results: Results, *, fast: bool) -> None:
        began, number, passed = time.monotonic(), 0, set[str]()
        for folder, group in groupby(whole, key=_folder):
            noticed: list[Tried] = []
            for tried in try_all(group, be, LOGS, self.workers):
                number += 1
                if fast and tried.outcome not in (Outcome.NOTICED, Outcome.ENDLESS):
                    print(_line(tried.mutant, "to be tried in a fresh process"), flush=True)
                elif tried.outcome.noticed:
                    noticed.append(tried)
                else:
                    results.add(tried)
                    print(_line(tried.mutant, tried.outcome), flush=True)
            for tried in self._certain(noticed, be, passed):
                results.add(tried)
            took = (time.monotonic() - began) / 60
            print(f"… {number} of {len(whole)} in {took:.1f} minutes: {folder}", flush=True)

    def _certain(self, noticed: Sequence[Tried], be: Be, passed: set[str]) -> Sequence[Tried]:
        """Return those whose tests pass without a change. `passed`: tests known to."""
        while new := sorted({test for one in noticed for test in one.decided_by} - passed):
            unchanged = noticed[0].mutant.module.unchanged
            limit = SLOWER * sum(self.cover.tests[test].seconds for test in new) + 120
            parts = [(unchanged, new[one :: self.workers], limit) for one in range(self.workers)]
            tries = [one for one in try_all(parts, be, LOGS, self.workers) if one.outcome.noticed]
            failing = {test for one in tries for test in one.decided_by}
            for test in sorted(failing):
                print(f"Decides nothing, because it fails without a change: {test}", flush=True)
            noticed = [one for one in noticed if failing.isdisjoint(one.decided_by)]
            passed |= set(new) if not failing else set()
        return noticed


def _folder(work: Work) -> str:
    return work[0].module.path.rpartition("/")[0]


def _line(mutant: Mutant, outcome: str) -> str:
    where = f"{mutant.module.path}:{mutant.first_line} {mutant.function}"
    return f"{outcome}: {where}\n    - {mutant.was}\n    + {mutant.became}"
