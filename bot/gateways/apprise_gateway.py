"""Hands messages to gateways through Apprise, which is synchronous and answers only yes or no."""

import asyncio
import logging
import threading
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote

from bot.domain.fallback.ways import FallbackWay
from bot.gateways.file import Gateways

if TYPE_CHECKING:
    from apprise import NotifyBase

AT_ONCE = 8
"""The most messages that one gateway gets at the same time."""
_MAIL = ("mailto://", "mailtos://")


class _Hushed(logging.Filter):
    """Drops Apprise's own log, because it names hosts, recipients and texts."""

    def filter(self, _record: logging.LogRecord) -> bool:
        return False


_HUSHED = _Hushed()


@dataclass(eq=False)
class NotTaken(Exception):
    """The gateway did not accept the message, or the outcome is unknown. `why` has no address."""

    why: str


@dataclass(frozen=True, slots=True)
class Handed:
    """A message for one way. Its repetitions have the same `thread`."""

    way: FallbackWay
    subject: str = field(repr=False)
    body: str = field(repr=False)
    thread: str


class ApprisePort:
    """Sends through the gateways. Each has its own threads: one that hangs does not delay another.

    `load` loads Apprise only before the first message: it takes 20 to 40 MB and a second or more,
    and while Slack works the bot never needs it.
    """

    def __init__(self, gateways: Gateways) -> None:
        self._gateways = gateways
        self._loaded = False
        self._free: dict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(AT_ONCE))

    async def load(self) -> None:
        """Load Apprise with all of its plugins, once, before a message's time limit begins."""
        if not self._loaded:
            await asyncio.to_thread(understood, "json://127.0.0.1/")
            self._loaded = True

    async def send(self, handed: Handed, within: timedelta) -> None:
        """Return when the gateway has accepted the message; raises NotTaken."""
        word = handed.way.gateway
        if word not in self._gateways:
            raise NotTaken("no such gateway")
        free = self._free[word]
        try:
            async with asyncio.timeout(within.total_seconds()):
                await free.acquire()
                # Shielded: the place becomes free when the thread ends, not when we give up.
                await asyncio.shield(self._begun(handed, free))
        except TimeoutError:
            raise NotTaken("timed out") from None

    def _begun(self, handed: Handed, free: asyncio.Semaphore) -> asyncio.Future[None]:
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()
        url = _url(self._gateways, handed)

        def settle(error: NotTaken | None) -> None:
            free.release()
            if done.cancelled():
                return
            if error is None:
                done.set_result(None)
            else:
                done.set_exception(error)
                done.exception()  # Prevents a warning if the caller has given up.

        def work() -> None:
            error = _handed_in(url, handed.subject, handed.body)
            try:
                loop.call_soon_threadsafe(settle, error)
            except RuntimeError:
                return  # The loop has ended, so no caller waits.

        # A daemon, so a gateway that hangs does not keep the process from ending.
        thread = threading.Thread(target=work, name=f"reach-{handed.way.gateway}", daemon=True)
        try:
            thread.start()
        except RuntimeError:
            settle(NotTaken("no thread"))
        return done


def _url(gateways: Gateways, handed: Handed) -> str:
    url = gateways.url(handed.way)
    if not url.startswith(_MAIL):
        return url
    # Apprise makes a new Message-ID each time. Mail programs use References to put a repetition
    # below the first message.
    mark = f"+References={quote(f'<{handed.thread}@tocsin.invalid>', safe='')}"
    plain = "" if "format=" in url else "&format=text"
    return f"{url}{'&' if '?' in url else '?'}{mark}{plain}"


def _handed_in(url: str, subject: str, body: str) -> NotTaken | None:
    """Send on a thread of the gateway. Any error of a plugin counts as its gateway's failure."""
    try:
        sender = understood(url)
        if sender is None:
            return NotTaken("not understood")
        taken = sender.notify(body=body, title=subject, body_format="text")
    except Exception as error:  # noqa: BLE001 - over a hundred plugins, and none may end a thread
        return NotTaken(type(error).__name__)
    return None if taken else NotTaken("not taken")


def understood(url: str) -> "NotifyBase | None":
    """Return the plugin that sends to `url`; None if Apprise does not understand the URL.

    We call the plugin directly, because Apprise's own `notify` shares one pool of threads among
    all gateways.
    """
    import apprise

    logging.getLogger("apprise").addFilter(_HUSHED)
    asset = apprise.AppriseAsset(app_id="Tocsin", app_desc="Tocsin")
    return apprise.Apprise.instantiate(url, asset=asset)


def accepts(gateways: Gateways, way: FallbackWay) -> bool:
    """Tell whether Apprise understands the gateway's URL with this address; sends nothing."""
    return understood(gateways.url(way)) is not None
