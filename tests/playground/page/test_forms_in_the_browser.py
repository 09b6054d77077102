"""Modals in a real browser: errors, updates, stacks, menus, keyboard."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from playground.testing import RunningPlayground
from tests.playground.page.driver import Client
from tests.playground.page.tiny_app import with_preview

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_form_shows_errors_at_the_field_keeps_the_rest_and_then_goes(
    client: Client,
) -> None:
    await client.type("/beacon form")
    await client.fill_modal({"Title": "Water", "Teams": ["PR", "Policy"], "Owner": "Bob Okoro"})
    await client.wait_for_text("Calls PR, Policy", within="#modal")
    await client.submit()
    await expect(client.field("Title").locator(".error")).to_be_visible()
    assert await client.errors() == {"Title": "There is no fire in it."}
    await expect(client.field("Owner")).to_contain_text("Bob Okoro")
    await client.fill_modal({"Title": "Water and fire"})
    await client.submit()
    await client.modal_gone()
    await client.wait_for_text("Beacon: Water and fire", within="#message-list")


async def test_a_form_checks_required_fields_itself(client: Client) -> None:
    await client.type("/beacon form")
    await client.fill_modal({"Title": "fire"})
    await client.submit()
    assert list(await client.errors()) == ["Teams"]


async def test_what_is_typed_into_a_form_survives_its_update(
    client: Client, slack: RunningPlayground
) -> None:
    await client.type("/beacon form")
    await client.fill_modal({"Title": "Half a fi", "Kind": "PR", "Due": "2026-03-13T09:30"})
    view = slack.slack.workspace.open_view(slack.person("ada").id)
    assert view is not None
    slack.slack.screens.update(view, with_preview(view.payload, "Calls nobody"))
    await client.wait_for_text("Calls nobody", within="#modal")
    assert await client.field("Title").locator("input").input_value() == "Half a fi"
    await expect(client.field("Kind").get_by_label("PR")).to_be_checked()
    await expect(client.field("Due").locator("input")).to_have_value("2026-03-13T09:30")


async def test_a_form_on_top_of_another_goes_back_to_what_was_typed(client: Client) -> None:
    await client.type("/beacon form")
    await client.fill_modal({"Title": "Kept below"})
    await client.click_button("Deeper")
    await client.wait_for_text("Deeper down", within="#modal")
    await client.back()
    await expect(client.modal()).to_contain_text("Light a beacon")
    assert await client.field("Title").locator("input").input_value() == "Kept below"
    await client.click_button("deeper")
    await client.fill_modal({"Depth": "many"})
    await client.submit()
    assert await client.errors() == {"Depth": "Please enter a number."}
    await client.fill_modal({"Depth": "3"})
    await client.submit()
    await expect(client.field("Title")).to_be_visible()


async def test_a_form_says_when_the_app_is_silent(client: Client, slack: RunningPlayground) -> None:
    await client.type("/beacon form")
    await client.fill_modal({"Title": "fire", "Teams": ["PR"]})
    await client.wait_for_text("Calls PR", within="#modal")
    address = slack.slack.config.app_url
    slack.send_to("http://127.0.0.1:9/nobody")
    await client.submit()
    await client.wait_for_text("The app could not be reached.", within="#modal")
    slack.send_to(address)
    await client.submit()
    await client.modal_gone()


async def test_a_menu_that_is_open_survives_an_update_of_its_form(client: Client) -> None:
    await client.type("/beacon form")
    await client.fill_modal({"Teams": ["PR"]})
    owner = client.field("Owner")
    await owner.locator(".pick-face").click()
    await client.wait_for_text("Calls PR", within="#modal")
    await owner.get_by_role("option", name="Cleo Marsh").click()
    await expect(owner.locator(".pick-label")).to_have_text("Cleo Marsh")


async def test_a_select_is_worked_by_keyboard(client: Client) -> None:
    await client.type("/beacon form")
    owner = client.field("Owner")
    await owner.locator(".pick-face").focus()
    await client.page.keyboard.press("Enter")
    await expect(owner.get_by_role("option").first).to_be_focused()
    await client.page.keyboard.press("ArrowDown")
    await client.page.keyboard.press("Enter")
    await expect(owner.locator(".pick-label")).to_have_text("Bob Okoro")
    await expect(owner.locator(".pick-face")).to_be_focused()


async def test_escape_closes_the_form_and_focus_stays_within_it_before(client: Client) -> None:
    await client.type("/beacon form")
    title = client.modal().locator("input").first
    await expect(title).to_be_focused()
    for _ in range(20):
        await client.page.keyboard.press("Tab")
    assert await client.page.evaluate("document.activeElement.closest('dialog') !== null")
    await client.page.keyboard.press("Escape")
    await client.modal_gone()
