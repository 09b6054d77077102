"""The version goes with the changelog: what is not released yet is no release."""

import re

import pytest

from bot.configuration import release
from tests.docs.test_changelog import RELEASES, Release, releases


def fits(version: str, changes: list[Release]) -> bool:
    """Whether it is the newest release's, or with changes since then, the next one's."""
    unreleased, newest, *_ = changes
    released = newest.heading.split()[0]
    if not unreleased.groups():
        return version == released
    leading = re.fullmatch(r"(\d+\.\d+\.\d+)\.dev\d+", version)
    return leading is not None and _numbers(leading[1]) > _numbers(released)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def test_the_version_is_the_newest_release_or_leads_to_the_next() -> None:
    assert fits(release.version(), RELEASES), (
        "with lines under Unreleased, the version is the next one with .dev0; without, the newest"
    )


@pytest.mark.parametrize(
    ("version", "unreleased", "right"),
    [
        ("0.3.0", "", True),
        ("0.4.0.dev0", "", False),
        ("0.4.0.dev0", "### Added\n\n- A clock.\n", True),
        ("0.3.0", "### Added\n\n- A clock.\n", False),
        ("0.3.0.dev0", "### Added\n\n- A clock.\n", False),
        ("0.4.0", "### Added\n\n- A clock.\n", False),
    ],
)
def test_a_version_that_does_not_fit_is_found(version: str, unreleased: str, right: bool) -> None:
    changes = releases(f"# Changelog\n\n## Unreleased\n\n{unreleased}\n## 0.3.0 (2026-12-01)\n")
    assert fits(version, list(changes)) is right
