"""Ending well: SIGTERM, SIGINT and SIGHUP all finish what is under way and end with status 0."""

import logging
import signal
import socket
from collections.abc import Generator
from contextlib import contextmanager
from types import FrameType

import uvicorn

log = logging.getLogger(__name__)

SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def end_well() -> None:
    """End on a signal, until a server listens to them itself. One that is ignored stays so: that
    is how `nohup` keeps a process from being hung up."""
    for number in SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _end)


def _end(number: int, _frame: object) -> None:
    log.info("Tocsin ends before it served", extra={"signal": signal.Signals(number).name})
    raise SystemExit(0)


class Server(uvicorn.Server):
    """uvicorn's server; it also ends on SIGHUP, and says that it ends."""

    _told_to_end = "none"

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        # Not told here: what a signal interrupts may be writing to the log.
        self._told_to_end = signal.Signals(sig).name
        super().handle_exit(sig, frame)

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        with super().capture_signals():
            before = signal.getsignal(signal.SIGHUP)
            if before is not signal.SIG_IGN:
                signal.signal(signal.SIGHUP, self.handle_exit)
            try:
                yield
            finally:
                signal.signal(signal.SIGHUP, before)
                # It has ended, as it was told to: nothing is left for another handler.
                self._captured_signals.clear()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        log.info("Tocsin finishes what is under way, and ends", extra={"signal": self._told_to_end})
        await super().shutdown(sockets)
        log.info("Tocsin has ended")
