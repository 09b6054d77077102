"""The changes that are made to a module, each at one place.

Cosmic Ray changes comparisons and constants, but deletes nothing. The code here removes statements,
conditions and parts of a query.
"""

import ast
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace

from tests.mutants.mutant import About, Module, Mutant
from tests.mutants.standard import standard

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
LOGS = frozenset({"log", "logger"})
_MEMBERSHIP = re.compile(r"\b(?:(not)\s+)?in\b")


def mutants_of(module: Module) -> Iterator[Mutant]:
    """Yield every change of a module, in the order of its lines, each once."""
    found = {one.text: one for one in (*_left_out(module), *standard(module))}
    compiling = [
        one
        for one in found.values()
        if not module.places.says_nothing(one.first_line) and _compiles(one)
    ]
    in_order = sorted(compiling, key=lambda one: (one.start, one.end, one.instead))
    made: Counter[About] = Counter()
    for one in in_order:
        made[one.about] += 1
        yield replace(one, again=made[one.about])


def _compiles(one: Mutant) -> bool:
    """Compile only the statement of the module that has the change: modules are long."""
    start, end = one.module.places.statement(one.first_line, one.last_line)
    changed = one.module.text[start : one.start] + one.instead + one.module.text[one.end : end]
    try:
        compile(changed, "mutant", "exec")
    except SyntaxError:
        return False
    return True


def _left_out(module: Module) -> Iterator[Mutant]:
    makers: tuple[Callable[[Module, ast.AST], Iterator[Mutant]], ...] = (
        _statement,
        _operand,
        _filter,
        _part_of_a_query,
        _opposite,
        _membership,
        _caught,
        _named,
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


def _membership(module: Module, node: ast.AST) -> Iterator[Mutant]:
    """Turn `in` and `not in`. Cosmic Ray leaves both as they are."""
    if not isinstance(node, ast.Compare):
        return
    for before, operator, behind in zip(
        [node.left, *node.comparators], node.ops, node.comparators, strict=False
    ):
        if isinstance(operator, ast.In | ast.NotIn):
            (_, begins), (ends, _) = module.places.span(before), module.places.span(behind)
            found = _MEMBERSHIP.search(module.text, begins, ends)
            assert found is not None
            yield Mutant(module, *found.span(), "in" if found[1] else "not in")


def _caught(module: Module, node: ast.AST) -> Iterator[Mutant]:
    """Catch one class of errors less."""
    match node:
        case ast.ExceptHandler(type=ast.Tuple(elts=every) as caught):
            for place in range(len(every)):
                kept = ", ".join(map(module.places.text, every[:place] + every[place + 1 :]))
                yield _instead(module, caught, f"({kept})")
        case ast.ExceptHandler(type=ast.expr() as caught):
            yield _instead(module, caught, "()")


def _named(module: Module, node: ast.AST) -> Iterator[Mutant]:
    """Turn a condition that names its value. Cosmic Ray makes no Python of it."""
    match node:
        case ast.If(test=ast.NamedExpr() as test) | ast.While(test=ast.NamedExpr() as test):
            yield _instead(module, test, f"not ({module.places.text(test)})")
