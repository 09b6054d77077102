"""The page by keyboard alone: forms that are not lost by a slip, and where the focus goes."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page, expect

from playground.testing import RunningPlayground
from tests.playground.page.driver import Client
from tests.playground.page.states import opened, post_everything
from tests.playground.page.tiny_app import DEEPER, FORM

pytestmark = pytest.mark.asyncio(loop_scope="module")

Close = Callable[[Page], Awaitable[None]]


async def by_escape(page: Page) -> None:
    await page.keyboard.press("Escape")


async def by_the_cross(page: Page) -> None:
    await page.click("[data-close-modal]:visible")


async def by_the_close_button(page: Page) -> None:
    await page.click("[data-cancel]")


async def by_a_press_outside(page: Page) -> None:
    await page.mouse.click(5, 5)


WAYS = [by_escape, by_the_cross, by_the_close_button, by_a_press_outside]


async def is_asked(client: Client) -> None:
    await expect(client.page.locator("#ask")).to_contain_text("Discard changes?")


@pytest.mark.parametrize("close", WAYS)
async def test_a_form_with_something_in_it_asks_before_it_closes(
    client: Client, slack: RunningPlayground, close: Close
) -> None:
    await opened(client, slack, FORM)
    await client.fill_modal({"Title": "fire"})
    await close(client.page)
    await is_asked(client)
    await client.confirm(yes=False)
    await expect(client.field("Title").locator("input")).to_have_value("fire")
    await close(client.page)
    await client.confirm()
    await client.modal_gone()
    assert slack.slack.workspace.open_view(slack.person("ada").id) is None


@pytest.mark.parametrize("close", WAYS)
async def test_an_untouched_form_closes_at_once(
    client: Client, slack: RunningPlayground, close: Close
) -> None:
    await opened(client, slack, FORM)
    await close(client.page)
    await client.modal_gone()


@pytest.mark.parametrize(
    ("label", "value"), [("Teams", ["PR"]), ("Kind", "Legal"), ("Owner", "Bob Okoro")]
)
async def test_a_choice_counts_as_something(
    client: Client, slack: RunningPlayground, label: str, value: str | list[str]
) -> None:
    await opened(client, slack, FORM)
    await client.fill_modal({label: value})
    await client.page.keyboard.press("Escape")
    await is_asked(client)


async def test_what_was_typed_and_deleted_again_counts_as_nothing(
    client: Client, slack: RunningPlayground
) -> None:
    await opened(client, slack, FORM)
    await client.fill_modal({"Title": "fire"})
    await client.fill_modal({"Title": ""})
    await client.page.keyboard.press("Escape")
    await client.modal_gone()


async def test_a_redrawn_form_still_knows_what_was_typed(client: Client) -> None:
    await client.type("/beacon form")
    await client.fill_modal({"Title": "fire", "Teams": ["Legal"]})
    await client.wait_for_text("Calls Legal", within="#modal")
    await expect(client.page.locator(":popover-open")).to_have_count(0)
    await client.page.keyboard.press("Escape")
    await is_asked(client)


async def test_escape_pressed_again_and_again_discards_nothing(
    client: Client, slack: RunningPlayground
) -> None:
    await opened(client, slack, FORM)
    await client.fill_modal({"Title": "fire"})
    for _ in range(6):
        await client.page.keyboard.press("Escape")
    await expect(client.page.locator("#ask")).to_be_hidden()
    await expect(client.field("Title").locator("input")).to_be_focused()
    view = slack.slack.workspace.open_view(slack.person("ada").id)
    assert view is not None
    await expect(client.field("Title").locator("input")).to_have_value("fire")
    await expect(client.page.locator("#modal-dialog")).to_have_attribute("open", "")


async def test_back_asks_for_its_own_form_and_the_cross_for_all(
    client: Client, slack: RunningPlayground
) -> None:
    await opened(client, slack, FORM)
    await client.fill_modal({"Title": "fire"})
    slack.slack.screens.push(slack.person("ada").id, DEEPER)
    await client.wait_for_text("Deeper down", within="#modal-dialog")
    await by_the_cross(client.page)
    await is_asked(client)
    await client.confirm(yes=False)
    await client.back()
    await expect(client.field("Title").locator("input")).to_have_value("fire")
    slack.slack.screens.push(slack.person("ada").id, DEEPER)
    await client.fill_modal({"Depth": "3"})
    await client.page.locator("[data-back]:visible").click()
    await is_asked(client)


async def test_a_form_returns_the_focus_to_what_opened_it(client: Client) -> None:
    area = client.page.locator("#composer textarea")
    await area.press_sequentially("/beacon form")
    await area.press("Enter")
    await client.modal().wait_for()
    await client.page.keyboard.press("Escape")
    await client.modal_gone()
    await expect(area).to_be_focused()


async def test_a_pressed_button_keeps_the_focus(client: Client, slack: RunningPlayground) -> None:
    post_everything(slack)
    button = client.page.locator('#message-list [data-action-id="later"]')
    await button.focus()
    async with client.page.expect_response(re.compile(r"/click$")):
        await client.page.keyboard.press("Enter")
    await expect(button).to_be_focused()


async def test_a_list_is_opened_searched_and_left_by_keyboard(
    client: Client, slack: RunningPlayground
) -> None:
    await opened(client, slack, FORM)
    keys = client.page.keyboard
    await expect(client.field("Title").locator("input")).to_be_focused()
    await keys.press("Tab")
    face = client.field("Teams").locator(".pick-face")
    await expect(face).to_be_focused()
    for key in ("ArrowDown", "ArrowDown", "Enter"):
        await keys.press(key)
    await expect(client.field("Teams").locator(".chip")).to_have_text("PR")
    await keys.press("Escape")
    await expect(face).to_be_focused()
    await expect(client.page.locator("#ask")).to_be_hidden()
    await client.wait_for_text("Calls PR", within="#modal")
    await keys.press("ArrowDown")
    await expect(client.page.locator(".pick-menu:popover-open :focus")).to_have_count(1)
    await keys.press("Tab")
    await expect(client.page.locator(".pick-menu:popover-open")).to_have_count(0)
    await expect(client.field("Kind").get_by_role("radio").first).to_be_focused()


async def test_a_menu_returns_the_focus_to_its_button(client: Client) -> None:
    await client.type("Anybody there?")
    opener = client.message("Anybody there?").locator("[data-menu-opener]")
    await opener.focus()
    await client.page.keyboard.press("Enter")
    await client.page.wait_for_selector("#menu:popover-open")
    await client.page.keyboard.press("Escape")
    await expect(opener).to_be_focused()
