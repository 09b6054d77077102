"""What every listener works with."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from bot.clock import Clock
from bot.domain.act import Workspace
from bot.policy import Policy
from bot.render.desk import Desk
from bot.store.database import Database
from bot.threads import Threads
from handlers.background import BackgroundTasks


@dataclass(frozen=True)
class Shell:
    """Made once by `app.py`.

    `fetch_person` asks Slack for somebody who is not in the store yet and stores them; False when
    Slack does not know them or does not answer.
    """

    db: Database
    policy: Policy
    desk: Desk
    clock: Clock
    threads: Threads
    fetch_person: Callable[[Workspace, str], Awaitable[bool]]
    tasks: BackgroundTasks

    def now(self) -> datetime:
        return self.clock.now()
