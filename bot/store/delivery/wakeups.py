"""The bell between replicas: a replica that stores a message rings it, and all relays look.

The bell only wakes. A ring may be lost with a connection, but the relays look four times a second
anyway.
"""

import asyncio
import logging
from collections.abc import Callable

import psycopg
from sqlalchemy.engine import URL

log = logging.getLogger(__name__)

_CHANNEL = "tocsin_outbox"
_LISTEN = f"LISTEN {_CHANNEL}".encode()
_NOTIFY = f"NOTIFY {_CHANNEL}".encode()
_TRY_AGAIN = 1.0
"""Seconds."""
_BETWEEN_RINGS = 0.02
"""Seconds. A relay waits this long between two claims, so more rings would have no effect. Each
ring is work for every replica's event loop."""


class WakeUps:
    """Rings and listens by PostgreSQL's NOTIFY and LISTEN, on two connections of its own.

    It rings after the commit, not in the transaction: PostgreSQL commits transactions that notify
    one after another, and a person waits for the commit. Rings that come together become one.
    """

    def __init__(self, url: URL, wake: Callable[[], None]) -> None:
        self._address = url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._wake = wake
        self._rung = asyncio.Event()
        self._own: int | None = None

    def ring(self) -> None:
        """Wake the other replicas. Call this in the event loop's thread."""
        self._rung.set()

    async def listen(self) -> None:
        """Wake this replica when another one rings. Runs until cancelled, and reconnects."""
        while True:
            try:
                async with await self._connected() as connection:
                    await connection.execute(_LISTEN)
                    self._wake()
                    async for ring in connection.notifies():
                        if ring.pid != self._own:
                            self._wake()
            except (psycopg.Error, OSError):
                log.warning("The connection that hears the other replicas is lost; tried again")
            await asyncio.sleep(_TRY_AGAIN)

    async def pass_on(self) -> None:
        """Pass each ring to the other replicas. Runs until cancelled, and reconnects."""
        while True:
            try:
                async with await self._connected() as connection:
                    self._own = connection.info.backend_pid
                    while True:
                        await self._rung.wait()
                        self._rung.clear()
                        await connection.execute(_NOTIFY)
                        await asyncio.sleep(_BETWEEN_RINGS)
            except (psycopg.Error, OSError):
                log.warning("The other replicas cannot be woken; they look by themselves")
            await asyncio.sleep(_TRY_AGAIN)

    async def _connected(self) -> psycopg.AsyncConnection[tuple[object, ...]]:
        return await psycopg.AsyncConnection.connect(
            self._address, autocommit=True, connect_timeout=2, application_name="tocsin bell"
        )
