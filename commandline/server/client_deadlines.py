"""Limits how long the server waits for a client. uvicorn alone waits forever for a request."""

import asyncio
from dataclasses import dataclass
from typing import ClassVar

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Patience:
    """Deadlines for a client, in seconds.

    `headers` runs from the connection to the end of the headers, `body` from there to the end of
    the body, and `idle` from an answer to the next request. `silent`: how many connections may be
    without complete headers at the same time.
    """

    headers: float = 10.0
    body: float = 10.0
    idle: int = 5
    silent: int = 200


class PatientProtocol(HttpToolsProtocol):
    """A connection with a deadline while it is the client's turn."""

    patience: ClassVar[Patience] = Patience()
    silent: ClassVar[dict["PatientProtocol", None]] = {}
    """The connections without complete headers, the oldest first."""
    _deadline: asyncio.TimerHandle | None = None
    _heard = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._await_headers()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._heard = True
        super().data_received(data)
        # After an answer, this is the rest of its request or the start of another. uvicorn stops
        # its keep-alive timer as soon as any data arrives.
        if self._is_free and not self._deadline and not self.timeout_keep_alive_task:
            self._await_headers()

    def on_headers_complete(self) -> None:
        self._stop_waiting()
        self._deadline = self.loop.call_later(self.patience.body, self._hang_up)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._stop_waiting()
        self._heard = False
        super().on_message_complete()

    def handle_websocket_upgrade(self) -> None:
        """Stop the deadline: a WebSocket has its own protocol, which pings."""
        self._stop_waiting()
        super().handle_websocket_upgrade()

    @property
    def _is_free(self) -> bool:
        answered = self.cycle is None or self.cycle.response_complete
        ours = self.transport.get_protocol() is self
        return answered and ours and not self.transport.is_closing()

    def _await_headers(self) -> None:
        self._deadline = self.loop.call_later(self.patience.headers, self._hang_up)
        self.silent[self] = None
        if len(self.silent) > self.patience.silent:
            next(iter(self.silent))._hang_up()

    def _stop_waiting(self) -> None:
        self.silent.pop(self, None)
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _hang_up(self) -> None:
        in_headers = self in self.silent
        self._stop_waiting()
        unanswered = self._heard if in_headers else not self.cycle.response_started
        if unanswered and not self.pipeline:
            self.transport.write(_TOO_SLOW)
        self.transport.close()


def patient(
    patience: Patience, protocol: type[PatientProtocol] = PatientProtocol
) -> type[HttpToolsProtocol]:
    """Return a protocol class for one server, so that servers count connections separately."""
    own: dict[PatientProtocol, None] = {}
    return type("Patient", (protocol,), {"patience": patience, "silent": own})
