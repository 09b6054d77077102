"""The changes that are made to a module, each at one place.

Cosmic Ray changes comparisons and constants, but deletes nothing. The code here removes statements,
conditions and parts of a query.
"""

import ast
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from tests.mutants.places import Places

STANDARD = (
    *(
        f"core/ReplaceComparisonOperator_{turned}"
        for turned in (
            "Eq_NotEq",
            "NotEq_Eq",
            "Lt_LtE",
            "LtE_Lt",
            "Gt_GtE",
            "GtE_Gt",
            "Is_IsNot",
            "IsNot_Is",
        )
    ),
    "core/ReplaceBinaryOperator_Add_Sub",
    "core/ReplaceBinaryOperator_Sub_Add",
    "core/ReplaceUnaryOperator_Delete_Not",
    "core/ReplaceUnaryOperator_Delete_Invert",
    "core/AddNot",
    "core/ReplaceTrueWithFalse",
    "core/ReplaceFalseWithTrue",
    "core/ReplaceAndWithOr",
    "core/ReplaceOrWithAnd",
    "core/ReplaceBreakWithContinue",
    "core/ReplaceContinueWithBreak",
    "core/ExceptionReplacer",
    "core/ZeroIterationForLoop",
)
"""One change of each comparison. A test that notices `<=` for `<` notices the others.

Numbers and texts are not changed: most of them are a matter of taste, not of behaviour.
"""

CONDITIONS = frozenset({"where", "and_", "or_"})
CLAUSES = frozenset({"order_by", "with_for_update", "limit", "distinct", "desc"})
OPPOSITES = {
    "min": "max",
    "max": "min",
    "in_": "not_in",
    "not_in": "in_",
    "any": "all",
    "all": "any",
}
About = tuple[str, str, str, str]
LOGS = frozenset({"log", "logger"})


@dataclass(frozen=True)
class Module:
    """A module by its path in the repository, with its text."""

    path: str
    text: str

    @classmethod
    def read(cls, root: Path, path: Path) -> "Module":
        return cls(path.relative_to(root).as_posix(), path.read_text(encoding="utf-8"))

    @property
    def unchanged(self) -> "Mutant":
        """Return the module without a change. Its tests have to pass."""
        return Mutant(self, 0, 0, "")

    @property
    def name(self) -> str:
        return self.path.removesuffix(".py").replace("/", ".").removesuffix(".__init__")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @cached_property
    def places(self) -> Places:
        return Places(self.text, self.tree)


@dataclass(frozen=True)
class Mutant:
    """A module with one change. `was` and `became` are the lines around it, for people."""

    module: Module
    start: int
    end: int
    instead: str
    again: int = 1
    """Counts the same change within one function, this one included."""

    @property
    def text(self) -> str:
        whole = self.module.text
        return whole[: self.start] + self.instead + whole[self.end :]

    @property
    def first_line(self) -> int:
        return self.module.text.count("\n", 0, self.start) + 1

    @property
    def last_line(self) -> int:
        return self.module.text.count("\n", 0, max(self.start, self.end - 1)) + 1

    @property
    def function(self) -> str:
        return self.module.places.owner(self.first_line)

    @property
    def was(self) -> str:
        begins, ends = self._lines()
        return _flat(self.module.text[begins:ends])

    @property
    def became(self) -> str:
        begins, ends = self._lines()
        whole = self.module.text
        return _flat(whole[begins : self.start] + self.instead + whole[self.end : ends])

    @property
    def about(self) -> About:
        """Return the name in `explained.toml` and in the results. It has no line number, as lines
        move.
        """
        where = self.function if self.again == 1 else f"{self.function} ({self.again})"
        return self.module.path, where, self.was, self.became

    def _lines(self) -> tuple[int, int]:
        whole = self.module.text
        ends = whole.find("\n", max(self.start, self.end - 1))
        return whole.rfind("\n", 0, self.start) + 1, len(whole) if ends < 0 else ends


def _flat(text: str) -> str:
    return " ".join(text.split())


