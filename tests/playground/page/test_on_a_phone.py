"""What must fit where it stands, at 390 pixels."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import FloatRect, Locator, Page, expect

from playground.state.records import Message
from playground.testing import RunningPlayground
from tests.playground.page.driver import Client
from tests.playground.page.everything import FORM, mrkdwn, section
from tests.playground.page.states import opened

pytestmark = pytest.mark.asyncio(loop_scope="module")

_SLACK = 0.5
"""In pixels: browsers round."""


@pytest_asyncio.fixture(loop_scope="module")
async def client(page: Page, slack: RunningPlayground) -> AsyncIterator[Client]:
    """Ada, in #general, on a phone."""
    await page.set_viewport_size({"width": 390, "height": 844})
    client = Client(page, slack.slack.url)
    await client.become("ada", "general")
    yield client


async def test_each_list_lies_within_its_form_and_beside_its_field(
    client: Client, slack: RunningPlayground
) -> None:
    long = "Intimate imagery that was shared without consent, and threats to share it"
    blocks: list[dict[str, Any]] = [*FORM["blocks"]]
    for block in blocks:
        if block.get("block_id") == "needed-one":
            options = [{**each, "text": {"type": "plain_text", "text": f"{long} {number}"[-75:]}}
                       for number, each in enumerate(block["element"]["options"])]  # fmt: skip
            blocks[blocks.index(block)] = block | {
                "element": block["element"] | {"options": options}
            }
    await opened(client, slack, {**FORM, "blocks": blocks})
    dialog = await box(client.page.locator("#modal-dialog"))
    for pick in await client.modal().locator(".block-input [data-pick]").all():
        face = pick.locator(".pick-face")
        await face.scroll_into_view_if_needed()
        await face.click()
        menu = pick.locator(".pick-menu")
        await expect(menu).to_be_visible()
        at, field = await box(menu), await box(face)
        assert is_within(at, dialog)
        assert (at["x"], at["width"]) == pytest.approx((field["x"], field["width"]), abs=_SLACK)
        below, above = at["y"] - bottom(field), field["y"] - bottom(at)
        assert max(below, above) == pytest.approx(4, abs=_SLACK)
        await client.page.keyboard.press("Escape")
        await expect(menu).to_be_hidden()


async def test_an_open_list_stays_on_its_side_of_the_field(
    client: Client, slack: RunningPlayground
) -> None:
    await opened(client, slack, FORM)
    body = client.modal().locator(".view-body")
    face = client.modal().locator('[data-action-id="needed-one"] .pick-face')
    await face.evaluate("face => face.scrollIntoView({ block: 'end' })")
    await face.click()
    menu = client.modal().locator(".pick-menu:popover-open")
    assert bottom(await box(menu)) < (await box(face))["y"]
    await client.page.keyboard.type("market 11")
    await body.evaluate("body => { body.scrollTop += 120; }")
    gap = "([menu, face]) => face.getBoundingClientRect().top - menu.getBoundingClientRect().bottom"
    handles = [await menu.element_handle(), await face.element_handle()]
    await client.page.wait_for_function(f"both => Math.abs(({gap})(both) - 4) < 1", arg=handles)


async def test_a_list_is_not_seen_before_it_lies_where_it_belongs(
    client: Client, slack: RunningPlayground
) -> None:
    await opened(client, slack, FORM)
    seen = (
        await client.modal()
        .locator("[data-pick]")
        .first.evaluate(
            """pick => {
            const menu = pick.querySelector("[popover]");
            menu.showPopover();
            return getComputedStyle(menu).visibility;
        }"""
        )
    )
    assert seen == "hidden"
    await expect(client.modal().locator(".pick-menu:popover-open")).to_be_visible()


async def test_the_people_to_switch_to_lie_within_the_side_bar(
    client: Client, slack: RunningPlayground
) -> None:
    for number in range(9):
        await slack.slack.add_person(f"dora{number}", {"real_name": f"Dora Lim {number}"})
    await client.page.get_by_role("button", name="Conversations").click()
    await client.page.click("[data-switcher]")
    await client.wait_for_text("Dora Lim 8", within="#menu")
    menu = client.page.locator("#menu")
    await expect(menu).to_be_visible()
    assert is_within(await box(menu), await box(client.page.locator("#sidebar")))


async def test_a_reference_and_a_name_are_broken_nowhere(
    client: Client, slack: RunningPlayground
) -> None:
    """In words of every length before them: each position in the line is tried."""
    bob, general = slack.person("bob").id, slack.channel("general").id
    for length in range(0, 40, 3):
        words = f"{'x' * length} *ESC-12* `ESC-123456` ESC-1234567 by <@{bob}>"
        slack.slack.rooms.post(
            Message(
                ts=slack.slack.clock.next_ts(),
                channel=general,
                user=slack.slack.app.user_id,
                text=words,
                blocks=[
                    section(f"{words} <https://example.com/|ESC-3: about ESC-2> {length}"),
                    {"type": "context", "elements": [mrkdwn(f"{words} ESC-4")]},
                ],
                bot_id=slack.slack.app.bot_id,
            )
        )
    await client.wait_for_text("about ESC-2 39", within="#message-list")
    pieces = client.page.locator("#message-list").locator(".whole, .mention > bdi")
    assert await pieces.count() > 100
    broken = await client.page.evaluate(
        """() => {
            const found = [];
            const list = document.getElementById("message-list");
            const walk = document.createTreeWalker(list, NodeFilter.SHOW_TEXT);
            while (walk.nextNode()) {
                for (const match of walk.currentNode.data.matchAll(/ESC-\\d+/g)) {
                    const range = document.createRange();
                    range.setStart(walk.currentNode, match.index);
                    range.setEnd(walk.currentNode, match.index + match[0].length);
                    if (range.getClientRects().length > 1) found.push(match[0]);
                }
            }
            for (const name of document.querySelectorAll("#message-list .mention")) {
                if (name.getClientRects().length > 1) found.push(name.innerText);
            }
            return found;
        }"""
    )
    assert broken == []


async def box(locator: Locator) -> FloatRect:
    found = await locator.bounding_box()
    assert found is not None
    return found


def bottom(area: FloatRect) -> float:
    return area["y"] + area["height"]


def is_within(inner: FloatRect, outer: FloatRect) -> bool:
    return (
        inner["x"] >= outer["x"]
        and inner["x"] + inner["width"] <= outer["x"] + outer["width"]
        and inner["y"] >= outer["y"]
        and bottom(inner) <= bottom(outer)
    )
