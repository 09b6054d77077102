"""One database with a workspace's escalations. Each command runs alone, and reports its changes.

The changes of a command are put back, so that thousands of them meet the same rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any, TypeVar

from slack_bolt.authorization import AuthorizeResult
from slack_bolt.context.async_context import AsyncBoltContext
from sqlalchemy import text
from sqlmodel import col, select

from bot.concurrency.threads import Threads
from bot.domain.act import Workspace
from bot.domain.errors import Misread
from bot.domain.ids import TeamKey
from bot.policy import Policy
from bot.render.message import Message
from bot.render.wording import Wording
from bot.services.channels import channel as channels_channel
from bot.services.followups import tasks as followups_tasks
from bot.services.incidents import lifecycle
from bot.services.incidents.opening import open_incident
from bot.services.paging import answers
from bot.services.paging.starting import page_person
from bot.services.people.directory import Described
from bot.store.database import Database
from bot.store.incidents import timeline
from bot.store.tables import Incident, PagingRun, Reminder, Task, TimelineEntry
from bot.store.transaction import Transaction, core
from handlers.answers import Answer, Modal, Unsure
from handlers.background import BackgroundTasks
from handlers.commands.command_listener import answer_to
from handlers.errors import Failure, attempt
from handlers.shell import Shell
from handlers.unclear.refused import shown
from tests.factories import MEI, NOON, PRIYA, WORKSPACE, a_draft, an_act, people
from tests.handlers.stage import StillClock
from tests.kept import Kept

_OTHERS = (
    "SELECT (SELECT count(*) FROM reminder), (SELECT count(*) FROM task), count(*) FROM paging_run"
)
_LOOKED_AT = frozenset({"incident", "reminder", "task", "paging_run"})
NAMED, OTHER, HERE, RESOLVED, HERE_RESOLVED = 5, 6, 7, 8, 9
OPEN_CHANNEL, ENDED_CHANNEL, NO_CHANNEL = "C0HERE", "C0ENDED", "C0GENERAL"


@dataclass(frozen=True)
class Became:
    """The result of one command."""

    text: str
    form: Mapping[str, Any] | None
    touched: frozenset[int]
    opened: tuple[Incident, ...]
    entries: tuple[TimelineEntry, ...]
    """The new entries of all escalations that existed before."""
    reminders: tuple[Reminder, ...]
    tasks: tuple[Task, ...]
    runs: tuple[PagingRun, ...]
    misread: bool = False
    """The command was not understood, so rights and states were not checked."""

    @property
    def nothing(self) -> bool:
        return not (self.touched or self.opened or self.reminders or self.runs or self.tasks)

    @property
    def refused(self) -> bool:
        """Whether nothing was done, no form is open, and the answer says why."""
        return self.nothing and self.form is None and bool(self.text.strip())


@dataclass
class Table:
    db: Database
    shell: Shell
    cells: int = 0
    wrong: list[str] = field(default_factory=list)
    _triggers: count[int] = field(default_factory=count)
    _known: dict[int, tuple[str, int, str]] = field(default_factory=dict)
    _others: tuple[int, ...] = ()
    _kept: Kept = field(init=False)

    @classmethod
    def laid(cls, db: Database, policy: Policy, wording: Wording) -> Table:
        people(db, policy, U0GUS={"is_restricted": True}, U0GONE={"deleted": True}, U0EVE={})
        shell = Shell(
            db=db,
            policy=policy,
            wording=wording,
            time_source=StillClock(),
            threads=_Here(one_writer=True),
            fetch_person=_nobody_else,
            tasks=BackgroundTasks(),
        )
        table = cls(db, shell)
        table._lay()
        return table

    def _lay(self) -> None:
        """Make nine escalations that could be acknowledged, closed or written to."""
        db, policy = self.db, self.shell.policy
        cause = next(iter(policy.root_causes))
        for number in range(1, 10):
            teams = (TeamKey("legal"),)
            made = open_incident(db, policy, an_act(), a_draft(f"Number {number}", teams=teams))
            assert made.head.reference == f"ESC-{number}"
            # A person may hand over to a team a part that they answer for.
            page_person(db, policy, an_act(PRIYA), made.head.id, MEI)
            answers.acknowledge_mine(db, an_act(), made.head.id)
            for user in (MEI, PRIYA):
                followups_tasks.add_task(
                    db,
                    policy,
                    an_act(),
                    made.head.id,
                    assignee=user,
                    text="look at it",
                    due_at=NOON.replace(day=28),
                )
            if number in (RESOLVED, HERE_RESOLVED):
                act = an_act()
                lifecycle.resolve(
                    db, policy, act, made.head.id, root_cause=cause, follow_up_days=()
                )
            place = {HERE: OPEN_CHANNEL, HERE_RESOLVED: ENDED_CHANNEL, NAMED: "C0NAMED"}
            if number in place:
                with db.transaction() as tx:
                    name = f"esc-{number}"
                    channels_channel.channel_made(tx, an_act(), made.head.id, place[number], name)
        self._kept = Kept(db)
        self._known, self._others = self._look()

    def _look(self) -> tuple[dict[int, tuple[str, int, str]], tuple[int, ...]]:
        """Return a summary of every escalation, and the number of reminders, tasks and runs."""
        with self.db.reading() as tx:
            found = tx.connection.exec_driver_sql("SELECT number, id, entries, head FROM incident")
            rows = {number: (row_id, entries, head) for number, row_id, entries, head in found}
            return rows, tuple(tx.connection.exec_driver_sql(_OTHERS).one())

    async def say(self, who: str, text: str, channel: str = NO_CHANNEL) -> Became:
        """Type a command, and put back its changes."""
        self.cells += 1
        body = {
            "user_id": who,
            "text": text,
            "channel_id": channel,
            "trigger_id": f"cell.{next(self._triggers)}",
            "team_id": WORKSPACE.team_id,
        }
        result = await attempt(answer_to(self.shell, _context(), body), "A cell")
        if isinstance(result, Failure):
            assert result.refused, (text, result.error)
        became = self._became(shown(self.shell, result, text))
        if not became.nothing:
            self._kept.put_back()
        return replace(became, misread=_misread(result))

    def _became(self, answer: Message | Modal | None) -> Became:
        rows, counted, changed = self._known, self._others, self._kept.changed()
        if not changed.isdisjoint(_LOOKED_AT):
            rows, counted = self._look()
        touched = {number for number, row in self._known.items() if rows[number] != row}
        form = answer.view if isinstance(answer, Modal) else None
        text = str([answer.text, answer.blocks]) if isinstance(answer, Message) else ""
        if not touched and len(rows) == len(self._known) and counted == self._others:
            return Became(text, form, frozenset(), (), (), (), (), ())
        with self.db.reading() as tx:
            opened = _opened(tx, len(self._known)) if len(rows) > len(self._known) else ()
            entries: list[TimelineEntry] = []
            for number in sorted(touched):
                row_id, seen, _ = self._known[number]
                entries += [e for e in timeline.timeline(tx, row_id, newest=None) if e.seq > seen]
            reminders = _new(tx, Reminder, changed)
            about = {one.incident_id for one in reminders}
            touched |= {number for number, row in self._known.items() if row[0] in about}
            return Became(
                text,
                form,
                frozenset(touched),
                opened,
                tuple(entries),
                reminders,
                _new(tx, Task, changed),
                _new(tx, PagingRun, changed),
            )

    def renumber(self, was: int, to: int) -> None:
        """Give one escalation another number, and make that the state to put back."""
        with self.db.transaction() as tx:
            for table in ("incident", "kept_incident"):
                there = f"UPDATE {table} SET number = {to} WHERE number = {was}"  # noqa: S608
                tx.connection.exec_driver_sql(there)
        self._kept.put_back()
        self._known, self._others = self._look()

    def check(self, holds: bool, text: str, became: Became) -> None:
        if not holds:
            self.wrong.append(f"{text!r} → {became}")


Result = TypeVar("Result")
Row = TypeVar("Row", Reminder, Task, PagingRun)


def _opened(tx: Transaction, known: int) -> tuple[Incident, ...]:
    return tuple(tx.all(select(Incident).where(col(Incident.number) > known)))


def _new(tx: Transaction, table: type[Row], changed: frozenset[str]) -> tuple[Row, ...]:
    name = core(table).name
    if name not in changed:
        return ()
    known = f'id NOT IN (SELECT id FROM "kept_{name}")'  # noqa: S608 - our names
    return tuple(tx.all(select(table).where(text(known))))


def _misread(result: Answer | Failure) -> bool:
    if isinstance(result, Failure):
        return isinstance(result.error, Misread)
    return isinstance(result, Unsure)


class _Here(Threads):
    """Runs calls in the event loop. Commands run one at a time, and a thread takes longer."""

    async def _run(self, _queue: object, call: Callable[[], Result]) -> Result:
        return call()


async def _nobody_else(_workspace: Workspace, _user: str) -> Described:
    return Described.NOT_KNOWN


def _context() -> AsyncBoltContext:
    result = AuthorizeResult(enterprise_id=None, team_id=WORKSPACE.team_id, bot_user_id="U0BOT")
    return AsyncBoltContext({"authorize_result": result})
