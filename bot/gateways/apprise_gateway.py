"""Handing a message to a gateway through Apprise, which is synchronous and says only yes or no."""

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
"""Messages that one gateway is handed at the same time."""
_MAIL = ("mailto://", "mailtos://")


class _Hushed(logging.Filter):
    """Apprise's own log names hosts, recipients and texts: nothing of it goes further."""

    def filter(self, _record: logging.LogRecord) -> bool:
        return False


_HUSHED = _Hushed()


@dataclass(eq=False)
class NotTaken(Exception):
    """The gateway did not accept it, or the outcome is unknown. `why` holds no address."""

    why: str


@dataclass(frozen=True, slots=True)
class Handed:
    """A message for one way. `thread` is the same for its repetitions."""

    way: FallbackWay
    subject: str = field(repr=False)
    body: str = field(repr=False)
    thread: str


class ApprisePort:
    """The gateways at work. Each has threads of its own: one that hangs holds up no other.

    Apprise is loaded before the first message: it takes 20 to 40 MB and a second or more, which a
    bot whose Slack works never needs.
    """

    def __init__(self, gateways: Gateways) -> None:
        self._gateways = gateways
        self._loaded = False
        self._free: dict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(AT_ONCE))

    async def load(self) -> None:
        """Load Apprise with all of its plugins, once; before any time runs for a message."""
        if not self._loaded:
            await asyncio.to_thread(understood, "json://127.0.0.1/")
            self._loaded = True

    async def send(self, handed: Handed, within: timedelta) -> None:
        """Return once the gateway has taken it; raises NotTaken."""
        word = handed.way.gateway
        if word not in self._gateways:
            raise NotTaken("no such gateway")
        free = self._free[word]
        try:
            async with asyncio.timeout(within.total_seconds()):
                await free.acquire()
                # Shielded: its place is free again when the thread is done, not when we give up.
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
                done.exception()  # The caller may have given up: that is not worth a warning.

        def work() -> None:
            error = _handed_in(url, handed.subject, handed.body)
            try:
                loop.call_soon_threadsafe(settle, error)
            except RuntimeError:
                return  # The loop has ended meanwhile, and nothing waits any more.

        # A daemon: a gateway that hangs does not hold up the end of the process.
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
    # Apprise makes the Message-ID itself, a new one each time. What mail programs go by to put a
    # repetition beneath the first is this.
    mark = f"+References={quote(f'<{handed.thread}@tocsin.invalid>', safe='')}"
    plain = "" if "format=" in url else "&format=text"
    return f"{url}{'&' if '?' in url else '?'}{mark}{plain}"


def _handed_in(url: str, subject: str, body: str) -> NotTaken | None:
    """Runs on a thread of the gateway. Any error of a plugin is its gateway's failure."""
    try:
        sender = understood(url)
        if sender is None:
            return NotTaken("not understood")
        taken = sender.notify(body=body, title=subject, body_format="text")
    except Exception as error:  # noqa: BLE001 - over a hundred plugins, and none may end a thread
        return NotTaken(type(error).__name__)
    return None if taken else NotTaken("not taken")


def understood(url: str) -> "NotifyBase | None":
    """Return what sends to `url`; None when Apprise makes nothing of it.

    The plugin itself: Apprise's own way to notify shares a pool of threads among all gateways.
    """
    import apprise

    logging.getLogger("apprise").addFilter(_HUSHED)
    asset = apprise.AppriseAsset(app_id="Tocsin", app_desc="Tocsin")
    return apprise.Apprise.instantiate(url, asset=asset)


def accepts(gateways: Gateways, way: FallbackWay) -> bool:
    """Whether Apprise can make something of the gateway's URL with this address; sends nothing."""
    return understood(gateways.url(way)) is not None
