"""The line between a bot and Slack. A test can cut it, or hold one kind of call on it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from playground.web.ports import HOST, reserved

_AT_ONCE = 65_536
"""In bytes."""


class Line:
    """Forwards bytes to the playground. With a line for each replica, their calls can be told
    apart.
    """

    def __init__(self, slack_port: int, port: int) -> None:
        self._slack_port = slack_port
        self.port = port
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self._held_method: bytes | None = None
        self._let_go = asyncio.Event()
        self.holding = 0
        """How many calls a bot has written that are not yet passed to Slack."""

    @property
    def api_url(self) -> str:
        return f"http://{HOST}:{self.port}/api/"

    async def restore(self) -> None:
        """Listen again at the same address."""
        self._server = await asyncio.start_server(self._carry, HOST, self.port)

    def cut(self) -> None:
        """Refuse connections, and end the open ones."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer in tuple(self._open):
            writer.transport.abort()

    def hold(self, method: str) -> None:
        """From now on, keep calls of this method from Slack. The bot sends them, and they do not
        arrive.
        """
        self._held_method = f"POST /api/{method} ".encode()
        self._let_go.clear()

    def release(self) -> None:
        """Pass on the held calls whose senders are still connected."""
        self._held_method = None
        self.holding = 0
        self._let_go.set()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            from_slack, to_slack = await asyncio.open_connection(HOST, self._slack_port)
        except OSError:
            writer.transport.abort()
            return
        ends = {writer, to_slack}
        self._open |= ends
        ways = [
            asyncio.create_task(self._asked(reader, to_slack)),
            asyncio.create_task(_copied(from_slack, writer)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            for end in ends:
                end.transport.abort()
            self._open -= ends

    async def _asked(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while said := await reader.read(_AT_ONCE):
            if self._held_method is not None and said.startswith(self._held_method):
                said += await self._held(reader)
            writer.write(said)
            await writer.drain()

    async def _held(self, reader: asyncio.StreamReader) -> bytes:
        """Return the bytes that arrive until the release. If the sender ends, its call ends too."""
        self.holding += 1
        rest = b""
        released = asyncio.create_task(self._let_go.wait())
        try:
            while not released.done():
                saying = asyncio.create_task(reader.read(_AT_ONCE))
                await asyncio.wait({released, saying}, return_when=asyncio.FIRST_COMPLETED)
                if not saying.done():
                    # The bytes that have arrived stay in the reader.
                    saying.cancel()
                elif more := saying.result():
                    rest += more
                else:
                    raise ConnectionResetError("whoever called is gone")
            return rest
        finally:
            released.cancel()


async def _copied(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while said := await reader.read(_AT_ONCE):
        writer.write(said)
        await writer.drain()


@contextlib.asynccontextmanager
async def line_to(slack_port: int) -> AsyncIterator[Line]:
    """Yield a working line until the block ends."""
    with reserved() as port:
        line = Line(slack_port, port)
        await line.restore()
        try:
            yield line
        finally:
            line.release()
            line.cut()
