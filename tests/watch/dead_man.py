"""A dead man's switch: a real HTTP server that counts requests and answers as a test says."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from tests.waiting import eventually

SECRET_PATH = "/ping/a-secret-id"


class DeadMan:
    def __init__(self) -> None:
        self.asked: list[str] = []
        self.answer: web.Response | None = None
        self.hang = asyncio.Event()
        self.hangs = False
        self.url = ""

    async def take(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request.path)
        if self.hangs:
            await self.hang.wait()
        if self.answer is None:
            return web.Response()
        return web.Response(status=self.answer.status, headers=self.answer.headers)

    async def until_asked(self, times: int = 1) -> None:
        """Wait for so many more requests."""
        wanted = len(self.asked) + times
        await eventually(lambda: len(self.asked) >= wanted, "nobody asked", within=45)


@asynccontextmanager
async def dead_man() -> AsyncIterator[DeadMan]:
    switch = DeadMan()
    app = web.Application()
    app.router.add_get("/{path:.*}", switch.take)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    switch.url = f"http://127.0.0.1:{port}{SECRET_PATH}"
    try:
        yield switch
    finally:
        switch.hang.set()
        await runner.cleanup()
