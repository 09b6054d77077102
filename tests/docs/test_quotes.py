"""What a page quotes of the bot, in a log, an answer or at `/readyz`, is what the bot says."""

import re
from pathlib import Path

import pytest

from tests.docs.pages import DOCS, ROOT, name, text

PAGES = [ROOT / "README.md", *sorted(DOCS.glob("*.md")), *sorted(DOCS.glob("[hr]*/*.md"))]
SPOKEN = [
    path.read_text(encoding="utf-8")
    for part in ("bot", "handlers", "commandline", "templates")
    for path in sorted((ROOT / part).rglob("*"))
    if path.suffix in {".py", ".j2"}
]
SAID = re.sub(r'"\s*\n\s*f?"', "", "\n".join(SPOKEN))
"""All of the sources, with texts that go on in the next line in one piece."""
_FENCE = re.compile(r"```.*?```", re.DOTALL)
_QUOTED = re.compile(r'"([A-Z][^"\n`]{12,90})"')


def quotes(page: Path) -> list[str]:
    return [each.rstrip(".,") for each in _QUOTED.findall(_FENCE.sub("", text(page)))]


@pytest.mark.parametrize("page", [page for page in PAGES if quotes(page)], ids=name)
def test_what_a_page_quotes_is_said(page: Path) -> None:
    parts = [part.strip() for quoted in quotes(page) for part in quoted.split("…")]
    assert [part for part in parts if part not in SAID] == []


def test_quotes_are_found() -> None:
    assert "Tocsin serves" in {each for page in PAGES for each in quotes(page)}
