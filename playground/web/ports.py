"""Reserves ports before a server listens on them."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

HOST = "127.0.0.1"
_HIGHEST = 65_535


@contextmanager
def reserved(count: int = 1) -> Iterator[int]:
    """Yield the first of `count` adjacent loopback ports, reserved until the block ends.

    Only the caller may listen there. It is a race to choose a port just because it looks free: the
    system may give it to another process or to an outgoing connection.
    """
    with ExitStack() as held:
        while not (first := _hold(held, count)):
            held.close()
        yield first


def _hold(held: ExitStack, count: int) -> int | None:
    first = 0
    for number in range(count):
        keeper = held.enter_context(socket.socket())
        if first + number > _HIGHEST:
            return None
        try:
            keeper.bind((HOST, first and first + number))
        except OSError:
            return None
        # Set this only after the bind, which proves that the port was free. From now on, a socket
        # with the same option may bind it. Connections are refused until one listens.
        keeper.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        first = first or int(keeper.getsockname()[1])
    return first
