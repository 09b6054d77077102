"""The services and settings that every listener works with."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from bot.concurrency.threads import Threads
from bot.domain.act import Workspace
from bot.domain.incidents.severity import Severity
from bot.policy import Policy
from bot.render.wording import Wording
from bot.services.paging.answers import Taken
from bot.services.people.directory import Described
from bot.store.database import Database
from bot.time_source import TimeSource
from handlers.background import BackgroundTasks


def _known() -> bool:
    return True


def _unheard() -> None:
    return


def _nobody_counts(_severity: Severity, _seconds: float) -> None:
    return


@dataclass(frozen=True)
class Shell:
    """Made once, by `app.py`.

    `fetch_person` asks Slack for a person who is not stored yet, and stores them. `roles_known`
    says whether Slack has named the members of the policy's user groups. `on_acknowledged` gets the
    seconds between Slack accepting a page and its acknowledgement. `on_events_dropped` is called
    when Slack has dropped events for a minute.
    """

    db: Database
    policy: Policy
    wording: Wording
    time_source: TimeSource
    threads: Threads
    fetch_person: Callable[[Workspace, str], Awaitable[Described]]
    tasks: BackgroundTasks
    roles_known: Callable[[], bool] = _known
    on_acknowledged: Callable[[Severity, float], None] = _nobody_counts
    on_events_dropped: Callable[[], None] = _unheard

    def now(self) -> datetime:
        return self.time_source.now()

    def acknowledged(self, *pages: Taken) -> None:
        """Report the seconds that people took to acknowledge these pages."""
        for taken in pages:
            if taken.waited is not None:
                self.on_acknowledged(taken.severity, taken.waited.total_seconds())
