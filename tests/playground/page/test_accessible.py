"""axe-core finds nothing in any state of the page: wide in light, and on a phone in the dark.

`make e2e` leaves a picture of each in `var/e2e/page`.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from typing import Literal

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, ViewportSize

from playground.testing import RunningPlayground
from tests.accessible import violations
from tests.browser import PICTURES, picture
from tests.playground.page.driver import Client
from tests.playground.page.states import STATES

pytestmark = pytest.mark.asyncio(loop_scope="module")

WIDE, PHONE = ViewportSize(width=1440, height=900), ViewportSize(width=390, height=844)
Scheme = Literal["light", "dark"]
LOOKS: list[tuple[ViewportSize, Scheme]] = [(WIDE, "light"), (PHONE, "dark")]
if os.environ.get("TOCSIN_EVERY_LOOK"):
    LOOKS += [(WIDE, "dark"), (PHONE, "light")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def tab(browser: Browser) -> AsyncIterator[Page]:
    """One for all states, without movement: what is on its way has no colour of its own."""
    context = await browser.new_context(viewport=WIDE, reduced_motion="reduce")
    context.set_default_timeout(10_000)
    yield await context.new_page()
    await context.close()


@pytest_asyncio.fixture(loop_scope="module")
async def page(tab: Page) -> AsyncIterator[Page]:
    """The tab as it was at first: what a state leaves behind is forgotten."""
    await tab.set_viewport_size(WIDE)
    await tab.emulate_media(color_scheme="light", reduced_motion="reduce")
    yield tab
    await tab.evaluate("sessionStorage.clear(); localStorage.clear()")
    await tab.goto("about:blank")


@pytest.mark.parametrize("name", STATES)
async def test_axe_finds_nothing(client: Client, slack: RunningPlayground, name: str) -> None:
    app_url = slack.slack.config.app_url
    try:
        await STATES[name](client, slack)
        found = [
            problem
            for size, scheme in LOOKS
            for problem in await seen(client.page, size, scheme, name)
        ]
    finally:
        slack.send_to(app_url)
    assert not found, "\n".join(found)


async def seen(page: Page, size: ViewportSize, scheme: Scheme, name: str) -> list[str]:
    await page.set_viewport_size(size)
    await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    look = f"{size['width']}-{scheme}"
    await picture(page, PICTURES / "page" / f"{name.replace(' ', '-')}-{look}.png")
    return [f"{look}: {problem}" for problem in await violations(page)]
