"""The changes that are made, which tests are chosen for them, and how one is tried."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.mutants.__main__ import sample
from tests.mutants.covering import Cover, digest
from tests.mutants.kept import explained
from tests.mutants.made import mutants_of
from tests.mutants.mutant import Module

SMALL = Module(
    "small.py",
    """
import log

LIMIT = select(Row).where(a == 1, b).order_by(c)


class Rows:
    def add(self, row: str | None, seen: list[str]) -> list[str]:
        assert seen is not None
        if row is not None and row > "a" or not seen:
            seen.append(row)
            self.row = row
            log.info("Added")
        return [one for one in seen if one]
""",
)


def made(function: str) -> set[tuple[str, str]]:
    return {(one.was, one.became) for one in mutants_of(SMALL) if one.about[1] == function}


def test_parts_of_a_query_are_left_out_and_turned() -> None:
    was = "LIMIT = select(Row).where(a == 1, b).order_by(c)"
    assert made("LIMIT") == {
        (was, "LIMIT = select(Row).where(b).order_by(c)"),
        (was, "LIMIT = select(Row).where(a == 1).order_by(c)"),
        (was, "LIMIT = select(Row).where(a == 1, b)"),
        (was, "LIMIT = select(Row).where(a != 1, b).order_by(c)"),
    }


def test_statements_conditions_and_comparisons_are_left_out_and_turned() -> None:
    found = made("Rows.add")
    condition = 'if row is not None and row > "a" or not seen:'
    assert {
        ("seen.append(row)", "pass"),
        ("self.row = row", "pass"),
        (condition, "if (not seen):"),
        (condition, 'if (row is not None and row > "a"):'),
        (condition, 'if (row > "a") or not seen:'),
        (condition, 'if row is None and row > "a" or not seen:'),
        (condition, 'if row is not None and row >= "a" or not seen:'),
        (condition, 'if row is not None or row > "a" or not seen:'),
        (condition, 'if row is not None and row > "a" or seen:'),
        ("return [one for one in seen if one]", "return [one for one in seen if True]"),
    } <= found
    lines = {was for was, _ in found}
    assert 'log.info("Added")' not in lines, "what is logged is no behaviour"
    assert "assert seen is not None" not in lines, "it is there for mypy"


CAUGHT = Module(
    "caught.py",
    """
def f():
    try:
        g()
    except a.Gone:
        pass
    except (a.b.Full, OSError) as error:
        pass
    except:
        pass
    try:
        g()
    except* Slow:
        pass
""",
)


def test_each_class_of_errors_is_caught_no_more() -> None:
    found = {(one.was, one.became) for one in mutants_of(CAUGHT) if one.was.startswith("except")}
    assert found == {
        ("except a.Gone:", "except ():"),
        ("except (a.b.Full, OSError) as error:", "except (OSError) as error:"),
        ("except (a.b.Full, OSError) as error:", "except (a.b.Full) as error:"),
        ("except* Slow:", "except* ():"),
    }


MEMBERS = Module(
    "members.py",
    """
def f(one, few, all_):
    if (one) in few or one not  in all_:
        return [each for each in all_ if each in few != few in all_]
    return "in" in few
""",
)


def test_what_is_in_is_not_in_and_the_other_way_round() -> None:
    found = {(one.was, one.became) for one in mutants_of(MEMBERS)}
    either = "if (one) in few or one not in all_:"
    chosen = "return [each for each in all_ if each in few != few in all_]"
    assert {
        (either, "if (one) not in few or one not in all_:"),
        (either, "if (one) in few or one in all_:"),
        (chosen, "return [each for each in all_ if each not in few != few in all_]"),
        (chosen, "return [each for each in all_ if each in few != few not in all_]"),
        ('return "in" in few', 'return "in" not in few'),
    } <= found


NAMED = Module("named.py", "if found := f():\n    g(found)\nfor one in found:\n    pass\n")


def test_every_change_is_python() -> None:
    every = [one for module in (SMALL, CAUGHT, MEMBERS, NAMED) for one in mutants_of(module)]
    for one in every:
        compile(one.text, one.module.path, "exec")
    assert ("if found := f():", "if not (found := f()):") in {
        (one.was, one.became) for one in every
    }


def test_a_larger_sample_has_the_smaller_in_it() -> None:
    """So the program resumes where it stopped, and another seed draws others."""
    every = list(mutants_of(SMALL))
    few = sample(every, 5, seed=1)
    assert len(few) == 5
    assert few < sample(every, 9, seed=1)
    assert few != sample(every, 5, seed=2)


def test_each_is_another_module_and_has_a_name_of_its_own() -> None:
    every = list(mutants_of(SMALL))
    assert len({one.text for one in every}) == len({one.about for one in every}) == len(every)
    assert all(one.text != SMALL.text for one in every)


SAID = Module(
    "said.py",
    """
def build(kind):
    return kind == 1

FIRST = build(1)

def straight(row):
    return row == 2
