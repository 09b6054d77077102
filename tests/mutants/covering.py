"""Which tests run which lines: recorded once for each test file, and again after a change."""

import hashlib
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.mutants.mutant import Module, Mutant
from tests.mutants.places import MODULE, Part
from tests.mutants.tracing import SCOPE, TRACED

Span = tuple[str, int, int]
LONGEST = 10.0
"""In seconds. Each of a hundred changes would wait for a longer test. It is tried only if it is the
cheapest.
"""


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


@dataclass
class Ran:
    """A test that passed: its seconds, and for each module its version and the lines."""

    seconds: float
    lines: dict[str, tuple[str, int]] = field(default_factory=dict)

    def in_span(self, module: str, version: str, first: int, last: int) -> bool:
        recorded, lines = self.lines.get(module, ("", 0))
        return recorded == version and bool(lines >> first & ((1 << (last - first + 1)) - 1))


class Cover:
    """The map from modules to tests, kept in a file."""

    def __init__(self, root: Path, kept: Path) -> None:
        self._root, self._kept = root, kept
        self._files: dict[str, str] = {}
        self._versions: dict[str, list[Span]] = {}
        self.tests: dict[str, Ran] = {}
        self._found: dict[tuple[str, str], set[str]] = {}
        if kept.exists():
            self._read(json.loads(kept.read_text(encoding="utf-8")))

    def _read(self, whole: Mapping[str, Any]) -> None:
        self._files = dict(whole["files"])
        self._versions = {
            key: [tuple(one) for one in spans] for key, spans in whole["versions"].items()
        }
        self.tests = {
            test: Ran(seconds, {path: (version, int(lines, 16)) for path, version, lines in ran})
            for test, seconds, ran in whole["tests"]
        }

    def _write(self) -> None:
        tests = [
            [
                test,
                ran.seconds,
                [[path, at, f"{lines:x}"] for path, (at, lines) in ran.lines.items()],
            ]
            for test, ran in self.tests.items()
        ]
        whole = {"files": self._files, "versions": self._versions, "tests": tests}
        self._kept.parent.mkdir(parents=True, exist_ok=True)
        self._kept.write_text(json.dumps(whole), encoding="utf-8")

    def record(self, files: Iterable[Path], modules: Sequence[Module], workers: int) -> None:
        """Run the new and the changed test files, and note which lines each test runs."""
        found = {
            file.relative_to(self._root).as_posix(): digest(file.read_text(encoding="utf-8"))
            for file in files
        }
        gone = {file for file in self._files if not (self._root / file).exists()}
        stale = [file for file, version in found.items() if self._files.get(file) != version]
        self.tests = {
            test: ran for test, ran in self.tests.items() if file_of(test) not in {*gone, *stale}
        }
        if stale:
            print(f"Recording which lines {len(stale)} test files run", flush=True)
            self._run(stale, modules, workers)
        self._files = {file: at for file, at in self._files.items() if file not in gone} | found
        self._found.clear()
        self._write()

    def _run(self, files: Sequence[str], modules: Sequence[Module], workers: int) -> None:
        folder = self._kept.parent / "traced"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        scope = sorted({str((self._root / module.path).parent) for module in modules})
        environment = {**os.environ, TRACED: str(folder), SCOPE: os.pathsep.join(scope)}
        plugins = ("-p", "tests.mutants.tracing", "-p", "no:cacheprovider")
        command = [sys.executable, "-m", "pytest", "-q", *plugins, "-n", str(workers), *files]
        with (self._kept.parent / "traced.log").open("w", encoding="utf-8") as log:
            subprocess.run(
                command, cwd=self._root, env=environment, stdout=log, stderr=log, check=False
            )
        for module in modules:
            spans = [(part.name, part.first, part.last) for part in module.places.parts]
            self._versions[f"{module.path} {digest(module.text)}"] = spans
        versions = {module.path: digest(module.text) for module in modules}
        for seconds in folder.glob("*.seconds"):
            for test, took in json.loads(seconds.read_text(encoding="utf-8")).items():
                self.tests[test] = Ran(took)
        for lines in folder.glob("*.lines"):
            self._take(lines, versions)
        shutil.rmtree(folder)

    def _take(self, data: Path, versions: Mapping[str, str]) -> None:
        rows = sqlite3.connect(data).execute(
            "SELECT context.context, file.path, line_bits.numbits FROM line_bits"
            " JOIN context ON context.id = line_bits.context_id"
            " JOIN file ON file.id = line_bits.file_id"
        )
        for test, path, numbits in rows:
            module = Path(path).relative_to(self._root).as_posix()
            if test in self.tests and module in versions:
                # As Coverage documents it: bit 3 of byte 2 is line 19.
                lines = int.from_bytes(numbits, "little")
                self.tests[test].lines[module] = versions[module], lines

    def tests_of(self, mutant: Mutant, modules: Sequence[Module], seconds: float) -> list[str]:
        """Return tests that run the changed lines: SQLite first, and the module's own tests first.

        These are the tests of its subject, in any layer. Of each sort, the cheapest are taken, for
        at most `seconds` together, or there is only one: two thousand tests may run a line by the
        way.
        """
        module = mutant.module
        part = module.places.part(mutant.first_line)
        found = self._of_users(part, module, modules)
        if not part.once:
            found |= self._of_lines(module, mutant.first_line, mutant.last_line, part)
        own = f"/{Path(module.path).parent.name}/"
        sorts: dict[tuple[bool, bool], list[str]] = defaultdict(list)
        for test in sorted(found, key=lambda test: self.tests[test].seconds):
            # A connection to PostgreSQL takes longer to make than most tests take.
            sorts["postgresql" in test, own not in test].append(test)
        return [test for sort in sorted(sorts) for test in self._within(seconds, sorts[sort])]

    def _within(self, seconds: float, tests: Sequence[str]) -> list[str]:
        kept, sum_ = list[str](), 0.0
        for test in tests:
            took = self.tests[test].seconds
            sum_ += took
            if kept and (sum_ > seconds or took > LONGEST):
                break
            kept.append(test)
        return kept

    def _of_lines(self, module: Module, first: int, last: int, part: Part) -> set[str]:
        version = digest(module.text)
        found = {
            test
            for test, ran in self.tests.items()
            if ran.in_span(module.path, version, first, last)
        }
        return found or self._of_part(module, part.name)

    def _of_part(self, module: Module, name: str) -> set[str]:
        """Find tests by the function's name, because its lines have moved since the recording.

        The answer is kept: hundreds of functions use the same few names.
        """
        if (module.path, name) not in self._found:
            self._found[module.path, name] = set(self._running_part(module.path, name))
        return self._found[module.path, name]

    def _running_part(self, path: str, name: str) -> Iterator[str]:
        for test, ran in self.tests.items():
            if path in ran.lines:
                version, _ = ran.lines[path]
                for known, first, last in self._versions.get(f"{path} {version}", ()):
                    if known == name and ran.in_span(path, version, first, last):
                        yield test

    def _of_users(self, part: Part, module: Module, modules: Sequence[Module]) -> set[str]:
        """Return the tests of the code that uses a part which runs once in a process.

        A part that only such parts call counts too, such as a function that builds a statement.
        """
        seen, wanted, found = {part.name}, [(part.name, part.once)], set[str]()
        while wanted:
            name, once = wanted.pop()
            word = name.rpartition(".")[2]
            for other in modules:
                for user in other.places.parts:
                    if word not in other.places.uses[user.name] or user.name in seen:
                        continue
                    if user.once:
                        seen.add(user.name)
                        wanted.append((user.name, True))
                    elif once:
                        found |= self._of_part(other, user.name)
        if found or not part.once or part.name == MODULE:
            return found
        return {test for test, ran in self.tests.items() if module.path in ran.lines}


def file_of(test: str) -> str:
    return re.split("::", test, maxsplit=1)[0]
