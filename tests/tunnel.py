"""A company's way out: a proxy that only tunnels, and servers with TLS of its own authority.

`*.tocsin.test` is not the name of any machine. Only the proxy knows where each of them is.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

_HERE = Path(__file__).resolve().parent / "tls"
AUTHORITY = _HERE / "authority.pem"
_HOST = "127.0.0.1"
_Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Proxy:
    """The proxy's address, and the connections that it was asked for."""

    url: str
    asked: list[str] = field(default_factory=list)


@asynccontextmanager
async def way_out(ports: Mapping[str, int]) -> AsyncIterator[Proxy]:
    """Run a proxy. Each name leads through TLS to a server on a port of loopback."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(_HERE / "server.pem")
    async with AsyncExitStack() as running:
        fronts = {
            name: await running.enter_async_context(_listening(_to(port), context))
            for name, port in ports.items()
        }
        proxy = Proxy("")

        async def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            request = await reader.readuntil(b"\r\n\r\n")
            method, target, _ = request.decode("ascii").split(" ", 2)
            proxy.asked.append(f"{method} {target}")
            front = fronts.get(target.removesuffix(":443"))
            if method != "CONNECT" or front is None:
                writer.write(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n")
                writer.close()
                return
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            await _to(front)(reader, writer)

        port = await running.enter_async_context(_listening(connect))
        proxy.url = f"http://{_HOST}:{port}"
        yield proxy


@asynccontextmanager
async def _listening(serve: _Serve, context: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    under_way: set[asyncio.Task[None]] = set()

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        under_way.add(task)
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await serve(reader, writer)
        writer.close()
        under_way.discard(task)

    server = await asyncio.start_server(take, _HOST, 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)


def _to(port: int) -> _Serve:
    """Return a function that passes a connection on to a port of loopback."""

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        back, forth = await asyncio.open_connection(_HOST, port)
        await asyncio.gather(_pump(reader, forth), _pump(back, writer))

    return pass_on


async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    try:
        while block := await source.read(65_536):
            sink.write(block)
            await sink.drain()
    except OSError:
        return  # One side has closed the connection.
    finally:
        sink.close()
