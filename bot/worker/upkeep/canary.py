"""Runs the canary: a page that must be delivered, found, acknowledged and edited."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from bot.domain.act import Workspace
from bot.domain.controls import Button
from bot.domain.errors import AlreadyHandled
from bot.domain.paging.ladders import PageState
from bot.log.episodes import Episode
from bot.services.upkeep import canary
from bot.services.upkeep.canary import Drill
from bot.slack.answers import each
from bot.slack.client import SlackCalls
from bot.store.tables import Page
from bot.worker.loop import Gear, Loop, going_on

log = logging.getLogger(__name__)

Click = Callable[[Mapping[str, Any]], Awaitable[int]]
"""Sends an interaction as Slack would, and returns the HTTP status of the answer."""


class NotAsItShould(Exception):
    """A step of a canary went wrong. The text says how, and names no person."""


@dataclass(frozen=True, slots=True)
class Us:
    """The bot's identity in Slack."""

    workspace: Workspace
    user: str


class Canary(Loop):
    """Runs once a period in one replica: the one that opens the canary."""

    def __init__(
        self,
        gear: Gear,
        calls: SlackCalls,
        click: Click,
        us: Callable[[], Us | None],
        *,
        every: timedelta,
        channel: str,
    ) -> None:
        super().__init__(gear)
        self._calls = calls
        self._click = click
        self._us = us
        self._every = every
        self._channel = channel
        self._last: datetime | None = None

    async def run(self) -> None:
        """Check again and again whether a period has begun, until cancelled."""
        while True:
            with going_on(
                log,
                "The canary could not run",
                count=partial(self._figures.canary, "failed"),
            ):
                await self._look()
            await asyncio.sleep(self._pace.tick)

    async def _look(self) -> None:
        now, us = self._time_source.now(), self._us()
        period = canary.period_of(now, self._every)
        if us is None or period == self._last:
            return
        self._last = period
        try:
            drill = await self._threads.write(
                canary.open_drill, self._db, self._policy, us.workspace, period, self._channel, now
            )
        except AlreadyHandled:
            return
        await _Flight(self, us, drill).fly()


class _Flight:
    """One run of the canary."""

    def __init__(self, of: Canary, us: Us, drill: Drill) -> None:
        self._of = of
        self._us = us
        self._drill = drill
        self._began = time.monotonic()
        self._step = "delivered"

    async def fly(self) -> None:
        of = self._of
        try:
            async with asyncio.timeout(canary.LIMIT.total_seconds()):
                await self._steps()
        except asyncio.CancelledError:
            await of._threads.write(canary.give_up, of._db, self._drill, called_off=True)
            raise
        except Exception as error:  # noqa: BLE001 - a canary exists to catch any fault
            of._figures.canary("failed")
            why = str(error) if isinstance(error, NotAsItShould) else type(error).__name__
            lapse = (2 * of._every + canary.LIMIT).total_seconds()
            of._episodes.on(Episode.CANARY, why=why, step=self._step, ends_after=lapse)
            await of._threads.write(canary.give_up, of._db, self._drill, called_off=False)
        else:
            await of._threads.write(canary.succeed, of._db, self._drill, of._time_source.now())
            of._figures.canary("succeeded")
            of._episodes.off(Episode.CANARY)

    async def _steps(self) -> None:
        page = await self._delivered()
        self._reached("found")
        value = await self._button(page, there=True)
        self._step = "acknowledged"
        await self._acknowledge(page, value)
        self._reached("edited")
        await self._button(page, there=False)
        self._reached("")

    def _reached(self, next_step: str) -> None:
        self._of._figures.canary_reached(self._step, time.monotonic() - self._began)
        self._step = next_step

    async def _delivered(self) -> Page:
        """Wait until the relay has stored the page's message."""
        while True:
            page = await self._page()
            if page is not None and page.message_ts is not None:
                return page
            await asyncio.sleep(self._of._pace.poll)

    async def _page(self) -> Page | None:
        return await self._of._threads.read(canary.page_of, self._of._db, self._drill)

    async def _button(self, page: Page, *, there: bool) -> str:
        """Read the message from Slack until the button is there, or gone, as `there` asks."""
        while True:
            answer = await self._of._calls.call(
                "conversations.history",
                channel=page.channel_id,
                latest=page.message_ts,
                oldest=page.message_ts,
                inclusive=True,
                limit=1,
            )
            shown = [one for one in each(answer, "messages") if one.get("ts") == page.message_ts]
            value = _value_of(shown[0], Button.ACKNOWLEDGE) if shown else None
            if shown and (value is not None) is there:
                return value or ""
            # Slack does not promise that new messages show at once.
            await asyncio.sleep(self._of._pace.between_lookups.total_seconds())

    async def _acknowledge(self, page: Page, value: str) -> None:
        status = await self._of._click(_click(self._us, page, value))
        if status != 200:
            raise NotAsItShould(f"the click was answered with status {status}")
        answered = await self._page()
        if answered is None or answered.state is not PageState.ACKNOWLEDGED:
            raise NotAsItShould("the click was taken and changed nothing")


def _value_of(message: Mapping[str, Any], button: Button) -> str | None:
    for block in each(message, "blocks"):
        for element in each(block, "elements"):
            if element.get("action_id") == button.value:
                return str(element.get("value") or "")
    return None


def _click(us: Us, page: Page, value: str) -> dict[str, Any]:
    """The payload that Slack would send for a click on the page."""
    return {
        "type": "block_actions",
        "user": {"id": us.user, "team_id": us.workspace.team_id},
        "team": {"id": us.workspace.team_id},
        "enterprise": None,
        "is_enterprise_install": False,
        "trigger_id": f"canary.{page.id}",
        "container": {
            "type": "message",
            "message_ts": page.message_ts,
            "channel_id": page.channel_id,
        },
        "channel": {"id": page.channel_id},
        "actions": [
            {
                "type": "button",
                "action_id": Button.ACKNOWLEDGE.value,
                "block_id": "canary",
                "value": value,
            }
        ],
    }
