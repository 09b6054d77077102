"""A tab for each test, and never two tests at once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

GROUP = "e2e"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Each of them starts a browser and several servers: never two at once."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.xdist_group(GROUP))


@pytest_asyncio.fixture(loop_scope="module")
async def page(browser: Browser) -> AsyncIterator[Page]:
    """A tab of 1280 × 800 in light colours that tolerates no error in its scripts."""
    context = await browser.new_context(
        viewport={"width": 1280, "height": 800}, color_scheme="light", locale="en-GB"
    )
    context.set_default_timeout(15_000)
    tab = await context.new_page()
    wrong: list[str] = []
    tab.on("pageerror", lambda error: wrong.append(str(error)))
    yield tab
    await context.close()
    assert wrong == []
