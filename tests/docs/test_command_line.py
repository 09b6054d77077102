"""Commands, targets of make, and the policy's tables."""

import inspect
import io
import re
import tomllib
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from bot.policy import load
from bot.policy.schema import PolicyFile
from bot.services.incidents import export
from commandline.main import main
from tests.docs.pages import DOCS, REFERENCE, ROOT, examples, reference, row_of, section, squeezed

_COMMAND = re.compile(r"^    ([a-z]+)  ", re.MULTILINE)
_TARGET = re.compile(r"^([a-z0-9-]+):.*## ", re.MULTILINE)


def help_of(*command: str) -> str:
    """Return what `app.py … --help` prints."""
    printed = io.StringIO()
    with redirect_stdout(printed), pytest.raises(SystemExit):
        main([*command, "--help"])
    return printed.getvalue()


COMMANDS = _COMMAND.findall(help_of())


def test_all_commands_were_found() -> None:
    known = ["serve", "migrate", "doctor", "manifest", "digest", "export", "verify"]
    known += ["backup", "restore", "demo", "version"]
    assert known == COMMANDS


def test_the_reference_begins_with_the_help_of_all_commands() -> None:
    assert squeezed(help_of()) in squeezed(reference("command-line"))


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_has_a_section_with_its_own_help(command: str) -> None:
    assert squeezed(help_of(command)) in squeezed(section("command-line", command))


@pytest.mark.parametrize("target", _TARGET.findall((ROOT / "Makefile").read_text(encoding="utf-8")))
def test_a_target_of_make_has_a_row(target: str) -> None:
    if target != "help":
        assert row_of(section("command-line", "make"), f"`make {target}`")


def tables_and_keys() -> list[tuple[str, list[str]]]:
    """Return each table of the policy file with its keys, those of tables within it too."""
    return [
        (table, keys)
        for table, field in PolicyFile.model_fields.items()
        for inner in _models_in(field.annotation)
        for keys in _keys_of(inner)
    ]


def _keys_of(model: type[BaseModel]) -> Iterator[list[str]]:
    yield list(model.model_fields)
    for key, field in model.model_fields.items():
        # A team's own ladder is written as the default ones are, and explained there.
        for inner in _models_in(field.annotation) if key != "ladder" else []:
            yield from _keys_of(inner)


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if inspect.isclass(annotation) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for argument in get_args(annotation) for model in _models_in(argument)]


@pytest.mark.parametrize("table", PolicyFile.model_fields)
def test_a_table_of_the_policy_is_under_a_heading(table: str) -> None:
    headings = re.findall(r"^## (.+)$", reference("policy"), re.MULTILINE)
    named = {word.strip(" ,") for heading in headings for word in re.split(r"[:,]", heading)}
    assert table in named


@pytest.mark.parametrize(("table", "keys"), tables_and_keys())
def test_every_key_of_a_table_is_explained_where_the_table_is(table: str, keys: list[str]) -> None:
    said = section("policy", table)
    assert [key for key in keys if f"`{key}`" not in said] == []


def test_the_smallest_policy_in_the_reference_is_valid(tmp_path: Path) -> None:
    code = [example.code for example in examples(REFERENCE / "policy.md")][-1]
    assert "time_zone" in tomllib.loads(code)
    file = tmp_path / "smallest.toml"
    file.write_text(code, encoding="utf-8")
    assert load(file).teams


def test_every_decision_is_in_the_list_of_decisions() -> None:
    listed = (DOCS / "adr" / "README.md").read_text(encoding="utf-8")
    records = sorted(path.name for path in (DOCS / "adr").glob("0*.md"))
    assert records
    assert [record for record in records if f"({record})" not in listed] == []


def test_everything_that_an_export_holds_is_named() -> None:
    """The keys of `export.records`, as they stand in the code, and its parts."""
    source = inspect.getsource(export.records)
    keys = re.findall(r'^ {16}"(\w+)": ', source, re.MULTILINE)
    assert keys
    keys += [name for name, _rows in export.PARTS.values()]
    assert "timeline" in keys
    said = section("command-line", "export")
    spoken = {"reference": "escalation", "incident": "escalation", "runs": "paging runs"}
    assert [key for key in keys if spoken.get(key, key) not in said] == []
