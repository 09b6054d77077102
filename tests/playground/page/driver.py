"""A person's actions in the playground's page, for browser tests.

    client = Client(page, "http://127.0.0.1:8700")
    await client.become("ada", "general")
    await client.type("/escalate open p1 Something happened")
    await client.fill_modal({"Title": "Something happened", "Teams": ["Legal", "PR"]})
    await client.submit()
    await client.fast_forward("1h")
    await client.wait_for_text("overdue")

People and channels may be given by handle and name, or by id. Nothing here sleeps. Every step waits
for the page.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from playwright.async_api import Locator, Page, expect
from playwright.async_api import TimeoutError as PlaywrightTimeout

_FILLED = "input:not([type=hidden]):not([type=search]), textarea"
_TRIES, _SOON_MS = 10, 2_000
_LATER_MS = 20_000
"""A message may wait for its turn. A person gets one a second."""


class Client:
    """One browser tab. `become` sets the person."""

    def __init__(self, page: Page, base_url: str) -> None:
        self.page = page
        self.base = base_url.rstrip("/")
        self.me = ""

    # Where

    async def become(self, person: str, place: str = "") -> None:
        """Open the page as this person: at a channel, at 'home', or at the default place."""
        self.me = person
        await self.page.goto(f"{self.base}/client/{person}" + (f"/{place}" if place else ""))
        await self.page.wait_for_selector("#app")

    async def switch_to(self, name: str) -> None:
        """Switch to a person through the person switcher, by full name."""
        await self.page.click("[data-switcher]")
        link = self.page.locator("[data-become]").filter(has_text=name)
        await link.click()
        await expect(self.page.locator("[data-switcher]")).to_contain_text(name)
        self.me = str(await self.page.get_attribute("#app", "data-person"))

    async def go(self, place: str) -> None:
        """Go to a channel by name or id, or to 'home'."""
        await self.become(self.me, place)

    async def go_to_app(self) -> None:
        """Go to the direct messages with the app."""
        await self.page.goto(f"{self.base}/client/{self.me}/home")
        await self.page.click('[data-tab="messages"]')
        await self.page.wait_for_selector("#message-list")

    # Talking

    async def type(self, text: str) -> None:
        """Type into the composer, and send it."""
        await self._send(self.page.locator("#composer textarea"), text)

    async def reply(self, text: str) -> None:
        """Reply in the open thread."""
        await self._send(self.page.locator("#composer-thread textarea"), text)

    async def open_thread(self, text: str) -> None:
        """Open the thread of the latest message with this text."""
        message = self.message(text)
        await message.hover()
        await message.locator("[data-reply]").click()
        await self.page.wait_for_selector("[data-thread-pane]")

    async def react(self, text: str, name: str) -> None:
        await self._menu(text)
        await self.page.click(f'#menu [data-react="{name}"]')

    async def pin(self, text: str) -> None:
        await self._menu(text)
        await self.page.click("#menu [data-pin]")

    async def message_shortcut(self, text: str, callback_id: str) -> None:
        await self._menu(text)
        await self.page.click(f'#menu [data-callback-id="{callback_id}"]')

    async def global_shortcut(self, callback_id: str) -> None:
        await self.page.click('#composer [popovertarget="shortcuts"]')
        await self.page.click(f'#shortcuts [data-callback-id="{callback_id}"]')

    # Acting on what the app shows

    async def click_button(self, name: str, *, within: str | None = None) -> None:
        """Click a button by action id or label: the latest, or the one in the message `within`."""
        await self._element(name, within).click()

    async def confirm(self, *, yes: bool = True) -> None:
        await self.page.locator("#ask .yes" if yes else "#ask .no").click()

    async def choose(self, action_id: str, *options: str, within: str | None = None) -> None:
        """Choose in a select by the options' labels. An overflow menu counts as a select."""
        element = self._element(action_id, within)
        await element.wait_for()
        if await element.locator("[role=menu]").count():
            await element.locator("button").first.click()
            await element.locator("[role=menuitem]").filter(has_text=options[0]).click()
            return
        await self._pick(element, list(options))

    # Modals and the home tab

    def modal(self) -> Locator:
        """Return the view on top."""
        return self.page.locator("#modal .view:not([hidden])")

    def field(self, label: str) -> Locator:
        """Return the input block with this label, in the modal or on the home tab."""
        words = re.compile(rf"^\s*{re.escape(label)}\s*(\(optional\))?\s*$")
        return (
            self._surface()
            .locator(".block-input")
            .filter(has=self.page.locator(".label", has_text=words))
        )

    async def fill_modal(self, values: Mapping[str, Any]) -> None:
        """Fill in fields by label.

        Text stays as it is. Options are given by their labels, several as a list, and dates as ISO.
        """
        await self.modal().wait_for()
        for label, value in values.items():
            await self._fill(self.field(label), value)

    async def submit(self) -> None:
        """Send the form and wait for the app's answer."""
        async with self.page.expect_response(re.compile(r"/view/.+/submit$")):
            await self.modal().locator("[data-submit]").click()

    async def cancel(self) -> None:
        await self.modal().locator("[data-cancel], [data-close-modal]").last.click()

    async def back(self) -> None:
        await self.modal().locator("[data-back]").click()

    async def errors(self) -> dict[str, str]:
        """Return the form's errors: label → error."""
        found = {}
        for block in await self.modal().locator(".block-input:has(.error)").all():
            label = re.sub(r"\s*\(optional\)$", "", await block.locator(".label").inner_text())
            found[label.strip()] = (await block.locator(".error").inner_text()).strip()
        return found

    async def modal_gone(self) -> None:
        await expect(self.page.locator("#modal-dialog[open]")).to_have_count(0)

    # The playground itself

    async def fast_forward(self, by: str) -> None:
        """Move the time on by '5m', '1h' or '1d'."""
        async with self.page.expect_response(re.compile(r"/advance$")):
            await self.page.click(f'[data-advance="{by}"]')

    async def now(self) -> str:
        """Return the time in the top bar."""
        return (await self.page.inner_text("#now b")).strip()

    async def weather(self, fault: str, *, on: bool = True) -> None:
        """Switch a fault on or off, by its short name ('slow', 'down', …)."""
        if not await self.page.locator("[data-weather]").count():
            await self.page.click("[data-open-weather]")
        async with self.page.expect_response(re.compile(r"/weather$")):
            await self.page.locator(f'[data-fault="{fault}"]').set_checked(on)

    # Looking

    def message(self, text: str) -> Locator:
        """Return the latest message of the conversation with this text."""
        return self.page.locator("#message-list .message").filter(has_text=text).last

    async def wait_for_text(self, text: str, *, within: str = "#app") -> None:
        await expect(self.page.locator(within)).to_contain_text(text, timeout=_LATER_MS)

    async def wait_for_no_text(self, text: str, *, within: str = "#app") -> None:
        await expect(self.page.locator(within)).not_to_contain_text(text)

    async def messages(self) -> list[str]:
        """Return the text of every message of the conversation, oldest first."""
        return await self.page.locator("#message-list .message-body").all_inner_texts()

    def place(self, title: str) -> Locator:
        """Return a line of the side bar."""
        return self.page.locator(".place").filter(has=self.page.get_by_text(title, exact=True))

    async def unread(self, title: str) -> str:
        """Return '' for nothing new, '•' for something new, or the number of mentions."""
        line = self.place(title)
        if await line.locator(".badge").count():
            return (await line.locator(".badge").inner_text()).split()[0]
        return "•" if await line.locator(".dot").count() else ""

    # Within

    def _surface(self) -> Locator:
        return self.page.locator("#modal .view:not([hidden]), #home .home").last

    def _element(self, name: str, within: str | None) -> Locator:
        """Return the element in the modal if one is open, or else in the middle."""
        scope = self.page.locator(
            "dialog[open] .view:not([hidden]), #app:not(:has(dialog[open])) #main"
        )
        area = self.message(within) if within else scope
        by_id = area.locator(f'[data-action-id="{name}"]:not([data-action-id] *)')
        by_label = area.get_by_role("button", name=name, exact=True)
        return by_id.or_(by_label).last

    async def _send(self, area: Locator, text: str) -> None:
        """Click the button, because an open completion would take the Enter."""
        await area.fill(text)
        await area.locator("xpath=..").locator('[type="submit"]').click()

    async def _menu(self, text: str) -> None:
        message = self.message(text)
        await message.hover()
        await message.locator("[data-menu-opener]").click()
        await self.page.wait_for_selector("#menu:popover-open")

    async def _fill(self, block: Locator, value: Any) -> None:
        if await block.locator("[data-pick]").count():
            options = value if isinstance(value, list) else [value]
            await self._pick(block.locator("[data-pick]"), options)
        elif await block.locator(".choices").count():
            await self._tick(block, value if isinstance(value, list) else [value])
        else:
            await block.locator(_FILLED).first.fill(str(value))

    async def _tick(self, block: Locator, wanted: list[str]) -> None:
        for choice in await block.locator(".choice").all():
            label = (await choice.locator("span").first.inner_text()).split("\n")[0].strip()
            box = choice.locator("input")
            if await box.get_attribute("type") == "radio":
                if label in wanted:
                    await box.check()
            else:
                await box.set_checked(label in wanted)

    async def _pick(self, pick: Locator, wanted: list[str]) -> None:
        if await pick.get_attribute("data-multi") is None:
            [only] = wanted
            await self._choose(pick, only)
            return
        await pick.locator(".pick-face").click()
        # A list is visible only once it is in its place.
        await expect(pick.locator(".pick-menu")).to_be_visible()
        for option in await pick.get_by_role("option").all():
            chosen = await option.get_attribute("aria-selected") == "true"
            if (await option.get_attribute("data-words") in wanted) != chosen:
                await option.click()
        # If no list is open, the key would close the whole form.
        if await pick.locator(":popover-open").count():
            await self.page.keyboard.press("Escape")

    async def _choose(self, pick: Locator, words: str) -> None:
        """Choose from a list. The list closes if the app redraws the form at this moment."""
        option = pick.locator(f"[role=option][data-words={json.dumps(words, ensure_ascii=False)}]")
        for _ in range(_TRIES):
            if not await option.is_visible():
                await pick.locator(".pick-face").click()
            try:
                await option.click(timeout=_SOON_MS)
            except PlaywrightTimeout:
                continue
            return
        raise AssertionError(f"{words!r} cannot be chosen")
