"""Places in a module, by characters and by the function around them."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

MODULE = "module"
_CACHED = frozenset({"cache", "lru_cache", "cached_property"})


@dataclass(frozen=True)
class Part:
    """A function, or a name that the module defines, and its lines.

    `once`: it runs once in a process, on import or at its first use. The tests that rely on it are
    the tests of the code that uses its name.
    """

    name: str
    first: int
    last: int
    once: bool


class Places:
    """Spans of nodes, and owners of lines."""

    def __init__(self, text: str, tree: ast.Module) -> None:
        self._text = text
        self._lines = text.splitlines(keepends=True)
        self._begins = [0]
        for line in self._lines:
            self._begins.append(self._begins[-1] + len(line))
        self._statements = [(_first(one), one.end_lineno or one.lineno) for one in tree.body]
        self.parts = list(_parts(tree))
        self._silent = set(_silent(tree))
        self.uses = self._uses(tree)

    def _uses(self, tree: ast.Module) -> dict[str, set[str]]:
        """Return the names that each part mentions. A class has the names outside its functions."""
        uses: dict[str, set[str]] = {part.name: set() for part in self.parts}
        by_line = {line: part for part in self.parts for line in range(part.first, part.last + 1)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Name | ast.Attribute) and node.lineno in by_line:
                word = node.id if isinstance(node, ast.Name) else node.attr
                uses[by_line[node.lineno].name].add(word)
        return uses

    def span(self, node: ast.AST) -> tuple[int, int]:
        assert isinstance(node, ast.expr | ast.stmt)
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return (
            self._at(node.lineno, node.col_offset),
            self._at(node.end_lineno, node.end_col_offset),
        )

    def text(self, node: ast.AST) -> str:
        start, end = self.span(node)
        return self._text[start:end]

    def at(self, line: int, column: int) -> int:
        """Return the character's position in the text from its column."""
        return self._begins[line - 1] + column

    def _at(self, line: int, column: int) -> int:
        """Return the character's position. `ast` counts columns in bytes of UTF-8."""
        return self.at(line, len(self._lines[line - 1].encode()[:column].decode()))

    def statement(self, first: int, last: int) -> tuple[int, int]:
        """Return the span of the module's own statements that have these lines."""
        within = [one for one in self._statements if one[0] <= last and first <= one[1]]
        return self._begins[within[0][0] - 1], self._begins[within[-1][1]]

    def says_nothing(self, line: int) -> bool:
        """Whether a line only decorates a class (frozen, with slots), or is an assert for mypy."""
        return line in self._silent

    def part(self, line: int) -> Part:
        """Return the innermost part that a line belongs to."""
        around = [part for part in self.parts if part.first <= line <= part.last]
        whole = Part(MODULE, 1, len(self._lines), once=True)
        return max(around, key=lambda part: part.first, default=whole)

    def owner(self, line: int) -> str:
        return self.part(line).name


def _parts(tree: ast.AST, inside: str = "", once: bool = True) -> Iterator[Part]:
    for node in ast.iter_child_nodes(tree):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                name = f"{inside}{node.name}"
                cached = any(_word(each) in _CACHED for each in node.decorator_list)
                yield Part(name, _first(node), node.end_lineno or node.lineno, once=cached)
                yield from _parts(node, f"{name}.", once=False)
            case ast.ClassDef():
                name = f"{inside}{node.name}"
                yield Part(name, _first(node), node.end_lineno or node.lineno, once=once)
                yield from _parts(node, f"{name}.", once)
            case ast.Assign() | ast.AnnAssign() if once and not inside:
                target = node.targets[0] if isinstance(node, ast.Assign) else node.target
                if isinstance(target, ast.Name):
                    last = node.end_lineno or node.lineno
                    yield Part(target.id, node.lineno, last, once=True)
            case ast.stmt():
                yield from _parts(node, inside, once)


def _silent(tree: ast.Module) -> Iterator[int]:
    for node in ast.walk(tree):
        silent: list[ast.stmt | ast.expr] = []
        if isinstance(node, ast.ClassDef):
            silent += node.decorator_list
        if isinstance(node, ast.Assert):
            silent.append(node)
        for each in silent:
            yield from range(each.lineno, (each.end_lineno or each.lineno) + 1)


def _first(node: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(each.lineno for each in decorators)])


def _word(decorator: ast.expr) -> str:
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    return called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
