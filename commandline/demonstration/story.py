"""Plays planned deeds in order of time, through the services that people use."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from itertools import count

from sqlalchemy.engine import Connection

from bot.domain.act import THE_BOT, Act, Workspace
from bot.domain.errors import Refused
from bot.domain.ids import UserId
from bot.domain.incidents.results import OpeningDraft
from bot.domain.kinds import TimerKind
from bot.kinds.due_work import DUE_WORK
from bot.policy import Policy
from bot.services.duework import firing
from bot.services.followups.tasks import finish_task
from bot.services.incidents import opening
from bot.services.paging import answers
from bot.store.database import Database
from bot.store.duework import timers
from bot.store.followups import tasks_and_reminders

_BATCH = 200


class AllOrNothing(Database):
    """A database that runs all transactions inside one, so a failed story leaves nothing.

    It also saves the disk a thousand commits.
    """

    def __init__(self, db: Database, connection: Connection) -> None:
        vars(self).update(vars(db))
        self._wake = None
        self._whole = connection

    @contextmanager
    def _connection(self, *, write: bool) -> Iterator[Connection]:  # noqa: ARG002
        yield self._whole


class Story:
    """One incident of the story. It gets an id when it is opened."""

    def __init__(self, draft: OpeningDraft, opener: str, owner: str) -> None:
        self.draft = draft
        self.opener = opener
        self.owner = owner
        self.id = ""
        self.reference = ""


class StoryTeller:
    """Gathers deeds, then does them one by one, each at its own time."""

    def __init__(
        self,
        db: Database,
        policy: Policy,
        workspace: Workspace,
        groups: Mapping[str, list[str]],
    ) -> None:
        self.db = db
        self.policy = policy
        self.workspace = workspace
        self._groups = groups
        self._order = count()
        self._deeds: list[tuple[datetime, int, str, Callable[[Act], object]]] = []

    def plan(self, at: datetime, user: str, deed: Callable[[Act], object]) -> None:
        self._deeds.append((at, next(self._order), user, deed))

    def opens(self, at: datetime, story: Story) -> None:
        self.plan(at, story.opener, lambda act: self._open(act, story))

    def _open(self, act: Act, story: Story) -> None:
        head = opening.open_incident(self.db, self.policy, act, story.draft).head
        story.id, story.reference = head.id, head.reference

    def acknowledges(self, at: datetime, user: str, story: Story) -> None:
        self.plan(at, user, lambda act: answers.acknowledge_mine(self.db, act, story.id))

    def finishes_task(self, at: datetime, story: Story) -> None:
        """The owner finishes the task that is due first."""
        self.plan(at, story.owner, lambda act: self._finish(act, story))

    def _finish(self, act: Act, story: Story) -> None:
        with self.db.reading() as tx:
            first, *_ = tasks_and_reminders.open_tasks_of(tx, story.id)
        finish_task(self.db, act, first.id)

    def steps(self, at: datetime) -> None:
        """Let each due ladder take its next step, because no one has acknowledged by then."""
        self.plan(at, THE_BOT, lambda act: self._fire_until(act.now, TimerKind.PAGE_STEP))

    def play(self, now: datetime) -> None:
        """Do all planned deeds, then fire the work that is due by `now`."""
        for at, _, user, deed in sorted(self._deeds, key=lambda planned: planned[:2]):
            try:
                deed(self._act(user, at))
            except Refused as refused:
                raise RuntimeError(f"the story does not hold at {at}: {vars(refused)}") from refused
        self._fire_until(now, *DUE_WORK)

    def _act(self, user: str, at: datetime) -> Act:
        role = self.policy.role_of(UserId(user), self._groups.get(user, []))
        return Act(self.workspace, UserId(user), role, at)

    def _fire_until(self, now: datetime, *kinds: TimerKind) -> None:
        """Fire the work that was due by then, each piece at its own time."""
        while True:
            with self.db.transaction() as tx:
                due = timers.claim(tx, now=now, real=now, limit=_BATCH, kinds=kinds)
            if not due:
                return
            for work in due:
                firing.fire(DUE_WORK, self.db, self.policy, work, work.due_at)
