"""The faults that axe-core finds in a page in its current state: they keep people from using it."""

from __future__ import annotations

from functools import cache

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

_ALSO = ("label-content-name-mismatch", "focus-order-semantics", "target-size")
"""Rules that axe does not check by default."""
_OPTIONS = {
    "resultTypes": ["violations"],
    # Only rules about audio and about turning the screen look into the style sheets.
    "preload": False,
    "rules": {rule: {"enabled": True} for rule in _ALSO},
}


@cache
def _axe() -> Axe:
    return Axe()


async def violations(page: Page) -> list[str]:
    """Return each broken rule, with the elements that break it."""
    if not await page.evaluate("'axe' in window"):  # Half a megabyte, once for each document.
        await page.evaluate(_axe().axe_script)
    results = await page.evaluate("options => axe.run(options)", _OPTIONS)
    return [
        f"{broken['id']} ({broken['help']}): {' | '.join(_shown(node) for node in broken['nodes'])}"
        for broken in results["violations"]
    ]


def _shown(node: dict[str, str]) -> str:
    return node["html"][:200]
