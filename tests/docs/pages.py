"""The documentation as the tests read it: pages, sections, code examples, links."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
REFERENCE = DOCS / "reference"

_FENCE = re.compile(r"^( *)```([a-z]*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`[^`\n]+`")
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^(#+) (.+)$", re.MULTILINE)
_LEVEL_TWO = re.compile(r"^## ", re.MULTILINE)


@dataclass(frozen=True)
class Example:
    """A fenced block, and the line where it begins."""

    page: Path
    line: int
    language: str
    code: str

    def __str__(self) -> str:
        return f"{name(self.page)}:{self.line}"


def name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


@cache
def pages() -> tuple[Path, ...]:
    """Return every page of documentation in Markdown."""
    top = (
        ROOT / "README.md",
        ROOT / "CHANGELOG.md",
        ROOT / "CONTRIBUTING.md",
        ROOT / "SECURITY.md",
    )
    return (*top, ROOT / "playground" / "README.md", *sorted(DOCS.rglob("*.md")))


@cache
def text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def reference(page: str) -> str:
    return text(REFERENCE / f"{page}.md")


def examples(page: Path) -> Iterator[Example]:
    """Yield the fenced blocks of a page. Indented ones are dedented."""
    said = text(page)
    for found in _FENCE.finditer(said):
        indent = found[1]
        code = re.sub(f"^{indent}", "", found[3], flags=re.MULTILINE)
        yield Example(page, said.count("\n", 0, found.start()) + 1, found[2], code)


def links(page: Path) -> list[str]:
    """Return the targets of a page's links. Code contains no links."""
    return _LINK.findall(_CODE.sub("", _FENCE.sub("", text(page))))


def anchors(page: Path) -> set[str]:
    """Return the fragments of a page's headings."""
    return {anchor(heading) for _, heading in _HEADING.findall(_FENCE.sub("", text(page)))}


def anchor(heading: str) -> str:
    """Make the fragment of a heading as GitHub does."""
    kept = re.sub(r"[^\w\- ]", "", heading.strip().lower())
    return kept.replace(" ", "-")


def section(page: str, heading: str) -> str:
    """Return the text under `## heading` of a reference page, or ''."""
    for part in _LEVEL_TWO.split(reference(page))[1:]:
        title, _, body = part.partition("\n")
        if title.strip() == heading:
            return body
    return ""


def rows(page_text: str) -> list[list[str]]:
    """Return the rows of all tables of a page, cell by cell."""
    lines = [line for line in page_text.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split(" |")] for line in lines]


def row_of(page_text: str, first: str) -> list[str]:
    """Return the table row that begins with `first`, or an empty one."""
    return next((row for row in rows(page_text) if row[0] == first), [])


def squeezed(words: str) -> str:
    """Return the words without line ends and indentation, which depend on a terminal's width."""
    return " ".join(words.split())
