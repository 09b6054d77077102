"""A wire to PostgreSQL that breaks on demand: a TCP proxy in front of the real server."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum

from sqlalchemy.engine import URL, make_url

_COMMIT = b"COMMIT"


class Break(Enum):
    """What happens to the next COMMIT on its way."""

    BEFORE = "the server never hears of it"
    AFTER = "the server commits, and nobody hears its answer"


class Wire:
    """Forwards connections to a server; `next_commit` is lost in the way that it names."""

    def __init__(self, server: URL) -> None:
        self._server = server
        self._door = socket.create_server(("127.0.0.1", 0))
        self._sockets: list[socket.socket] = []
        self.next_commit: Break | None = None
        self.broken = 0
        self.down = False
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        host, port = self._door.getsockname()
        through = self._server.set(host=host, port=port, query={})
        return through.render_as_string(hide_password=False)

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
        with contextlib.suppress(OSError):
            while data := client.recv(65536):
                if self.next_commit is not None and _COMMIT in data:
                    how, self.next_commit = self.next_commit, None
                    self.broken += 1
                    # Nothing of what the server says from now on may reach the client.
                    client.shutdown(socket.SHUT_RDWR)
                    if how is Break.AFTER:
                        server.sendall(data)
                        return
                    break
                server.sendall(data)
        with contextlib.suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)

    def _answers(self, client: socket.socket, server: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := server.recv(65536):
                client.sendall(data)
        client.close()

    def close(self) -> None:
        self._door.close()
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
