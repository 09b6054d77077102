"""What an app draws anew under a person's hands: focus, lists and words stay as they are."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from itertools import count

import pytest
import pytest_asyncio
from playwright.async_api import FloatRect, Locator, expect

from playground.testing import RunningPlayground
from tests.playground.page.driver import Client
from tests.playground.page.everything import MANY
from tests.playground.page.states import opened
from tests.playground.page.tiny_app import FORM, labelled, with_preview

pytestmark = pytest.mark.asyncio(loop_scope="module")

MARKETS = labelled("market", "Market", {"type": "static_select", "options": MANY}, optional=True)
FIRST_NAMED = {"type": "plain_text_input", "focus_on_load": True}
LONG_FORM = {
    **FORM,
    "private_metadata": "",
    "blocks": [labelled("note", "Note", FIRST_NAMED, optional=True), *FORM["blocks"], MARKETS],
}
Redraw = Callable[[], Awaitable[None]]


@pytest_asyncio.fixture(loop_scope="module")
async def redraw(client: Client, slack: RunningPlayground) -> AsyncIterator[Redraw]:
    """A form is open; the app draws it anew, with another line at its end."""
    await opened(client, slack, LONG_FORM)
    number = count(1)

    async def once_more() -> None:
        view = slack.slack.workspace.open_view(slack.person("ada").id)
        assert view is not None
        words = f"Drawn {next(number)} times"
        drawn = with_preview({**view.payload, "private_metadata": ""}, words)
        slack.slack.screens.update(
            view, {**drawn, "blocks": [*LONG_FORM["blocks"], drawn["blocks"][-1]]}
        )
        await client.wait_for_text(words, within="#modal")
        await settled(client)

    yield once_more


async def settled(client: Client) -> None:
    """After what htmx does a moment later, such as looking for a field with `autofocus`."""
    await expect(client.page.locator(".htmx-swapping, .htmx-settling")).to_have_count(0)


async def test_the_focus_stays_in_every_kind_of_field(client: Client, redraw: Redraw) -> None:
    modal = client.modal()
    for place in (
        client.field("Title").locator("input"),
        client.field("Teams").locator(".pick-face"),
        client.field("Kind").get_by_role("radio").nth(1),
        client.field("Due").locator("input"),
        modal.locator('[data-action-id="deeper"]'),
        modal.locator("[data-submit]"),
        modal.locator("[data-cancel]"),
        modal.locator("[data-close-modal]"),
    ):
        await place.focus()
        await redraw()
        await expect(place).to_be_focused()


async def test_the_caret_stays_where_it_is(client: Client, redraw: Redraw) -> None:
    title = client.field("Title").locator("input")
    await title.fill("fire hill")
    for _ in range(4):
        await title.press("ArrowLeft")
    await redraw()
    await client.page.keyboard.type("on the ")
    await expect(title).to_have_value("fire on the hill")


async def test_a_list_stays_open_at_the_option_with_the_focus(
    client: Client, redraw: Redraw
) -> None:
    teams = client.field("Teams")
    await teams.locator(".pick-face").focus()
    await client.page.keyboard.press("ArrowDown")
    await client.page.keyboard.press("ArrowDown")
    await expect(teams.get_by_role("option", name="PR")).to_be_focused()
    await redraw()
    await expect(teams.get_by_role("option", name="PR")).to_be_focused()
    await client.page.keyboard.press("Enter")
    await redraw()
    await client.page.keyboard.press("ArrowDown")
    await client.page.keyboard.press("Enter")
    assert await teams.locator(".chip").all_inner_texts() == ["PR", "Policy"]


async def test_a_search_goes_on(client: Client, redraw: Redraw) -> None:
    market = client.field("Market")
    await market.locator(".pick-face").click()
    await client.page.keyboard.type("market 1")
    before = await _box(market.locator(".pick-menu"))
    await redraw()
    await expect(market.get_by_role("searchbox")).to_be_focused()
    await client.page.keyboard.type("1")
    await expect(market.locator("[role=option]:visible")).to_have_text("Market 11")
    after = await _box(market.locator(".pick-menu"))
    assert (after["x"], after["width"]) == (before["x"], before["width"])


async def test_a_choice_made_at_the_moment_of_a_redraw_reaches_the_app(
    client: Client, redraw: Redraw
) -> None:
    """A press on what has been drawn, before the page has settled."""
    await client.page.evaluate(
        """document.addEventListener("htmx:afterSwap", (event) => {
            const option = event.target.querySelector('[data-action-id="teams"] [data-words="PR"]');
            option.closest("[data-pick]").dataset.changed = "yes";
            const menu = option.closest("[popover]");
            menu.showPopover();
            option.click();
            menu.hidePopover();
        }, { once: true })"""
    )
    await redraw()
    await client.wait_for_text("Calls PR", within="#modal")


async def test_an_error_goes_when_its_field_is_filled_and_returns_if_it_is_wrong_again(
    client: Client, slack: RunningPlayground
) -> None:
    await opened(client, slack, LONG_FORM)
    required = "Please complete this required field."
    await client.submit()
    assert await client.errors() == {"Title": required, "Teams": required}
    title = client.field("Title").locator("input")
    await expect(title).to_be_focused()
    await title.fill("w")
    assert list(await client.errors()) == ["Teams"]
    assert await title.get_attribute("aria-invalid") is None
    await client.click_button("deeper")
    await client.wait_for_text("Deeper down", within="#modal-dialog")
    await client.back()
    await expect(client.modal()).to_contain_text("Light a beacon")
    assert list(await client.errors()) == ["Teams"]
    await client.field("Teams").locator(".pick-face").click()
    await client.field("Teams").get_by_role("option", name="PR").click()
    assert await client.errors() == {}
    await client.field("Teams").get_by_role("option", name="PR").click()
    await client.page.keyboard.press("Escape")
    await title.fill("")
    await client.submit()
    assert await client.errors() == {"Title": required, "Teams": required}


async def test_an_error_elsewhere_takes_no_focus_when_the_form_is_drawn_anew(
    client: Client, slack: RunningPlayground
) -> None:
    await opened(client, slack, LONG_FORM)
    await client.submit()
    await expect(client.field("Title").locator(".error")).to_be_visible()
    note = client.field("Note").locator("input")
    await note.fill("as I was say")
    slack.slack.workspace.tell("view", people=[slack.person("ada").id])
    async with client.page.expect_response("**/modal"):
        pass
    await settled(client)
    await client.page.keyboard.type("ing")
    await expect(note).to_have_value("as I was saying")


async def test_a_composer_drawn_anew_takes_neither_the_focus_nor_the_words(
    client: Client, slack: RunningPlayground
) -> None:
    area = client.page.locator("#composer textarea")
    await area.fill("half a tence")
    for _ in range(5):
        await area.press("ArrowLeft")
    await _draw_composer(client, slack, "first")
    await client.page.keyboard.type("sen")
    await expect(area).to_have_value("half a sentence")
    theme = client.page.locator("[data-theme-toggle]")
    await theme.focus()
    await _draw_composer(client, slack, "second")
    await expect(theme).to_be_focused()


async def _draw_composer(client: Client, slack: RunningPlayground, name: str) -> None:
    """A person more is one more to complete: it reaches the composer with the next change."""
    await slack.slack.add_person(name, {"real_name": name})
    old = await client.page.locator("#room-foot > *").get_attribute("data-rev")
    slack.slack.workspace.tell("channel", channel=slack.channel("general").id)
    await expect(client.page.locator("#room-foot > *")).not_to_have_attribute("data-rev", str(old))
    await settled(client)


async def _box(locator: Locator) -> FloatRect:
    box = await locator.bounding_box()
    assert box is not None
    return box
