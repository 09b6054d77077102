"""Tries mutants in forks of one process that has imported and collected everything: faster.

There, a mutant is another code in a function that exists already. What only an import runs cannot
be changed so, and a mutant that goes unnoticed has to be tried in a fresh process too.
"""

import gc
import inspect
import os
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import CodeType, FunctionType

import pytest

from tests.mutants.mutant import Mutant
from tests.mutants.trying import QUIETLY, Be, FirstFailure

Codes = dict[str, list[CodeType]]


def changes_only_functions(mutant: Mutant) -> bool:
    """Tell whether the change is within functions, which have the same parts as before.

    A comprehension of the module itself is one of those that have run already.
    """
    if mutant.module.places.part(mutant.first_line).once:
        return False
    was, became = _codes(mutant.module.text), _codes(mutant.text)
    if {name: len(codes) for name, codes in was.items()} != {
        name: len(codes) for name, codes in became.items()
    }:
        return False
    pairs = [pair for name in was for pair in zip(was[name], became[name], strict=True)]
    return all(
        one.co_freevars == other.co_freevars
        and (one.co_flags & inspect.CO_OPTIMIZED or _content(one) == _content(other))
        for one, other in pairs
    )


def _codes(text: str, path: str = "mutant") -> Codes:
    """Return the code of the module, its classes and its functions by name."""
    codes: Codes = defaultdict(list)
    for code in _within(compile(text, path, "exec", dont_inherit=True)):
        codes[code.co_qualname].append(code)
    return codes


def _within(code: CodeType) -> Iterator[CodeType]:
    yield code
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield from _within(each)


def _content(code: CodeType) -> tuple[object, ...]:
    values = [each for each in code.co_consts if not isinstance(each, CodeType)]
    return code.co_code, code.co_names, repr(values)


class Functions:
    """Every function that exists, by its file."""

    def __init__(self) -> None:
        self._by_file: dict[str, list[FunctionType]] = defaultdict(list)
        # The collector does not list what is frozen.
        gc.unfreeze()
        for one in gc.get_objects():
            if type(one) is FunctionType:
                self._by_file[one.__code__.co_filename].append(one)
        gc.freeze()

    def change(self, mutant: Mutant, root: Path) -> None:
        """Give the functions of a module the mutant's code."""
        path = str(root / mutant.module.path)
        was, became = _codes(mutant.module.text, path), _codes(mutant.text, path)
        for function in self._by_file[path]:
            name, line = function.__code__.co_qualname, function.__code__.co_firstlineno
            [place] = [n for n, one in enumerate(was[name]) if one.co_firstlineno == line]
            function.__code__ = became[name][place]


class _Collected:
    """A plugin of pytest: hands over what is collected, instead of running it."""

    def __init__(self, root: Path, then: Callable[[Be], None]) -> None:
        self._root, self._then = root, then
        self._is_mutant = False

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        if self._is_mutant:
            return None
        functions = Functions()
        items = {item.nodeid: item for item in session.items}

        def be(mutant: Mutant, tests: Sequence[str], folder: Path) -> int:
            self._is_mutant = True
            os.environ["PYTEST_DEBUG_TEMPROOT"] = str(folder)
            session.config.pluginmanager.register(FirstFailure(folder))
            functions.change(mutant, self._root)
            session.items[:] = [items[test] for test in tests if test in items]
            try:
                session.config.hook.pytest_runtestloop(session=session)
            except session.Failed:
                pass
            finally:
                code = int(session.testsfailed > 0)
                session.config.hook.pytest_sessionfinish(session=session, exitstatus=code)
            return code

        self._then(be)
        return True


def with_imported(root: Path, files: Sequence[str], then: Callable[[Be], None]) -> None:
    """Collect the tests of these files, and call `then` with a way to try mutants."""
    os.chdir(root)
    pytest.main([*QUIETLY, "-s", *files], plugins=[_Collected(root, then)])
