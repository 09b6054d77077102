"""A uvicorn server that can cut a connection in the middle, for the reset faults."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections.abc import AsyncIterator, Generator, Iterator
from typing import cast

import uvicorn
from starlette.applications import Starlette

from commandline.server.client_deadlines import Patience, PatientProtocol, patient
from playground.facade import Playground
from playground.web.webapi import ABORT, CLOSE

#: A load test opens many connections at once, so this allows many.
PATIENCE = Patience(idle=75, silent=2000)
LOOK_AGAIN = 0.005
"""Seconds between two looks whether the last connections have ended."""


class AbortableProtocol(PatientProtocol):
    """Puts functions into the scope that end the connection without an answer."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        scope = cast(dict[str, object], self.scope)
        scope[ABORT] = self._reset
        scope[CLOSE] = self.transport.close

    def _reset(self) -> None:
        raw = self.transport.get_extra_info("socket")
        if raw is not None and not self.transport.is_closing():  # The peer may be gone by now.
            # Linger of zero seconds: the peer gets a reset instead of an orderly end.
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()


class OwnServer(uvicorn.Server):
    """The server of a process of its own. On a signal, it ends the event streams of open pages."""

    def __init__(self, config: uvicorn.Config, slack: Playground) -> None:
        super().__init__(config)
        self._slack = slack

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        with super().capture_signals():
            try:
                yield
            finally:
                # The server has handled the signals, so uvicorn must not raise them again.
                self._captured_signals.clear()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._slack.closing.set()
        await super().shutdown(sockets)


class LoopbackServer(uvicorn.Server):
    """Signals when it listens, and leaves OS signals to the owner of the event loop."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Stop at once. `should_exit` alone waits for the next tick."""
        self.should_exit = True
        self._stopping.set()

    async def main_loop(self) -> None:
        ticking = asyncio.create_task(super().main_loop())
        stopping = asyncio.create_task(self._stopping.wait())
        await asyncio.wait({ticking, stopping}, return_when=asyncio.FIRST_COMPLETED)
        ticking.cancel()
        stopping.cancel()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listening.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Shut down as uvicorn does, but without its rests of a tenth of a second."""
        for listening in (*self.servers, *(sockets or ())):
            listening.close()
        state = self.server_state
        for connection in list(state.connections):
            connection.shutdown()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self.config.timeout_graceful_shutdown):
                # Neither announces its end: poll.
                while state.connections or state.tasks:  # noqa: ASYNC110
                    await asyncio.sleep(LOOK_AGAIN)
        for task in state.tasks:
            task.cancel("The server has waited long enough for it")
        await self.lifespan.shutdown()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def bound(host: str, port: int) -> socket.socket:
    """Return a listening socket. Port 0 lets the system choose.

    It names its protocol, because asyncio sends small answers at once only on TCP sockets.
    """
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind((host, port))
    listening.listen(2048)
    return listening


def config_for(app: Starlette, patience: Patience = PATIENCE) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=patient(patience, AbortableProtocol),
        log_level="warning",
        access_log=False,
        lifespan="on",
        timeout_graceful_shutdown=2,
        timeout_keep_alive=patience.idle,
        ws_max_size=16 * 1024 * 1024,
    )


@contextlib.asynccontextmanager
async def serving(
    app: Starlette,
    slack: Playground,
    host: str = "127.0.0.1",
    port: int = 0,
    patience: Patience = PATIENCE,
) -> AsyncIterator[int]:
    """Serve within the running event loop, and yield the port."""
    socket_ = bound(host, port)
    actual = int(socket_.getsockname()[1])
    slack.listens_at(host, actual)
    server = LoopbackServer(config_for(app, patience))
    task = asyncio.create_task(server.serve(sockets=[socket_]))
    started = asyncio.create_task(server.listening.wait())
    try:
        await asyncio.wait({task, started}, return_when=asyncio.FIRST_COMPLETED)
        yield actual
    finally:
        started.cancel()
        slack.closing.set()
        server.stop()
        await task
        socket_.close()
