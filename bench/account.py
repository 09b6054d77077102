"""The account of the last full run, in docs/performance.md."""

from pathlib import Path

from bench.processes import ROOT

DOCUMENT = ROOT / "docs" / "performance.md"
_BEGIN, _END = "<!-- figures: begin -->", "<!-- figures: end -->"


def write_figures(document: Path, figures: str) -> None:
    """Put the figures where the last ones stood; the words around them stay."""
    text = document.read_text()
    before, begin, rest = text.partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not begin or not end:
        raise SystemExit(f"{document.name} has no '{_BEGIN}' … '{_END}' to write between.")
    document.write_text(f"{before}{_BEGIN}\n\n{figures}\n\n{_END}{after}")
