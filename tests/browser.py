"""One real browser for each module. Every test that needs it has the mark `browser`.

Only `make e2e` takes pictures, which are for people to look at: they take a quarter of the time.

Without a browser, such a test fails and says so. Only `-m "not browser"` leaves it out.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

if TYPE_CHECKING:  # Most test processes never start one.
    from playwright.async_api import Browser, Page

PICTURES = Path(__file__).resolve().parents[1] / "var" / "e2e"
TAKE_PICTURES = bool(os.environ.get("TOCSIN_PICTURES"))
CHROMIUM = os.environ.get("CHROMIUM") or "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "browser: needs Chromium")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test that needs the browser, even indirectly, before `-m` reads the marks."""
    for item in items:
        if "chromium" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)


async def picture(page: Page, path: Path, *, full_page: bool = False) -> None:
    if TAKE_PICTURES:
        await page.screenshot(path=path, full_page=full_page, animations="disabled")


@pytest.fixture(scope="session")
def chromium() -> str:
    found = shutil.which(CHROMIUM)
    if found is None:
        pytest.fail(
            f"This test needs a browser, and there is none at {CHROMIUM}. Install Chromium (Debian:"
            " apt-get install chromium), or say where it is: CHROMIUM=/path/to/chromium.",
            pytrace=False,
        )
    return found


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser(chromium: str) -> AsyncIterator[Browser]:
    from playwright.async_api import async_playwright

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield browser
        await browser.close()