def mutants_of(module: Module) -> Iterator[Mutant]:
    """Yield every change of a module, in the order of its lines, each once."""
    found = {one.text: one for one in (*_left_out(module), *_standard(module))}
    compiling = [
        one
        for one in found.values()
        if not module.places.says_nothing(one.first_line) and _compiles(one.text)
    ]
    in_order = sorted(compiling, key=lambda one: (one.start, one.end, one.instead))
    made: Counter[About] = Counter()
    for one in in_order:
        made[one.about] += 1
        yield replace(one, again=made[one.about])


def _compiles(text: str) -> bool:
    try:
        compile(text, "mutant", "exec")
    except SyntaxError:
        return False
    return True


def _standard(module: Module) -> Iterator[Mutant]:
    # Here, not above: only code that makes mutants needs it.
    from cosmic_ray.ast import ast_nodes, get_ast
    from cosmic_ray.mutating import mutate_code
    from cosmic_ray.plugins import get_operator

    for name in STANDARD:
        operator = get_operator(name)()
        nodes = ast_nodes(get_ast(module.text))
        places = sum(1 for node in nodes for _ in operator.mutation_positions(node))
        for place in range(places):
            changed = mutate_code(module.text, operator, place)
            if changed is not None and changed != module.text:
                yield _difference(module, changed)


def _difference(module: Module, changed: str) -> Mutant:
    old, start = module.text, 0
    shorter = min(len(old), len(changed))
    while start < shorter and old[start] == changed[start]:
        start += 1
    behind = 0
    while behind < shorter - start and old[-1 - behind] == changed[-1 - behind]:
        behind += 1
    return Mutant(module, start, len(old) - behind, changed[start : len(changed) - behind])


def _left_out(module: Module) -> Iterator[Mutant]:
    makers: tuple[Callable[[Module, ast.AST], Iterator[Mutant]], ...] = (
        _statement,
        _operand,
        _filter,
        _part_of_a_query,
        _opposite,
    )
    for node in ast.walk(module.tree):
        for maker in makers:
            yield from maker(module, node)


def _instead(module: Module, node: ast.AST, text: str) -> Mutant:
    return Mutant(module, *module.places.span(node), text)


def _statement(module: Module, node: ast.AST) -> Iterator[Mutant]:
    """Remove a statement that does something."""
    match node:
        case ast.Expr(value=ast.Call() | ast.Await() as value) if not _logs(value):
            yield _instead(module, node, "pass")
        case ast.Raise() | ast.AugAssign() | ast.Delete():
            yield _instead(module, node, "pass")
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]):
            yield _instead(module, node, "pass")


def _logs(value: ast.expr) -> bool:
    match value:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name))):
            return name in LOGS
        case _:
            return False


def _operand(module: Module, node: ast.AST) -> Iterator[Mutant]:
    """Remove one condition of several."""
    if not isinstance(node, ast.BoolOp):
        return
    word = " and " if isinstance(node.op, ast.And) else " or "
    values = [f"({module.places.text(value)})" for value in node.values]
    for place in range(len(values)):
        yield _instead(module, node, word.join(values[:place] + values[place + 1 :]))


def _filter(module: Module, node: ast.AST) -> Iterator[Mutant]:
    """Keep the elements that a list leaves out."""
    if isinstance(node, ast.comprehension):
        for condition in node.ifs:
            yield _instead(module, condition, "True")


def _part_of_a_query(module: Module, node: ast.AST) -> Iterator[Mutant]:
    match node:
        case ast.Call(func=ast.Attribute(attr=name, value=before)) if name in CLAUSES:
            yield _instead(module, node, module.places.text(before))
        case ast.Call(func=ast.Attribute(attr="where", value=before), args=[_]):
            yield _instead(module, node, module.places.text(before))
    match node:
        case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name), args=[_, _, *_]) if (
            name in CONDITIONS
        ):
            for place in range(len(node.args)):
                kept = node.args[:place] + node.args[place + 1 :]
                args = ", ".join(map(module.places.text, kept))
                yield _instead(module, node, f"{module.places.text(node.func)}({args})")


def _opposite(module: Module, node: ast.AST) -> Iterator[Mutant]:
    match node:
        case ast.Call(func=ast.Name(id=name)) if name in OPPOSITES:
            yield _instead(module, node.func, OPPOSITES[name])
        case ast.Call(func=ast.Attribute(attr=name, value=before)) if name in OPPOSITES:
            instead = f"{module.places.text(before)}.{OPPOSITES[name]}"
            yield _instead(module, node.func, instead)
