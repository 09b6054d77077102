"""Cosmic Ray's changes: of comparisons, conditions and loops."""

from collections.abc import Iterator
from copy import deepcopy

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.plugins import get_operator

from tests.mutants.mutant import Module, Mutant

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
    "core/ZeroIterationForLoop",
)
"""One change of each comparison. A test that notices `<=` for `<` notices the others.

Numbers and texts are not changed: most of them are a matter of taste, not of behaviour.
"""


def standard(module: Module) -> Iterator[Mutant]:
    """Make each change on a copy of its node."""
    operators = [get_operator(name)() for name in STANDARD]
    for node in ast_nodes(get_ast(module.text)):
        for operator in operators:
            for place, _ in enumerate(operator.mutation_positions(node)):
                alone = deepcopy(node, {id(node.parent): node.parent})
                changed = operator.mutate(alone, place).get_code(include_prefix=False)
                start, end = (module.places.at(*each) for each in (node.start_pos, node.end_pos))
                whole = module.text[:start] + changed + module.text[end:]
                if whole != module.text:
                    yield _difference(module, whole)


def _difference(module: Module, changed: str) -> Mutant:
    old, start = module.text, 0
    shorter = min(len(old), len(changed))
    while start < shorter and old[start] == changed[start]:
        start += 1
    behind = 0
    while behind < shorter - start and old[-1 - behind] == changed[-1 - behind]:
        behind += 1
    return Mutant(module, start, len(old) - behind, changed[start : len(changed) - behind])
