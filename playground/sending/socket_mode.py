"""Socket Mode: deliveries go over WebSockets that the app opens, and not over HTTP."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass, field
from typing import Any, Literal

from starlette.websockets import WebSocket, WebSocketDisconnect

from playground.state.records import Json

MOST_CONNECTIONS = 10

DisconnectReason = Literal["warning", "refresh_requested", "link_disabled"]


class SocketLost(Exception):
    """The connection closed before the app acknowledged."""


@dataclass(frozen=True)
class Envelope:
    type: str
    payload: Json
    accepts_response_payload: bool
    retry_attempt: int = 0
    retry_reason: str = ""


@dataclass(eq=False)
class Connection:
    """An open socket, and the envelopes that it has not acknowledged yet."""

    id: str
    socket: WebSocket
    waiting: dict[str, asyncio.Future[Any]] = field(default_factory=dict)
    acknowledged: int = 0


class SocketHub:
    """Sends deliveries over the open connections in turn."""

    def __init__(self, app_id: str) -> None:
        self.app_id = app_id
        self.base = ""
        """The playground's own `ws://` address, set once it listens."""
        self.connections: list[Connection] = []
        self._tickets: set[str] = set()
        self._turn = 0
        self._changed = asyncio.Condition()

    @property
    def is_open(self) -> bool:
        return bool(self.connections)

    def issue_url(self) -> str:
        """Return an address that is good for one connection."""
        ticket = secrets.token_urlsafe(16)
        self._tickets.add(ticket)
        return f"{self.base}/link?ticket={ticket}&app_id={self.app_id}"

    async def wait_for(self, connections: int) -> None:
        """Wait until exactly this many connections are open."""
        async with self._changed:
            await self._changed.wait_for(lambda: len(self.connections) == connections)

    async def serve(self, socket: WebSocket) -> None:
        """Serve one connection until it closes."""
        ticket = socket.query_params.get("ticket", "")
        if ticket not in self._tickets or len(self.connections) >= MOST_CONNECTIONS:
            await socket.close(code=1008)
            return
        self._tickets.discard(ticket)
        await socket.accept()
        connection = Connection(secrets.token_hex(8), socket)
        await self._register(connection)
        try:
            await socket.send_json(self._hello(connection))
            while True:
                self._acknowledge(connection, await socket.receive_json())
        except WebSocketDisconnect:
            return
        finally:
            await self._forget(connection)

    async def deliver(self, envelope: Envelope, deadline: float) -> Any:
        """Return the acknowledgement's payload. Raises TimeoutError, or SocketLost."""
        if not self.connections:
            raise SocketLost
        self._turn += 1
        connection = self.connections[self._turn % len(self.connections)]
        key = secrets.token_hex(16)
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        connection.waiting[key] = answer
        frame: Json = {
            "envelope_id": key,
            "type": envelope.type,
            "payload": envelope.payload,
            "accepts_response_payload": envelope.accepts_response_payload,
        }
        if envelope.type == "events_api":
            frame |= {
                "retry_attempt": envelope.retry_attempt,
                "retry_reason": envelope.retry_reason,
            }
        try:
            async with asyncio.timeout(deadline):
                await connection.socket.send_json(frame)
                return await answer
        except (WebSocketDisconnect, RuntimeError) as gone:
            raise SocketLost from gone
        finally:
            connection.waiting.pop(key, None)

    async def disconnect(self, reason: DisconnectReason, *, every: bool = False) -> int:
        """Ask the oldest connection, or all, to reconnect. Any reason but `warning` closes it."""
        chosen = list(self.connections) if every else self.connections[:1]
        for connection in chosen:
            await connection.socket.send_json(
                {
                    "type": "disconnect",
                    "reason": reason,
                    "debug_info": {"host": "playground"},
                }
            )
            if reason != "warning":
                await self._forget(connection)
                await connection.socket.close()
        return len(chosen)

    async def drop(self) -> int:
        """Close every connection without a message, as a broken network would."""
        dropped = list(self.connections)
        for connection in dropped:
            await self._forget(connection)
            await connection.socket.close(code=1011)
        return len(dropped)

    def _hello(self, connection: Connection) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self.connections),
            "debug_info": {
                "host": "playground",
                "build_number": 1,
                "approximate_connection_time": 18060,
                "connection_id": connection.id,
            },
            "connection_info": {"app_id": self.app_id},
        }

    def _acknowledge(self, connection: Connection, frame: Any) -> None:
        """Read `{envelope_id[, payload]}`. A late acknowledgement changes nothing."""
        if not isinstance(frame, dict):
            return
        answer = connection.waiting.get(str(frame.get("envelope_id")))
        if answer is not None and not answer.done():
            connection.acknowledged += 1
            answer.set_result(frame.get("payload"))

    async def _register(self, connection: Connection) -> None:
        async with self._changed:
            self.connections.append(connection)
            self._changed.notify_all()

    async def _forget(self, connection: Connection) -> None:
        async with self._changed:
            if connection in self.connections:
                self.connections.remove(connection)
            for answer in connection.waiting.values():
                if not answer.done():
                    answer.set_exception(SocketLost())
            self._changed.notify_all()
