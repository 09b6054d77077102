"""The page behind a link, as somebody sees it on a telephone who was woken by it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect
from sqlmodel import col, select

from bot.domain.access.visibility import Tier
from bot.domain.fallback.ways import Link, Links
from bot.domain.ids import PageId, UserId
from bot.policy import Policy
from bot.render.manifest import manifest
from bot.services.incidents import lifecycle
from bot.services.paging import answers
from bot.store.tables import Page as PageRow
from playground.testing import running_playground
from tests.browser import PICTURES, picture
from tests.databases import fresh_url
from tests.factories import PRIYA, TOM, an_act, an_incident, people
from tests.handlers.stage import workspace_of
from tests.waiting import eventually
from tests.watch.conftest import RunningBot, a_bot

pytestmark = pytest.mark.asyncio(loop_scope="module")

SECRET = "the link secret of this test"
TITLE = "Coordinated insults under a choir's videos, after the match in Manchester on Saturday"
TELEPHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
    "locale": "en-GB",
}
NAMES = {
    "U0PRIYA": {"real_name": "Priya Nair", "tz": "Asia/Singapore"},
    "U0MEI": {"real_name": "Mei Tan"},
    "U0TOM": {"real_name": "Tom Becker"},
}
COUNTED = ("tocsin_ack_latency_seconds_count", "P1")
CONTRAST = """
() => {
  const parts = colour => colour.match(/[\\d.]+/g).map(Number);
  const light = colour => {
    const [r, g, b] = parts(colour).map(v => v / 255)
      .map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
    return .2126 * r + .7152 * g + .0722 * b;
  };
  const ground = element => {
    for (let at = element; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if (parts(colour)[3] !== 0) return colour;
    }
    return 'rgb(255, 255, 255)';
  };
  const against = element => {
    const [one, other] = [getComputedStyle(element).color, ground(element)].map(light);
    return (Math.max(one, other) + .05) / (Math.min(one, other) + .05);
  };
  return Math.min(...[...document.querySelectorAll('h1, h2, p, button, footer')].map(against));
}
"""
"""The least contrast between a text and what is behind it, as WCAG counts it."""


class Telephone:
    """A browser of a telephone's size, in Priya's hand; a picture of each thing that it shows."""

    def __init__(self, page: Page, bot: RunningBot, pictures: Path, wrong: list[str]) -> None:
        self.page = page
        self.bot = bot
        self._pictures = pictures
        self._wrong = wrong

    async def is_paged(self, **changes: Any) -> PageRow:
        """A new escalation; her page, once Slack has taken it."""
        tocsin = self.bot.tocsin
        act = an_act(now=tocsin.time_source.now())
        opened = an_incident(tocsin.db, tocsin.policy, act, title=TITLE, **changes)
        hers = select(PageRow).where(
            col(PageRow.target) == PRIYA,
            col(PageRow.incident_id) == opened.head.id,
            col(PageRow.sent_at).is_not(None),
        )

        def look() -> PageRow | None:
            with tocsin.db.reading() as tx:
                return tx.first(hers)

        return await eventually(look, within=30)

    def link(self, page: PageRow, **lasts: float) -> str:
        until = self.bot.tocsin.time_source.now() + timedelta(**(lasts or {"hours": 24}))
        token = Links(SECRET).token(Link(PageId(page.id), UserId(PRIYA), until))
        return f"{self.bot.url}/ack/{token}"

    async def opens(self, link: str) -> None:
        await self.page.goto(link)

    async def shows(self, heading: str, name: str, *, button: bool = False) -> None:
        """It says this, all of it legible, with a button or none, and nothing went wrong."""
        await expect(self.page.get_by_role("heading", level=1)).to_contain_text(heading)
        await expect(self.page.get_by_role("button")).to_have_count(int(button))
        width = await self.page.evaluate("document.documentElement.scrollWidth")
        assert width <= 390, "nobody has to scroll sideways"
        assert await self.page.evaluate(CONTRAST) >= 4.5
        await picture(self.page, self._pictures / f"{name}.png", full_page=True)
        assert self._wrong == []


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bot(
    policy: Policy, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[RunningBot]:
    """A bot with people who have names, and a Slack that takes its pages."""
    with fresh_url("sqlite", tmp_path_factory.mktemp("ack-link")) as url:
        async with (
            running_playground(
                workspace=workspace_of(policy), manifest=manifest(request_url="http://127.0.0.1/")
            ) as slack,
            a_bot(url, policy, slack, PUBLIC_URL="http://127.0.0.1:1", LINK_SECRET=SECRET) as bot,
        ):
            await bot.until_well()
            people(bot.tocsin.db, policy, **NAMES)
            yield bot


@pytest_asyncio.fixture(loop_scope="module", params=["light", "dark"])
async def telephone(
    request: pytest.FixtureRequest, browser: Browser, bot: RunningBot
) -> AsyncIterator[Telephone]:
    context = await browser.new_context(color_scheme=request.param, **TELEPHONE)
    context.set_default_timeout(15_000)
    page, wrong = await context.new_page(), list[str]()
    page.on("pageerror", lambda error: wrong.append(str(error)))
    # Such as a style that the page's own Content-Security-Policy refuses.
    page.on("console", lambda said: wrong.append(said.text) if "Refused to" in said.text else None)
    yield Telephone(page, bot, PICTURES / "ack-link" / request.param, wrong)
    await context.close()


async def test_one_press_acknowledges_and_the_link_is_used(telephone: Telephone) -> None:
    paged = await telephone.is_paged()
    link = telephone.link(paged)
    await telephone.opens(link)
    await telephone.shows("Legal is needed", "1-waiting", button=True)
    await expect(telephone.page.get_by_text(TITLE)).to_be_visible()
    await expect(telephone.page.get_by_text("Mei Tan paged Legal.")).to_be_visible()
    await expect(telephone.page.get_by_text("Singapore time (")).to_be_visible()
    button = telephone.page.get_by_role("button", name="Acknowledge")
    box = await button.bounding_box()
    assert box is not None
    assert box["height"] >= 44, "a thumb's width"
    assert box["y"] + box["height"] <= 844, "nobody has to scroll to it"
    counted = await telephone.bot.metric(*COUNTED) or 0
    await button.tap()
    await telephone.shows("You have acknowledged", "2-thank-you")
    await expect(telephone.page.get_by_text(TITLE)).to_be_visible()
    await expect(telephone.page.get_by_text("What to do now")).to_be_visible()
    assert await telephone.bot.metric(*COUNTED) == counted + 1
    await telephone.page.reload()
    await telephone.shows("You have already acknowledged", "3-used")
    await telephone.opens(link)
    await telephone.shows("You have already acknowledged", "3-used")
    assert await telephone.bot.metric(*COUNTED) == counted + 1


async def test_the_keyboard_is_enough(telephone: Telephone) -> None:
    await telephone.opens(telephone.link(await telephone.is_paged()))
    await telephone.page.keyboard.press("Tab")
    await telephone.shows("Legal is needed", "1-waiting-with-the-focus", button=True)
    await telephone.page.keyboard.press("Enter")
    await telephone.shows("You have acknowledged", "2-thank-you")


async def test_somebody_was_faster(telephone: Telephone) -> None:
    paged = await telephone.is_paged()
    link = telephone.link(paged)
    await telephone.opens(link)
    bot = telephone.bot.tocsin
    answers.acknowledge(bot.db, an_act(TOM, now=bot.time_source.now()), paged.id)
    await telephone.page.get_by_role("button").tap()
    await telephone.shows("Tom Becker was faster", "4-somebody-was-faster")


async def test_an_expired_link_says_what_to_do(telephone: Telephone) -> None:
    await telephone.opens(telephone.link(await telephone.is_paged(), minutes=-1))
    await telephone.shows("This link has expired", "5-expired")
    await expect(telephone.page.get_by_text("/escalate ack")).to_be_visible()


async def test_a_link_that_lost_its_end_on_the_way_says_what_to_do(telephone: Telephone) -> None:
    await telephone.opens(telephone.link(await telephone.is_paged())[:-7])
    await telephone.shows("This link does not work", "6-wrong")
    await expect(telephone.page.get_by_text("Copy the whole link")).to_be_visible()


async def test_an_escalation_that_has_ended_meanwhile(telephone: Telephone) -> None:
    paged = await telephone.is_paged()
    link = telephone.link(paged)
    await telephone.opens(link)
    bot = telephone.bot.tocsin
    lifecycle.decline(bot.db, an_act(now=bot.time_source.now()), paged.incident_id, "a duplicate")
    await telephone.page.get_by_role("button").tap()
    await telephone.shows("has ended", "7-ended")


async def test_a_restricted_one_shows_no_title(telephone: Telephone) -> None:
    await telephone.opens(telephone.link(await telephone.is_paged(tier=Tier.RESTRICTED)))
    await telephone.shows("Legal is needed", "8-restricted", button=True)
    assert TITLE not in await telephone.page.content()
