"""A person in the workspace, for tests and benches: their actions, and what they see."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from playground.facade import Playground
from playground.outcomes import Choice, Filled, Outcome, Submitted
from playground.state.records import Channel, Message, View

Found = TypeVar("Found")


class NotSeen(AssertionError):
    """The expected thing did not appear in time."""


class Person:
    """Acts through the playground as the browser page does."""

    def __init__(self, slack: Playground, id_or_name: str) -> None:
        found = slack.workspace.person(id_or_name)
        if found is None:
            raise LookupError(f"no one is called {id_or_name!r}")
        self.slack = slack
        self.id = found.id
        self.name = found.name

    # Doing

    async def command(self, text: str, channel: str = "general") -> Outcome:
        """Run a command such as `/escalate open p1 …` in a channel, by name or id."""
        command, _, rest = text.partition(" ")
        return await self.slack.run_command(self.id, self._channel(channel), command, rest)

    async def say(self, text: str, channel: str, thread_ts: str | None = None) -> Outcome:
        return await self.slack.send_message(self.id, self._channel(channel), text, thread_ts)

    async def click(
        self,
        message: Message,
        action_id: str,
        value: Choice = None,
        block_id: str | None = None,
        values: Filled | None = None,
    ) -> Outcome:
        return await self.slack.click(
            self.id, message.channel, message.ts, block_id, action_id, value, values
        )

    async def click_view(
        self,
        action_id: str,
        value: Choice = None,
        *,
        block_id: str | None = None,
        values: Filled | None = None,
        home: bool = False,
    ) -> Outcome:
        view = self.home if home else self.modal
        return await self.slack.click_view(self.id, view.id, block_id, action_id, value, values)

    async def submit(self, values: Filled | None = None) -> Submitted:
        """Submit the top modal with these inputs. The others keep their values."""
        return await self.slack.submit_view(self.id, self.modal.id, values or {})

    async def close_modal(self, *, all_views: bool = False) -> Outcome:
        return await self.slack.close_view(self.id, self.modal.id, all_views=all_views)

    async def open_home(self) -> Outcome:
        return await self.slack.open_home(self.id)

    async def shortcut(self, callback_id: str, message: Message | None = None) -> Outcome:
        if message is None:
            return await self.slack.global_shortcut(self.id, callback_id)
        return await self.slack.shortcut_on_message(
            self.id, callback_id, message.channel, message.ts
        )

    async def react(self, message: Message, name: str) -> Outcome:
        return await self.slack.react(self.id, message.channel, message.ts, name)

    async def dm_with_app(self) -> str:
        return await self.slack.open_dm(self.id, self.slack.app.user_id)

    # Seeing

    @property
    def modal(self) -> View:
        view = self.slack.workspace.open_view(self.id)
        if view is None:
            raise NotSeen(f"{self.name} has no modal open")
        return view

    @property
    def home(self) -> View:
        view = self.slack.workspace.home_view(self.id)
        if view is None:
            raise NotSeen(f"{self.name} has no home tab yet")
        return view

    def sees(self, channel: str, thread_ts: str | None = None) -> list[Message]:
        return self.slack.workspace.messages(self._channel(channel), self.id, thread_ts)

    def channels(self) -> list[Channel]:
        return self.slack.workspace.visible_channels(self.id)

    def dms(self) -> list[Message]:
        """The app's direct messages to this person, oldest first."""
        channel = self.slack.workspace.direct_channel([self.id, self.slack.app.user_id])
        return [] if channel is None else self.sees(channel.id)

    async def until_dm(
        self, wanted: Callable[[Message], bool] = lambda _: True, within: float = 10.0
    ) -> Message:
        """Wait for a direct message from the app that `wanted` accepts, and return the latest."""
        return await self._until(lambda: _last(self.dms(), wanted), within, "direct message")

    async def until_sees(
        self,
        channel: str,
        wanted: Callable[[Message], bool] = lambda _: True,
        within: float = 10.0,
    ) -> Message:
        return await self._until(
            lambda: _last(self.sees(channel), wanted), within, f"message in {channel}"
        )

    async def until_modal(
        self, wanted: Callable[[View], bool] = lambda _: True, within: float = 10.0
    ) -> View:
        def found() -> View | None:
            view = self.slack.workspace.open_view(self.id)
            return view if view is not None and wanted(view) else None

        return await self._until(found, within, "modal")

    async def until_home(
        self, wanted: Callable[[View], bool] = lambda _: True, within: float = 10.0
    ) -> View:
        def found() -> View | None:
            view = self.slack.workspace.home_view(self.id)
            return view if view is not None and wanted(view) else None

        return await self._until(found, within, "home tab")

    async def _until(self, look: Callable[[], Found | None], within: float, what: str) -> Found:
        return await until(self.slack, look, within, f"{self.name} sees no such {what}")

    def _channel(self, id_or_name: str) -> str:
        found = self.slack.workspace.channel(id_or_name)
        if found is None:
            raise LookupError(f"there is no channel {id_or_name!r}")
        return found.id


def _last(messages: list[Message], wanted: Callable[[Message], bool]) -> Message | None:
    return next((message for message in reversed(messages) if wanted(message)), None)


def texts(message: Message) -> str:
    """All text of a message, fallback and blocks, for checks like `'ESC-12' in texts(message)`."""
    return "\n".join([message.text, *_texts(message.blocks)])


def _texts(value: object) -> list[str]:
    if isinstance(value, dict):
        own = [value["text"]] if isinstance(value.get("text"), str) else []
        return own + [found for child in value.values() for found in _texts(child)]
    if isinstance(value, list):
        return [found for child in value for found in _texts(child)]
    return []


async def until(
    slack: Playground, look: Callable[[], Found | None], within: float, complaint: str
) -> Found:
    """Look again after every change of the workspace, for `within` seconds."""
    with slack.workspace.events.subscribe() as changes:
        try:
            async with asyncio.timeout(within):
                while True:
                    found = look()
                    if found is not None:
                        return found
                    await changes.next()
        except TimeoutError:
            raise NotSeen(f"{complaint} (within {within} s)") from None
