"""Pages hold together: links lead somewhere, examples can be read."""

import ast
import json
import re
import subprocess
import tomllib
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from tests.docs.pages import (
    DOCS,
    ROOT,
    Example,
    anchors,
    examples,
    links,
    name,
    pages,
    row_of,
    text,
)

EXAMPLES = [example for page in pages() for example in examples(page)]
LANGUAGES = {"bash", "ini", "jinja", "json", "nginx", "python", "sql", "text", "toml", "yaml"}
# A mark of what is left to do, the address of somebody's machine. Written so that this line,
# which looks for marks, is not itself taken for one.
FORBIDDEN = re.compile(
    r"\b(?:TO-?DO|FIX-?ME|X{3}|T[B]D)\b"
    r"|(?<![\w.])/(?:work|root|home|tmp|Users)/|localhost:\d|C:\\"
)
_FENCED = re.compile(r"```.*?```", re.DOTALL)
FOLDERS = (
    "bot",
    "handlers",
    "commandline",
    "playground",
    "slack_rules",
    "bench",
    "templates",
    "migrations",
    "tests",
    "ops",
    "docs",
)


@pytest.mark.parametrize("page", pages(), ids=name)
def test_every_link_within_the_repository_leads_somewhere(page: Path) -> None:
    assert [link for link in links(page) if not leads_somewhere(page, link)] == []


def leads_somewhere(page: Path, link: str) -> bool:
    if link.startswith(("https://", "http://127.0.0.1")):
        return True
    path, _, fragment = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    if not target.exists() or ROOT not in target.parents:
        return False
    return not fragment or fragment in anchors(target)


@pytest.mark.parametrize("page", pages(), ids=name)
def test_a_path_that_a_page_names_is_there(page: Path) -> None:
    prose = re.sub(r"```.*?```", "", text(page), flags=re.DOTALL)
    named = re.findall(rf"`((?:{'|'.join(FOLDERS)})/[\w./*-]*)`", prose)
    assert [path for path in named if not list(ROOT.glob(path))] == []


def test_every_page_is_reached_from_the_readme() -> None:
    reached, ahead = set[Path](), [ROOT / "README.md"]
    while ahead:
        page = ahead.pop()
        reached.add(page)
        targets = [(page.parent / link.partition("#")[0]).resolve() for link in links(page)]
        ahead += [to for to in targets if to.suffix == ".md" and to not in reached]
    assert [name(page) for page in pages() if page not in reached] == []


@pytest.mark.parametrize("page", [*pages(), ROOT / ".env.example"], ids=lambda page: page.name)
def test_a_page_has_no_loose_ends_and_no_address_of_somebodys_machine(page: Path) -> None:
    assert FORBIDDEN.findall(text(page)) == []


@pytest.mark.parametrize("page", pages(), ids=name)
def test_a_page_has_one_title_and_every_example_a_language(page: Path) -> None:
    titles = re.findall(
        r"^# .+$", re.sub(r"```.*?```", "", text(page), flags=re.DOTALL), re.MULTILINE
    )
    assert len(titles) == 1
    assert {example.language for example in examples(page)} <= LANGUAGES
    assert text(page).count("```") == 2 * len(list(examples(page)))


@pytest.mark.parametrize("page", pages(), ids=name)
def test_a_page_says_each_thing_once(page: Path) -> None:
    """No line twice in a row, no number twice in a list, no two rows of a table with one name."""
    said = [line for line in _FENCED.sub("", text(page)).splitlines() if line]
    assert [line for line, following in pairwise(said) if line == following] == []
    numbers = [re.match(r"\s*\d+\. ", line) for line in said]
    assert [
        one[0] for one, other in pairwise(numbers) if one and other and one[0] == other[0]
    ] == []
    assert [row for row, count in Counter(_rows_named_by_code(page)).items() if count > 1] == []


def _rows_named_by_code(page: Path) -> Iterator[tuple[int, str]]:
    """Yield the names in the first cells of each table, with the table's number."""
    table = 0
    for line, following in pairwise(text(page).splitlines()):
        table += line.startswith("| ") and following.startswith("|-")
        if line.startswith("| `"):
            first = line.split(" |")[0]
            yield from ((table, found) for found in re.findall(r"`[^`]+`", first))


@pytest.mark.parametrize(
    "example", [each for each in EXAMPLES if each.language == "python"], ids=str
)
def test_a_python_example_parses(example: Example) -> None:
    ast.parse(example.code)


@pytest.mark.parametrize("example", [each for each in EXAMPLES if each.language == "toml"], ids=str)
def test_a_toml_example_parses(example: Example) -> None:
    tomllib.loads(example.code)


@pytest.mark.parametrize("example", [each for each in EXAMPLES if each.language == "json"], ids=str)
def test_a_json_example_parses(example: Example) -> None:
    json.loads(example.code)


@pytest.mark.parametrize("example", [each for each in EXAMPLES if each.language == "yaml"], ids=str)
def test_prometheus_takes_an_example_in_yaml(
    example: Example, promtool: str, tmp_path: Path
) -> None:
    """All of them are settings of its own, beside the rules."""
    (tmp_path / "alerts.yml").write_text((ROOT / "ops" / "alerts.yml").read_text(encoding="utf-8"))
    (tmp_path / "prometheus.yml").write_text(example.code)
    checked = subprocess.run(
        [promtool, "check", "config", tmp_path / "prometheus.yml"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stderr


def test_all_shell_examples_parse() -> None:
    code = "\n".join(each.code for each in EXAMPLES if each.language == "bash")
    checked = subprocess.run(
        ["bash", "-n"], input=code, text=True, capture_output=True, check=False
    )
    assert checked.stderr == ""


def test_the_shell_examples_name_only_what_exists() -> None:
    code = "\n".join(each.code for each in EXAMPLES if each.language == "bash")
    targets = set(re.findall(r"^make ([a-z0-9-]+)", code, re.MULTILINE))
    known = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert targets
    assert targets <= known


def test_the_licence_is_the_one_that_the_readme_names() -> None:
    licence = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License" in licence
    assert "END OF TERMS AND CONDITIONS" in licence
    assert "[Apache License 2.0](LICENSE)" in text(ROOT / "README.md")


def test_a_decision_is_at_most_a_page() -> None:
    records = (DOCS / "adr").glob("0*.md")
    assert [name(record) for record in records if len(text(record).split()) > 450] == []


def test_the_first_screen_says_how_to_try_it_how_to_test_it_and_what_that_needs() -> None:
    """In front of the picture, which fills the rest of the screen."""
    screen = text(ROOT / "README.md").partition("![")[0]
    assert len(screen.splitlines()) < 25
    for command in ("make demo", "make test"):
        assert re.search(rf"^{command} ", screen, re.MULTILINE)
        [_, needs, takes] = row_of(screen, f"`{command}`")
        assert needs
        assert re.search(r"\d+ (?:minutes|seconds)|minute", takes)
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    installed = re.findall(r"\(Debian: apt-get install ([a-z]+)\)", makefile)
    assert f"`apt-get install {' '.join(installed)}`" in screen
