"""What a person does in the playground's page, for browser tests.

    client = Client(page, "http://127.0.0.1:8700")
    await client.become("ada", "general")
    await client.type("/escalate open p1 Something happened")
    await client.fill_modal({"Title": "Something happened", "Teams": ["Legal", "PR"]})
    await client.submit()
    await client.fast_forward("1h")
    await client.wait_for_text("overdue")

People and channels go by handle and name as well as by id. Nothing here sleeps: every step waits
for what the page shows.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from playwright.async_api import Locator, Page, expect
from playwright.async_api import TimeoutError as PlaywrightTimeout

_FILLED = "input:not([type=hidden]):not([type=search]), textarea"
_TRIES, _SOON_MS = 10, 2_000
_LATER_MS = 20_000
"""A message may wait for its turn: one a second goes to a person."""


class Client:
    """One browser tab; `become` says whose."""

    def __init__(self, page: Page, base_url: str) -> None:
        self.page = page
        self.base = base_url.rstrip("/")
        self.me = ""

    # Where

    async def become(self, person: str, place: str = "") -> None:
        """Looks as this person, at a channel, at 'home', or where they land by themselves."""
        self.me = person
        await self.page.goto(f"{self.base}/client/{person}" + (f"/{place}" if place else ""))
        await self.page.wait_for_selector("#app")

    async def switch_to(self, name: str) -> None:
        """Through the person switcher, by the full name."""
        await self.page.click("[data-switcher]")
        link = self.page.locator("[data-become]").filter(has_text=name)
        await link.click()
        await expect(self.page.locator("[data-switcher]")).to_contain_text(name)
        self.me = str(await self.page.get_attribute("#app", "data-person"))

    async def go(self, place: str) -> None:
        """To a channel by name or id, or to 'home'."""
        await self.become(self.me, place)

    async def go_to_app(self) -> None:
        """The direct messages with the app."""
        await self.page.goto(f"{self.base}/client/{self.me}/home")
        await self.page.click('[data-tab="messages"]')
        await self.page.wait_for_selector("#message-list")

    # Talking

    async def type(self, text: str) -> None:
        """Into the composer, and sent as it stands."""
        await self._send(self.page.locator("#composer textarea"), text)

    async def reply(self, text: str) -> None:
        """In the thread that is open."""
        await self._send(self.page.locator("#composer-thread textarea"), text)

    async def open_thread(self, text: str) -> None:
        """Of the latest message with this text."""
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
        """By action id or by label; the latest one, or the one in the message with this text."""
        await self._element(name, within).click()

    async def confirm(self, *, yes: bool = True) -> None:
        await self.page.locator("#ask .yes" if yes else "#ask .no").click()

    async def choose(self, action_id: str, *options: str, within: str | None = None) -> None:
        """In a select, by what the options say; an overflow menu counts as one."""
        element = self._element(action_id, within)
        await element.wait_for()
        if await element.locator("[role=menu]").count():
            await element.locator("button").first.click()
            await element.locator("[role=menuitem]").filter(has_text=options[0]).click()
            return
        await self._pick(element, list(options))

    # Modals and the home tab

    def modal(self) -> Locator:
        """The view on top."""
        return self.page.locator("#modal .view:not([hidden])")

    def field(self, label: str) -> Locator:
        """The input block with this label, in the modal or on the home tab."""
        words = re.compile(rf"^\s*{re.escape(label)}\s*(\(optional\))?\s*$")
        return (
            self._surface()
            .locator(".block-input")
            .filter(has=self.page.locator(".label", has_text=words))
        )

    async def fill_modal(self, values: Mapping[str, Any]) -> None:
        """By label. Text as it is; options by what they say, several as a list; dates as ISO."""
        await self.modal().wait_for()
        for label, value in values.items():
            await self._fill(self.field(label), value)

    async def submit(self) -> None:
        """Sends the form and waits for the app's answer."""
        async with self.page.expect_response(re.compile(r"/view/.+/submit$")):
            await self.modal().locator("[data-submit]").click()

    async def cancel(self) -> None:
        await self.modal().locator("[data-cancel], [data-close-modal]").last.click()

    async def back(self) -> None:
        await self.modal().locator("[data-back]").click()

    async def errors(self) -> dict[str, str]:
        """Label → what the form says is wrong there."""
        found = {}
        for block in await self.modal().locator(".block-input:has(.error)").all():
            label = re.sub(r"\s*\(optional\)$", "", await block.locator(".label").inner_text())
            found[label.strip()] = (await block.locator(".error").inner_text()).strip()
        return found

    async def modal_gone(self) -> None:
        await expect(self.page.locator("#modal-dialog[open]")).to_have_count(0)

    # The playground itself

    async def fast_forward(self, by: str) -> None:
        """'5m', '1h' or '1d'."""
        async with self.page.expect_response(re.compile(r"/advance$")):
            await self.page.click(f'[data-advance="{by}"]')

    async def now(self) -> str:
        """The time that the top bar shows."""
        return (await self.page.inner_text("#now b")).strip()

    async def weather(self, fault: str, *, on: bool = True) -> None:
        """Switches a fault, by its short name ('slow', 'down', …)."""
        if not await self.page.locator("[data-weather]").count():
            await self.page.click("[data-open-weather]")
        async with self.page.expect_response(re.compile(r"/weather$")):
            await self.page.locator(f'[data-fault="{fault}"]').set_checked(on)

    # Looking

    def message(self, text: str) -> Locator:
        """The latest message of the conversation with this text."""
        return self.page.locator("#message-list .message").filter(has_text=text).last

    async def wait_for_text(self, text: str, *, within: str = "#app") -> None:
        await expect(self.page.locator(within)).to_contain_text(text, timeout=_LATER_MS)

    async def wait_for_no_text(self, text: str, *, within: str = "#app") -> None:
        await expect(self.page.locator(within)).not_to_contain_text(text)

    async def messages(self) -> list[str]:
        """The text of every message of the conversation, oldest first."""
        return await self.page.locator("#message-list .message-body").all_inner_texts()

    def place(self, title: str) -> Locator:
        """A line of the side bar."""
        return self.page.locator(".place").filter(has=self.page.get_by_text(title, exact=True))

    async def unread(self, title: str) -> str:
        """'' for nothing new, '•' for something, or the number of mentions."""
        line = self.place(title)
        if await line.locator(".badge").count():
            return (await line.locator(".badge").inner_text()).split()[0]
        return "•" if await line.locator(".dot").count() else ""

    async def screenshot(self, path: str | Path) -> None:
        await self.page.screenshot(path=path)

    # Within

    def _surface(self) -> Locator:
        return self.page.locator("#modal .view:not([hidden]), #home .home").last

    def _element(self, name: str, within: str | None) -> Locator:
        """In the modal if one is open, else in the middle."""
        scope = self.page.locator(
            "dialog[open] .view:not([hidden]), #app:not(:has(dialog[open])) #main"
        )
        area = self.message(within) if within else scope
        by_id = area.locator(f'[data-action-id="{name}"]:not([data-action-id] *)')
        by_label = area.get_by_role("button", name=name, exact=True)
        return by_id.or_(by_label).last

    async def _send(self, area: Locator, text: str) -> None:
        """A click on the button, so that an open completion does not take the Enter."""
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
        # A list is not seen before it lies in its place.
        await expect(pick.locator(".pick-menu")).to_be_visible()
        for option in await pick.get_by_role("option").all():
            chosen = await option.get_attribute("aria-selected") == "true"
            if (await option.get_attribute("data-words") in wanted) != chosen:
                await option.click()
        # Where no list is open, it would close the whole form.
        if await pick.locator(":popover-open").count():
            await self.page.keyboard.press("Escape")

    async def _choose(self, pick: Locator, words: str) -> None:
        """From a list that closes where the app draws the form anew at this very moment."""
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
