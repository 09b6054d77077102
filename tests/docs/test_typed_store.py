"""Services give the store typed values: mypy cannot check a column's name in a dict or in **Any."""

import ast
from collections.abc import Iterator

import pytest

from tests.docs.pages import ROOT

ABOVE = ("bot/services", "bot/worker", "handlers")
UNTYPED = ("Any", "object")

ANY_KEYWORDS = {
    "bot/worker/delivery/slack_posts.py:_or_plain_text": "the arguments of a call to Slack",
    "handlers/answers.py:sentence": "the values in a template",
    "handlers/request.py:say": "the values in a template",
    "handlers/http/timed_app.py:__init__": "the options of Bolt's app",
}
"""Functions above the store that take any keyword, and for what. Columns are none of it."""

MECHANISM = ("bot/store/transaction.py", "bot/store/sql/", "bot/store/tables/base.py")
"""Where the store makes statements of rows, whatever their columns."""

PAST_SQLALCHEMY = {
    "bot/store/sql/engines.py": "BEGIN",
    "bot/store/sql/shared_commits.py": "SAVEPOINT, on SQLite",
    "bot/store/transaction.py": "what SQLAlchemy has compiled",
    "bot/store/upkeep/storage_check.py": "PRAGMA on SQLite, pages to fill on PostgreSQL",
}
"""Modules that give SQL to a driver themselves. `tests/statements.py` does not compare it."""


def modules(*folders: str) -> Iterator[tuple[str, ast.Module]]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text())


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def takes_any_keyword(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    rest = function.args.kwarg
    return (
        rest is not None and rest.annotation is not None and ast.unparse(rest.annotation) in UNTYPED
    )


def takes_any_mapping(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    given = (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)
    hints = [ast.unparse(one.annotation) for one in given if one.annotation is not None]
    return any(f"[str, {untyped}]" in hint for hint in hints for untyped in UNTYPED)


def from_the_store(tree: ast.Module) -> set[str]:
    """The names under which a module knows something of the store."""
    return {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("bot.store")
        for alias in node.names
    }


def goes_to_the_store(call: ast.Call, known: set[str]) -> bool:
    named = ast.unparse(call.func).split(".")
    return named[0] in known or "tx" in named[:-1] or named[-1] == "add"


def dicts_given(tree: ast.Module) -> Iterator[ast.Call]:
    known = from_the_store(tree)
    for function in functions(tree):
        named = {
            target.id
            for node in ast.walk(function)
            if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Dict)
            for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
            if isinstance(target, ast.Name)
        }
        for call in ast.walk(function):
            if isinstance(call, ast.Call) and goes_to_the_store(call, known):
                given = [*call.args, *(one.value for one in call.keywords if one.arg != "args")]
                if any(
                    isinstance(one, ast.Dict) or (isinstance(one, ast.Name) and one.id in named)
                    for one in given
                ):
                    yield call


def test_no_function_above_the_store_takes_any_keyword() -> None:
    found = {
        f"{path}:{function.name}"
        for path, tree in modules(*ABOVE)
        for function in functions(tree)
        if takes_any_keyword(function)
    }
    assert found == ANY_KEYWORDS.keys()


def test_no_dict_of_columns_goes_to_the_store() -> None:
    found = [
        f"{path}:{call.lineno} {ast.unparse(call)[:80]}"
        for path, tree in modules(*ABOVE)
        for call in dicts_given(tree)
    ]
    assert found == []


@pytest.mark.parametrize(
    "told",
    [
        "pages.end_run(locked.tx, run.id, {'state': 1})",
        "locked.tx.insert(Page, {'id': 1})",
        "tx.changed(statement, {'id': 1})",
        "row = {'id': 1}; locked.add(NewRow(Page, row))",
    ],
)
def test_a_dict_for_the_store_is_found(told: str) -> None:
    """So that the test above can fail."""
    imports = "from bot.store.paging import pages\nfrom bot.store.transaction import NewRow\n"
    assert list(dicts_given(ast.parse(f"{imports}def change(locked, tx):\n    {told}\n")))


def test_the_store_offers_no_function_that_takes_any_columns() -> None:
    found = [
        f"{path}:{function.name}"
        for path, tree in modules("bot/store")
        if not path.startswith(MECHANISM)
        for function in functions(tree)
        if not function.name.startswith("_")
        and (takes_any_mapping(function) or takes_any_keyword(function))
    ]
    assert found == []


def test_only_sql_for_one_database_goes_past_sqlalchemy() -> None:
    found = {
        path
        for path, tree in modules("bot", "handlers", "commandline")
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        and ast.unparse(call.func).endswith((".exec_driver_sql", ".on_driver"))
    }
    assert found == PAST_SQLALCHEMY.keys()
