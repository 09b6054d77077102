"""Clients that say nothing, or say it byte by byte: over real sockets, on short limits."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from commandline.server.client_deadlines import Patience, patient
from tests.serving import door, served

LONG = 60.0
SHORT = 0.2
"""Seconds. A connection that a test expects to end ends after it, on a busy machine later."""
UNHURRIED = Patience(headers=LONG, body=LONG, idle=60)
HEADERS = b"POST /slack/events HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\n"
ENDED = 20.0
GONE = (b"HTTP/1.1 408 ", b"")
"""Who still sends when the server hangs up may lose its last words."""


class Client:
    """One connection, whose bytes the test says."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def say(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    async def drip(self, data: bytes) -> None:
        """A byte at a time, until the server hangs up or has all of it; faster than any limit."""
        for at in range(len(data)):
            if self._writer.is_closing():
                return
            try:
                await self.say(data[at : at + 1])
            except ConnectionError:
                return
            await asyncio.sleep(SHORT / 10)

    async def answer(self) -> bytes:
        """One answer of the server, which keeps the connection."""
        head = await asyncio.wait_for(self._reader.readuntil(b"\r\n\r\n"), ENDED)
        body = await asyncio.wait_for(self._reader.readexactly(2), ENDED)
        return head + body

    async def ended(self) -> bytes:
        """Everything until the server hangs up."""
        try:
            return await asyncio.wait_for(self._reader.read(), ENDED)
        except ConnectionResetError:
            return b""

    def close(self) -> None:
        self._writer.close()


Connect = Callable[[], Awaitable[Client]]


@asynccontextmanager
async def server(patience: Patience) -> AsyncIterator[Connect]:
    async def read(request: Request) -> Response:
        try:
            await request.body()
        except ClientDisconnect:
            return PlainTextResponse("", 400)
        return PlainTextResponse("ok")

    async def unread(_request: Request) -> Response:
        return PlainTextResponse("no", 401)

    routes = [
        Route("/slack/events", read, methods=["POST"]),
        Route("/unread", unread, methods=["POST"]),
    ]
    clients = list[Client]()

    async def connect() -> Client:
        port = int(address.rsplit(":", 1)[1])
        client = Client(*await asyncio.open_connection("127.0.0.1", port))
        clients.append(client)
        return client

    app = Starlette(routes=routes)
    async with served(app, http=patient(patience), timeout_keep_alive=patience.idle) as address:
        try:
            yield connect
        finally:
            for client in clients:
                client.close()


async def test_a_connection_that_says_nothing_is_closed() -> None:
    async with server(replace(UNHURRIED, headers=SHORT)) as connect:
        silent = [await connect() for _ in range(15)]
        assert [await client.ended() for client in silent] == [b""] * 15


async def test_headers_that_come_byte_by_byte_are_not_waited_for() -> None:
    async with server(replace(UNHURRIED, headers=SHORT)) as connect:
        client = await connect()
        dripping = asyncio.create_task(client.drip(HEADERS + b"x-more: " + b"y" * 2_000))
        assert (await client.ended())[:13] in GONE
        dripping.cancel()


@pytest.mark.parametrize("begun", [HEADERS, HEADERS + b"\r\nbo"], ids=["headers", "body"])
async def test_who_begins_and_falls_silent_is_told(begun: bytes) -> None:
    async with server(replace(UNHURRIED, headers=SHORT, body=SHORT)) as connect:
        client = await connect()
        await client.say(begun)
        assert (await client.ended()).startswith(b"HTTP/1.1 408 ")


@pytest.mark.parametrize("before", [b"\r\n", b"P"])
async def test_a_second_request_has_no_more_time_than_the_first(before: bytes) -> None:
    async with server(replace(UNHURRIED, headers=SHORT)) as connect:
        client = await connect()
        await client.say(HEADERS + b"\r\nbody")
        assert (await client.answer()).startswith(b"HTTP/1.1 200 ")
        await client.say(before)
        assert (await client.ended())[:13] in GONE


async def test_a_body_that_comes_byte_by_byte_is_not_waited_for() -> None:
    async with server(replace(UNHURRIED, body=SHORT)) as connect:
        client = await connect()
        await client.say(HEADERS.replace(b": 4", b": 900000") + b"\r\n")
        dripping = asyncio.create_task(client.drip(b"x" * 2_000))
        assert (await client.ended())[:13] in GONE
        dripping.cancel()


async def test_a_body_that_no_one_reads_holds_no_connection() -> None:
    async with server(replace(UNHURRIED, body=SHORT)) as connect:
        client = await connect()
        await client.say(b"POST /unread HTTP/1.1\r\nhost: x\r\ncontent-length: 900000\r\n\r\n")
        dripping = asyncio.create_task(client.drip(b"x" * 2_000))
        told = await client.ended()
        assert told[:13] in (b"HTTP/1.1 401 ", b"")
        assert told.count(b"HTTP/1.1") <= 1
        dripping.cancel()


async def test_a_body_that_ends_after_its_answer_is_followed_by_no_endless_silence() -> None:
    async with server(replace(UNHURRIED, headers=SHORT)) as connect:
        client = await connect()
        await client.say(b"POST /unread HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\n\r\n")
        assert (await client.answer()).startswith(b"HTTP/1.1 401 ")
        await client.say(b"body")
        await client.ended()


async def test_a_kept_connection_is_closed_when_it_idles() -> None:
    async with server(replace(UNHURRIED, idle=1)) as connect:
        client = await connect()
        for _ in range(2):
            await client.say(HEADERS + b"\r\nbody")
            assert (await client.answer()).startswith(b"HTTP/1.1 200 ")
        assert await client.ended() == b""


async def test_a_slow_answer_ends_no_connection() -> None:
    """The limits are for the client; what the bot takes is its own affair."""
    asked, answering = asyncio.Event(), asyncio.Event()

    async def slow(request: Request) -> Response:
        await request.body()
        asked.set()
        await answering.wait()
        return PlainTextResponse("ok")

    impatient = Patience(headers=SHORT, body=SHORT, idle=1)
    async with served(door("/slack/events", slow), http=patient(impatient)) as address:
        port = int(address.rsplit(":", 1)[1])
        client = Client(*await asyncio.open_connection("127.0.0.1", port))
        await client.say(HEADERS + b"\r\nbody")
        await asked.wait()
        await asyncio.sleep(SHORT * 3)
        answering.set()
        assert (await client.answer()).startswith(b"HTTP/1.1 200 ")
        client.close()


async def test_of_too_many_silent_connections_the_oldest_go() -> None:
    async with server(replace(UNHURRIED, silent=3)) as connect:
        first = await connect()
        await first.say(HEADERS)  # It has begun, and is not done: silent all the same.
        others = [await connect() for _ in range(3)]
        await first.ended()
        await others[-1].say(HEADERS + b"\r\nbody")
        assert (await others[-1].answer()).startswith(b"HTTP/1.1 200 ")
