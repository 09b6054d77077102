"""Ends the bot cleanly: on SIGTERM, SIGINT or SIGHUP it finishes its work and exits with 0."""

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
    """Exit on a signal, until a server handles signals itself.

    An ignored signal stays ignored: that is how `nohup` protects a process from SIGHUP.
    """
    for number in SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _end)


def _end(number: int, _frame: object) -> None:
    log.info("Tocsin ends before it served", extra={"signal": signal.Signals(number).name})
    raise SystemExit(0)


class Server(uvicorn.Server):
    """uvicorn's server, which also ends on SIGHUP and logs its end."""

    _told_to_end = "none"

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        # Log nothing here: the signal may have interrupted a write to the log.
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
                # The server has handled the signals, so uvicorn must not raise them again.
                self._captured_signals.clear()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        log.info("Tocsin finishes what is under way, and ends", extra={"signal": self._told_to_end})
        await super().shutdown(sockets)
        log.info("Tocsin has ended")
