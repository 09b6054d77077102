"""The version goes with the changelog: what is not released yet is no release."""

import re

from bot import release
from tests.docs.pages import ROOT

_HEADING = re.compile(r"^## (Unreleased|\d+\.\d+\.\d+)", re.MULTILINE)


def test_the_version_is_the_newest_release_or_leads_to_the_next() -> None:
    first, newest, *_ = _HEADING.findall((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))
    if first != "Unreleased":
        assert release.version() == first
        return
    base, dev = re.fullmatch(r"(\d+\.\d+\.\d+)(\.dev\d+)?", release.version()).groups()  # type: ignore[union-attr]
    assert dev, f"set the version to the one after {newest}, with .dev0: nothing is released yet"
    assert _numbers(base) > _numbers(newest)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))
