"""From opening an escalation to resolving it, with the keyboard alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.async_api import Locator, Page, expect

from tests.accessible import violations
from tests.browser import PICTURES
from tests.e2e.scene import Scene
from tests.e2e.stack import Stack, running

pytestmark = pytest.mark.asyncio(loop_scope="module")

_MOST_STOPS = 120
# Null for an element that a redraw has just replaced.
_HAS_FOCUS = "element => element.isConnected ? element === document.activeElement : null"
_SHOWS_FOCUS = """() => {
  const element = document.activeElement;
  const seen = [element, element.closest(".composer-box")].filter(Boolean).map(getComputedStyle);
  return seen.some((style) => style.outlineStyle !== "none" || style.boxShadow !== "none");
}"""


class Keys:
    """One keyboard. Each stop on the way must show where the focus is."""

    def __init__(self, page: Page) -> None:
        self.page = page

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.page.keyboard.press(key)

    async def to(self, wanted: Locator, key: str = "Tab") -> None:
        for _ in range(_MOST_STOPS):
            if await self._is_at(wanted):
                return
            await self.press(key)
            where = await self.page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
            assert await self.page.evaluate(_SHOWS_FOCUS), f"no focus is seen on {where}"
        raise AssertionError(f"{wanted} was not reached; the focus is on {where}")

    async def _is_at(self, wanted: Locator) -> bool:
        """Ask the element that stands there now, not one that a redraw has just replaced."""
        while (found := await wanted.evaluate(_HAS_FOCUS)) is None:
            pass
        return bool(found)

    async def choose(self, field: Locator, words: str) -> None:
        """In a list: open it, search if it is long, go to the option, take it."""
        await self.to(field.locator(".pick-face"))
        await self.press("ArrowDown")
        if await field.locator("input[type=search]").count():
            await self.page.keyboard.type(words)
        await self.to(field.locator(f'[role=option][data-words="{words}"]'), "ArrowDown")
        await self.press("Enter")
        await expect(field.locator(".pick-label")).to_contain_text(words)
        if await self.page.locator(".pick-menu:popover-open").count():
            await self.press("Escape")

    async def tick(self, choice: Locator) -> None:
        """In a group of radio buttons, Tab leads to the first and the arrows to the others."""
        group = choice.locator("xpath=ancestor::*[@role='radiogroup']")
        await self.to(group.get_by_role("radio").first)
        await self.press("Space")
        await self.to(choice, "ArrowDown")

    async def fill(self, field: Locator, words: str) -> None:
        await self.to(field.locator("input, textarea").first)
        await self.page.keyboard.type(words)


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running(tmp_path_factory.mktemp("keyboard") / "demo", "--no-seed") as stack:
        yield stack


@pytest.mark.parametrize("width", [1280, 390])
async def test_an_escalation_is_opened_and_resolved_with_the_keyboard_alone(
    page: Page, stack: Stack, width: int
) -> None:
    await page.set_viewport_size({"width": width, "height": 844})
    scene = Scene(page, stack, PICTURES / f"keyboard-{width}")
    await scene.client.become("mei", "escalations")
    keys = Keys(page)
    reference = await _opens(scene, keys)
    await _goes_to_the_channel(scene, keys, reference)
    await _takes_ownership(scene, keys)
    await _updates(scene, keys)
    await _resolves(scene, keys)
    await scene.client.wait_for_text("resolved it", within="#message-list")
    await _looks_right(scene, "resolved")


async def _looks_right(scene: Scene, name: str) -> None:
    await scene.picture(name)
    found = await violations(scene.page)
    assert not found, "\n".join(found)


async def _opens(scene: Scene, keys: Keys) -> str:
    client = scene.client
    composer = scene.page.locator("#composer textarea")
    await expect(composer).to_be_focused()
    await scene.page.keyboard.type("/escalate")
    await keys.press("Enter")
    await expect(client.field("Title").locator("input")).to_be_focused()
    await keys.fill(client.field("Title"), "Insults against an athlete")
    await _looks_right(scene, "the-form")
    await keys.choose(client.field("Category"), "Bullying and targeted harassment")
    await _sets_severity(client.field("Severity"), keys)
    await expect(client.modal()).to_contain_text("Who is paged when you send this")
    await _looks_right(scene, "the-form-filled")
    await _sends(scene, keys)
    await expect(client.modal()).to_contain_text("is open as P1")
    await _looks_right(scene, "opened")
    opened = re.search(r"ESC-\d+", await client.modal().inner_text())
    assert opened is not None
    await keys.press("Escape")
    await client.modal_gone()
    await expect(composer).to_be_focused()
    return opened[0]


async def _sets_severity(field: Locator, keys: Keys) -> None:
    if await field.locator("[data-pick]").count():
        await keys.choose(field, "P1 · High")
    else:
        await keys.tick(field.get_by_role("radio", name="P1 · High"))


async def _sends(scene: Scene, keys: Keys) -> None:
    await keys.to(scene.client.modal().locator("[data-submit]"))
    await keys.press("Enter")


async def _goes_to_the_channel(scene: Scene, keys: Keys, reference: str) -> None:
    place = scene.client.place(reference.lower())
    await place.wait_for(state="attached")
    fold = scene.page.get_by_role("button", name="Conversations")
    if await fold.is_visible():
        await keys.to(fold, "Shift+Tab")
        await keys.press("Enter")
        await place.wait_for()
        await _looks_right(scene, "the-side-bar")
        await keys.to(place)
    else:
        await keys.to(place, "Shift+Tab")
    await keys.press("Enter")
    await expect(scene.card()).to_contain_text(reference)
    await _looks_right(scene, "the-channel")


async def _presses(scene: Scene, keys: Keys, action_id: str) -> Locator:
    button = scene.card().locator(f'[data-action-id="{action_id}"]')
    await keys.to(button, "Shift+Tab")
    await keys.press("Enter")
    return button


async def _takes_ownership(scene: Scene, keys: Keys) -> None:
    await _presses(scene, keys, "incident_take_ownership")
    await scene.client.wait_for_text("@Mei Tan now owns", within="#message-list")
    await expect(scene.card().locator('[data-action-id="incident_take_ownership"]')).to_have_count(
        0
    )
    # The button is gone: the focus is on another of the card.
    await expect(scene.card().locator(".block-actions button:focus")).to_have_count(1)


async def _updates(scene: Scene, keys: Keys) -> None:
    client = scene.client
    button = await _presses(scene, keys, "incident_update_status")
    await client.modal().wait_for()
    await keys.choose(client.field("State"), "investigating")
    await keys.fill(client.field("Update"), "Three accounts are looked at.")
    await _looks_right(scene, "the-update")
    await _closes_after_sending(scene, keys)
    await client.wait_for_text("Three accounts are looked at.", within="#message-list")
    await expect(button).to_be_focused()


async def _resolves(scene: Scene, keys: Keys) -> None:
    client = scene.client
    await _presses_onwards(scene, keys, "incident_resolve")
    await client.modal().wait_for()
    await keys.choose(client.field("Root cause"), "Product gap")
    await keys.fill(client.field("What was done"), "The accounts were warned.")
    await _looks_right(scene, "the-resolution")
    await _closes_after_sending(scene, keys)


async def _presses_onwards(scene: Scene, keys: Keys, action_id: str) -> None:
    await keys.to(scene.card().locator(f'[data-action-id="{action_id}"]'))
    await keys.press("Enter")


async def _closes_after_sending(scene: Scene, keys: Keys) -> None:
    """And leaves the short answer that the form becomes."""
    await _sends(scene, keys)
    await expect(scene.client.modal().locator("[data-submit]")).to_have_count(0)
    if await scene.client.modal().count():
        await keys.press("Escape")
    await scene.client.modal_gone()
