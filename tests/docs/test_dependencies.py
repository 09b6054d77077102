"""`pyproject.toml` lists the dependencies: the pins, the set-up and their page agree with it."""

import re
import subprocess
import tomllib
from typing import Any

import pytest

from tests.docs.pages import DOCS, ROOT, row_of, text

PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
GROUPS: dict[str, list[Any]] = PROJECT["dependency-groups"]
_NAME = re.compile(r"[a-z0-9-]+")
_PIN = re.compile(r"^([a-z0-9-]+)==(\S+).*((?:\n    --hash=sha256:[0-9a-f]{64}(?: \\)?)*)", re.M)
_ASKED_FOR = re.compile(r"^([a-z0-9-]+)==(?:(?!^\S).*\n)*?.*\btocsin \(pyproject\.toml", re.M)
"""A pin that is there because `pyproject.toml` names it."""


def names(requirements: list[Any]) -> set[str]:
    return {_NAME.match(each)[0] for each in requirements if isinstance(each, str)}  # type: ignore[index]


RUN = names(PROJECT["project"]["dependencies"])
DEV = names(GROUPS["test"]) | names(GROUPS["dev"])
PINNED_FOR = {
    "requirements.txt": RUN,
    "requirements-dev.txt": DEV,
    "requirements-uv.txt": names(GROUPS["installer"]),
}


def pins(file: str) -> dict[str, str]:
    return {name: version for name, version, _ in _PIN.findall(text(ROOT / file))}


@pytest.mark.parametrize(("file", "listed"), PINNED_FOR.items())
def test_the_pins_are_compiled_from_what_the_project_lists(file: str, listed: set[str]) -> None:
    assert set(_ASKED_FOR.findall(text(ROOT / file))) == listed


@pytest.mark.parametrize("file", PINNED_FOR)
def test_every_pin_has_hashes_and_no_file_names_a_registry(file: str) -> None:
    found = _PIN.findall(text(ROOT / file))
    assert found
    assert [name for name, _, hashes in found if not hashes] == []
    assert not re.search(r"https?://|--(?:extra-)?index-url|--find-links(?! )", text(ROOT / file))


def test_a_package_in_two_files_has_one_version() -> None:
    run, dev = pins("requirements.txt"), pins("requirements-dev.txt")
    assert [name for name in run.keys() & dev.keys() if run[name] != dev[name]] == []


def test_the_bot_runs_without_any_package_for_tests_or_checks() -> None:
    assert "pytest" in DEV
    assert sorted(pins("requirements.txt").keys() & DEV) == []


@pytest.mark.parametrize(
    ("target", "files"),
    [
        ("install", {"requirements-uv.txt", "requirements.txt"}),
        ("demo", {"requirements-uv.txt", "requirements.txt"}),
        ("setup", {"requirements-uv.txt", "requirements.txt", "requirements-dev.txt"}),
    ],
)
def test_a_target_installs_what_it_needs(target: str, files: set[str], tmp_path: object) -> None:
    planned = subprocess.run(
        ["make", "--dry-run", target, f"VENV={tmp_path}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    installs = [line for line in planned.splitlines() if "pip install" in line]
    assert {file for line in installs for file in re.findall(r"-r (\S+)", line)} == files
    assert [line for line in installs if "--require-hashes" not in line] == []


def test_production_is_set_up_with_what_the_bot_needs() -> None:
    """The steps for the systemd unit, and the upgrade."""
    readme = text(ROOT / "README.md")
    assert "cd /opt/tocsin && make install\n" in readme
    assert re.search(r"\*\*Upgrade\.\*\* Run `git pull`, `make install`", readme)


@pytest.mark.parametrize("package", sorted(RUN | DEV | names(GROUPS["installer"])))
def test_a_dependency_says_what_it_is_for(package: str) -> None:
    assert row_of(text(DOCS / "dependencies.md"), f"`{package}`")


def test_no_dependency_is_explained_that_is_gone() -> None:
    explained = re.findall(r"^\| `([^`]+)` \|", text(DOCS / "dependencies.md"), re.MULTILINE)
    assert sorted(explained) == sorted(RUN | DEV | names(GROUPS["installer"]))
