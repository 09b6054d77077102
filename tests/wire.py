"""A wire to PostgreSQL that breaks on demand: a TCP proxy in front of the real server.

It reads the client's bytes for the statement that identifies a transaction, then for its COMMIT.
"""

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum

from sqlalchemy.engine import URL, make_url

_COMMIT = b"COMMIT"


class Break(Enum):
    """The fate of the next COMMIT on its way."""

    BEFORE = "the server never hears of it"
    AFTER = "the server commits, and nobody hears its answer"


class Wire:
    """Forwards connections to a server, and loses a COMMIT on its way on demand."""

    def __init__(self, server: URL) -> None:
        self._server = server
        self._door = socket.create_server(("127.0.0.1", 0))
        self._sockets: list[socket.socket] = []
        self._break: tuple[bytes, Break] | None = None
        self._late: bytes | None = None
        self._arrives = threading.Event()
        self._lock = threading.Lock()
        self.broken = 0
        self.down = False
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        host, port = self._door.getsockname()
        through = self._server.set(host=host, port=port, query={})
        return through.render_as_string(hide_password=False)

    def break_commit_of(self, statement: str, how: Break) -> None:
        """Lose the COMMIT of the next transaction that contains `statement`."""
        self._break = (statement.encode(), how)

    def delay_commit_of(self, statement: str) -> None:
        """Cut the client off at the next such COMMIT. The server gets it after `let_arrive`."""
        self._arrives.clear()
        self._late = statement.encode()

    def let_arrive(self) -> None:
        self._arrives.set()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._door.accept()
                if self.down:
                    client.close()
                    continue
                server = self._dial()
                self._sockets += [client, server]
                for pump in (self._requests, self._answers):
                    threading.Thread(target=pump, args=(client, server), daemon=True).start()

    def _dial(self) -> socket.socket:
        folder = self._server.query.get("host")
        if isinstance(folder, str) and folder.startswith("/"):
            server = socket.socket(socket.AF_UNIX)
            server.connect(f"{folder}/.s.PGSQL.{self._server.port or 5432}")
            return server
        return socket.create_connection((self._server.host or "", self._server.port or 5432))

    def _requests(self, client: socket.socket, server: socket.socket) -> None:
        marked = delayed = False
        with contextlib.suppress(OSError):
            while data := client.recv(65536):
                delayed = delayed or (self._late is not None and self._late in data)
                if delayed and _COMMIT in data:
                    self._late = None
                    client.shutdown(socket.SHUT_RDWR)
                    self._arrives.wait(30)
                    server.sendall(data)
                    return
                marked = marked or (self._break is not None and self._break[0] in data)
                how = self._taken() if marked and _COMMIT in data else None
                if how is not None:
                    # From now on, no answer of the server may reach the client.
                    client.shutdown(socket.SHUT_RDWR)
                    if how is Break.BEFORE:
                        break
                    server.sendall(data)
                    return
                server.sendall(data)
        with contextlib.suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)

    def _taken(self) -> Break | None:
        """Take the order to break. Only one of several connections gets it."""
        with self._lock:
            taken, self._break = self._break, None
            if taken is None:
                return None
            self.broken += 1
            return taken[1]

    def _answers(self, client: socket.socket, server: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := server.recv(65536):
                client.sendall(data)
        client.close()

    def cut(self) -> None:
        """Disconnect the server from now on, for open connections too."""
        self.down = True
        for one in self._sockets:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        self.down = False

    def close(self) -> None:
        self._door.close()
        self._arrives.set()
        for one in self._sockets:
            one.close()


@contextmanager
def wire(url: str) -> Iterator[Wire]:
    """Yield a breakable wire to the server of `url`."""
    made = Wire(make_url(url))
    try:
        yield made
    finally:
        made.close()
