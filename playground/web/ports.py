"""Ports that are known before anybody listens on them."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

HOST = "127.0.0.1"
_HIGHEST = 65_535


@contextmanager
def reserved(count: int = 1) -> Iterator[int]:
    """Yield the first of so many adjacent ports of loopback, reserved meanwhile.

    Only the caller may listen there. To choose a port by looking whether it is free, and
    no more, is a race: the system hands it to the next one who asks, or to a connection that goes
    out.
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
        # Only now: it was free before, and a socket that asks for the same may have it. A
        # connection to it is refused until one of those listens.
        keeper.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        first = first or int(keeper.getsockname()[1])
    return first
