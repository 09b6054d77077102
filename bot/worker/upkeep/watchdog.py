"""The last resort: a process with a stuck loop ends itself, to be restarted.

The watchdog runs in its own thread, because a stuck event loop notices nothing. Committed work is
safe, and other processes take over claimed work when its lease has run out.
"""

import faulthandler
import logging
import os
import sys
import threading
from collections.abc import Callable, Mapping

log = logging.getLogger(__name__)

EXIT_STATUS = 70
"""EX_SOFTWARE of sysexits.h, so that it differs from a crash and from a stop."""
LOOKS = 60
BETWEEN_LOOKS = 1.0


def end_process() -> None:
    """End at once: the stuck part would also hold up an orderly shutdown."""
    # Prints files, lines and functions of every thread, but no values.
    faulthandler.dump_traceback(sys.__stderr__ or 2, all_threads=True)
    os._exit(EXIT_STATUS)


class Watchdog:
    """Watches counters that move at every turn of a loop, even a failed one.

    It counts its own looks, not the time. After a machine slept or a process was paused, the
    watchdog has looked only once in the meantime, so the loops get their time to move.
    """

    def __init__(
        self,
        moves: Callable[[], Mapping[str, int]],
        *,
        looks: int = LOOKS,
        between: float = BETWEEN_LOOKS,
        end: Callable[[], None] = end_process,
    ) -> None:
        self._moves = moves
        self._looks = looks
        self._between = between
        self._end = end
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)

    def start(self) -> None:
        """Begin to watch. A loop counts only after its first move: before, it may be starting."""
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join()

    def _watch(self) -> None:
        still: dict[str, int] = {}
        before: dict[str, int] = {}
        while not self._stopped.wait(self._between):
            now = dict(self._moves())
            for loop, moves in now.items():
                stuck = moves > 0 and before.get(loop) == moves
                still[loop] = still.get(loop, 0) + 1 if stuck else 0
            before = now
            wedged = sorted(loop for loop, looks in still.items() if looks >= self._looks)
            if wedged:
                log.critical(
                    "This process is stuck and ends itself, to be restarted",
                    extra={"stuck": wedged, "seconds": self._looks * self._between},
                )
                self._end()
                return
