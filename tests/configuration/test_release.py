"""Which commit runs: the checkout's, whoever owns it; without one, the build's."""

import shutil
import subprocess
from pathlib import Path

import pytest

from bot.configuration import release

ROOT = release.ROOT


def git(folder: Path, *arguments: str) -> str:
    who = ["-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "safe.directory=*"]
    done = subprocess.run(
        ["git", *who, *arguments], cwd=folder, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    made = tmp_path / "checkout"
    made.mkdir()
    for name in (release.STAMP, ".gitattributes", "pyproject.toml"):
        shutil.copy(ROOT / name, made)
    git(made, "init", "-q", "-b", "main")
    git(made, "add", release.STAMP, ".gitattributes", "pyproject.toml")
    git(made, "commit", "-q", "-m", "first")
    return made


def head(folder: Path) -> str:
    return git(folder, "rev-parse", "HEAD")[:12]


def test_a_checkout_has_the_commit_of_its_branch(checkout: Path) -> None:
    assert release.commit(checkout) == head(checkout)
    git(checkout, "pack-refs", "--all")
    assert release.commit(checkout) == head(checkout)
    git(checkout, "checkout", "-q", "--detach")
    assert release.commit(checkout) == head(checkout)


def test_a_worktree_has_the_commit_of_its_own_branch(checkout: Path, tmp_path: Path) -> None:
    git(checkout, "worktree", "add", "-q", "-b", "other", str(tmp_path / "tree"))
    git(tmp_path / "tree", "commit", "-q", "--allow-empty", "-m", "second")
    assert release.commit(tmp_path / "tree") == head(tmp_path / "tree") != head(checkout)


def test_an_archive_is_stamped_with_its_commit(checkout: Path, tmp_path: Path) -> None:
    git(checkout, "archive", "--output", str(tmp_path / "a.tar"), "HEAD")
    shutil.unpack_archive(tmp_path / "a.tar", tmp_path / "archive")
    assert release.commit(tmp_path / "archive") == head(checkout)
    assert release.version(tmp_path / "archive") == release.version()


def test_without_either_it_is_unknown(tmp_path: Path) -> None:
    shutil.copy(ROOT / release.STAMP, tmp_path)
    assert (release.commit(tmp_path), release.version(tmp_path)) == ("unknown", "unknown")
