"""The changelog has one form: releases, groups, and one short line a change."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import pytest

from tests.docs.pages import ROOT

GROUPS = ("Added", "Changed", "Fixed", "Security")
"""In this order, each only where it has a line."""
WORDS = 20
_RELEASE = re.compile(r"(\d+)\.(\d+)\.(\d+) \(\d{4}-\d{2}-\d{2}\)")
TEXT = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


class Release(NamedTuple):
    heading: str
    body: str

    def groups(self) -> dict[str, list[str]]:
        """Return the lines under each group's heading, without empty ones."""
        parts = re.split(r"^### ", self.body, flags=re.MULTILINE)[1:]
        found = [part.splitlines() for part in parts]
        return {name: [line for line in lines if line] for name, *lines in found}


def releases(text: str = TEXT) -> Iterator[Release]:
    for part in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        heading, _, body = part.partition("\n")
        yield Release(heading, body)


RELEASES = list(releases())


def test_what_comes_has_a_place_above_the_releases_newest_first() -> None:
    first, *others = [release.heading for release in RELEASES]
    assert first == "Unreleased"
    assert [heading for heading in others if not _RELEASE.fullmatch(heading)] == []
    versions = [
        tuple(map(int, found.groups())) for each in others if (found := _RELEASE.fullmatch(each))
    ]
    assert all(newer > older for newer, older in pairwise(versions))


@pytest.mark.parametrize("release", RELEASES, ids=lambda release: release.heading)
def test_a_release_has_the_known_groups_in_their_order(release: Release) -> None:
    groups = release.groups()
    headings = re.findall(r"^### (.+)$", release.body, re.MULTILINE)
    assert headings == [name for name in GROUPS if name in groups]
    assert [name for name, lines in groups.items() if not lines] == []


@pytest.mark.parametrize("release", RELEASES, ids=lambda release: release.heading)
def test_a_change_is_one_line_of_few_words(release: Release) -> None:
    lines = [line for group in release.groups().values() for line in group]
    assert [line for line in lines if not re.fullmatch(r"- \S.*[.?]`?", line)] == []
    assert [line for line in lines if len(line.split()) - 1 > WORDS] == []


def test_no_change_is_told_twice() -> None:
    lines = [line for release in RELEASES for group in release.groups().values() for line in group]
    assert sorted(line for line in set(lines) if lines.count(line) > 1) == []