""",
)
USING = Module("using.py", "from said import FIRST\n\n\ndef use():\n    return FIRST\n")


def recorded(tmp_path: Path, **lines: dict[str, int]) -> Cover:
    """A map as it is kept: for each test the lines of each module, as bits."""
    modules = {one.path: one for one in (SAID, USING)}
    versions = {path: digest(one.text) for path, one in modules.items()}
    spans = {
        f"{path} {versions[path]}": [
            (part.name, part.first, part.last) for part in one.places.parts
        ]
        for path, one in modules.items()
    }
    tests = [
        [name, 1.0, [[path, versions[path], f"{bits:x}"] for path, bits in ran.items()]]
        for name, ran in lines.items()
    ]
    kept = tmp_path / "cover.json"
    kept.write_text(json.dumps({"files": {}, "versions": spans, "tests": tests}))
    return Cover(tmp_path, kept)


def chosen_for(cover: Cover, was: str) -> list[str]:
    [mutant] = [one for one in mutants_of(SAID) if one.was == was]
    return cover.tests_of(mutant, [SAID, USING], 9.0)


def test_a_line_has_the_tests_that_run_it(tmp_path: Path) -> None:
    cover = recorded(tmp_path, a={"said.py": 1 << 8}, b={"said.py": 1 << 3}, c={"using.py": 1 << 5})
    assert chosen_for(cover, "return row == 2") == ["a"]


def test_what_runs_once_has_the_tests_of_what_uses_it(tmp_path: Path) -> None:
    """Whichever test was the first of its process has run it; the others rely on it too."""
    cover = recorded(tmp_path, a={"said.py": 1 << 8}, b={"using.py": 1 << 5})
    assert chosen_for(cover, "return kind == 1") == ["b"]


def test_the_cheapest_run_first_and_postgresql_last(tmp_path: Path) -> None:
    bit = {"said.py": 1 << 8}
    cover = recorded(tmp_path, **dict.fromkeys(("slow", "b[postgresql]", "quick"), bit))
    for name, seconds in (("slow", 8.0), ("b[postgresql]", 1.0), ("quick", 2.0)):
        cover.tests[name].seconds = seconds
    assert chosen_for(cover, "return row == 2") == ["quick", "b[postgresql]"]


def test_its_own_tests_run_before_the_cheapest(tmp_path: Path) -> None:
    """Otherwise two thousand tests that run a line by the way would leave them no time."""
    own, others = "tests/paging/a.py::x", [f"tests/b.py::{number}" for number in range(9)]
    module = Module("bot/paging/said.py", "def f(row):\n    return row == 2\n")
    version, rows = digest(module.text), {own: 8.0, **dict.fromkeys(others, 2.0)}
    tests = [[test, took, [[module.path, version, "4"]]] for test, took in rows.items()]
    kept = tmp_path / "cover.json"
    kept.write_text(json.dumps({"files": {}, "versions": {}, "tests": tests}))
    [mutant] = [one for one in mutants_of(module) if one.was == "return row == 2"]
    found = Cover(tmp_path, kept).tests_of(mutant, [module], 9.0)
    assert (found[0], len(found)) == (own, 5)


TRYING = """
import json, sys
from pathlib import Path
from tests.mutants.imported import changes_only_functions, with_imported
from tests.mutants.made import mutants_of
from tests.mutants.mutant import Module
from tests.mutants.trying import fresh, try_all
root = Path(sys.argv[1])
module = Module.read(root, root / "thing.py")
tests = ["test_thing.py::test_first"]
work = [(one, tests, 60.0) for one in (module.unchanged, *mutants_of(module))]
if sys.argv[2] == "imported":
    work = [one for one in work if changes_only_functions(one[0])]

def say(be):
    tried = {one.mutant.became: one.outcome for one in try_all(work, be, root, 2)}
    print("\\ntried:", json.dumps(tried), flush=True)

say(fresh(root)) if sys.argv[2] == "fresh" else with_imported(root, ["test_thing.py"], say)
"""
THING = """\
def first(rows, least=2 - 1):
    rows.sort()
    return rows[0] if rows and least else None
"""
IN_FUNCTIONS = {
    "def first(rows, least=2 - 1):": "unnoticed",
    "pass": "unnoticed",
    "return rows[0] if (least) else None": "noticed",
    "return rows[0] if (rows) else None": "unnoticed",
    "return rows[0] if rows or least else None": "noticed",
    "return rows[0] if not rows and least else None": "noticed",
}


@pytest.mark.parametrize(
    ("way", "expected"),
    [
        ("fresh", {**IN_FUNCTIONS, "def first(rows, least=2 + 1):": "unnoticed"}),
        # What a parameter is if it is left out is no code of the function.
        ("imported", IN_FUNCTIONS),
    ],
)
def test_a_mutant_is_tried_and_nothing_on_disk_changes(
    tmp_path: Path, way: str, expected: dict[str, str]
) -> None:
    (tmp_path / "thing.py").write_text(THING)
    (tmp_path / "test_thing.py").write_text(
        "from thing import first\n\ndef test_first(tmp_path):\n    assert first([1]) == 1\n"
        "    assert first([]) is None\n"
    )
    (tmp_path / "pytest.ini").write_text("[pytest]\npythonpath = .\n")
    run = [sys.executable, "-c", TRYING, str(tmp_path), way]
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    ran = subprocess.run(run, env=environment, cwd=ROOT, capture_output=True, text=True, check=True)
    [line] = [line for line in ran.stdout.splitlines() if line.startswith("tried:")]
    assert json.loads(line.removeprefix("tried:")) == expected
    assert (tmp_path / "thing.py").read_text() == THING


def test_what_is_explained_is_made_and_has_a_reason() -> None:
    """An entry whose code has changed explains nothing any more."""
    for (path, function, was, became), why in explained().items():
        made_there = {one.about for one in mutants_of(Module.read(ROOT, ROOT / path))}
        assert (path, function, was, became) in made_there
        assert why.endswith(".")
