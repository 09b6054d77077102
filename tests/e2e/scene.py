"""The parts that the walks share: a person at the page, pictures, and the workspace's messages."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from playwright.async_api import Locator, Page, expect

from tests.browser import picture
from tests.e2e.stack import Stack
from tests.playground.page.driver import Client


class Scene:
    """One tab, with a picture of each step in `pictures`."""

    def __init__(self, page: Page, stack: Stack, pictures: Path) -> None:
        self.opened: list[str] = []
        self.client = Client(page, stack.address)
        self.stack = stack
        self.page = page
        self._pictures = pictures
        self._number = 0
        for old in pictures.glob("*.png"):
            old.unlink()

    async def picture(self, name: str) -> None:
        self._number += 1
        path = self._pictures / f"{self._number:02}-{name}.png"
        await picture(self.page, path)

    async def becomes(self, person: str) -> None:
        """Switch to another person, and look at the app's messages to them."""
        self.client.me = person
        await self.client.go_to_app()

    async def goes_to_room(self, reference: str) -> None:
        """Go to the incident's channel, as soon as the side bar shows it."""
        await self.client.place(reference.lower()).click()
        await expect(self.card()).to_contain_text(reference)

    async def sends_the_form(self) -> None:
        """Send the form, and close the short answer that replaces it."""
        await self.client.submit()
        await expect(self.client.modal().locator("[data-submit]")).to_have_count(0)
        await self.client.cancel()
        await self.client.modal_gone()

    def card(self) -> Locator:
        """Return the pinned card: the first message of the channel with the incident's buttons."""
        timeline = self.page.locator('[data-action-id="incident_timeline"]')
        return self.page.locator("#message-list .message").filter(has=timeline).first

    def accepted_pages(self) -> list[dict[str, Any]]:
        """Return every page that the workspace accepted, as it was posted."""
        posts = self.stack.look("api_log", method="chat.postMessage")
        return [post for post in posts if post["ok"] and _is_page(post["args"]["blocks"])]

    def paged_for(self, reference: str) -> list[str]:
        """Return the people paged for an incident, in alphabetical order. Repeats stay."""
        people = {each["id"]: each["name"] for each in self.stack.look("people")}
        rooms = {each["id"]: each["members"] for each in self.stack.look("channels")}
        app = self.stack.look("app")["user_id"]
        return sorted(
            people[user]
            for page in self.accepted_pages()
            if f"{reference} " in page["args"]["text"]
            for user in rooms[page["args"]["channel"]]
            if user != app
        )


def _is_page(blocks: Iterable[dict[str, Any]]) -> bool:
    return any(
        element.get("action_id") == "page_acknowledge"
        for block in blocks
        for element in block.get("elements", ())
    )
