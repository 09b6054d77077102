"""How late due work is done, beside a hundred thousand timers that are due on another day."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import text

from bench.extent import Extent
from bench.figures import Figure, percentile
from bench.stage import seeding
from bench.stage.databases import KINDS, LABEL, Databases
from bench.stage.processes import LoadGenerator, bot
from bench.stage.slack import CALL_SECONDS, Slack
from bot.domain.access.rights import Deed
from bot.domain.act import by_the_bot
from bot.domain.ids import UserId, new_id
from bot.domain.incidents.results import OpeningDraft
from bot.domain.incidents.severity import Severity
from bot.domain.kinds import TimerKind
from bot.policy import Policy
from bot.services.incidents.opening import open_incident
from bot.services.locked import lock_incident
from bot.services.paging.starting import start_person
from bot.store.database import Database
from bot.store.duework import timers
from bot.store.duework.timers import NewTimer
from bot.store.tables import Reminder
from bot.store.tables.states import ReminderState

REMINDERS_A_SECOND, STEPS_A_SECOND = 90, 10
_CHUNK = 5_000
_LATE_MS = 1_000.0
_SOON = timedelta(seconds=3)
"""By then all due rows are stored. The bot already runs."""
_PATIENCE = 120.0


def measure(
    extent: Extent, _load: LoadGenerator, slack: Slack, databases: Databases
) -> list[Figure]:
    """Let a hundred become due each second, one in ten a page's next step. Then many at once."""
    figures: list[Figure] = []
    for kind in KINDS:
        with databases.fresh(kind) as url:
            figures += _of_one(extent, slack, kind, url)
    return figures


def _of_one(extent: Extent, slack: Slack, kind: str, url: str) -> list[Figure]:
    group = f"{extent.pending:,} timers pending, Slack at 100 ms a call: how late is what is due"
    db, now = Database(url), datetime.now(UTC)
    some_other_day = _spread(now + timedelta(days=30), extent.pending, 0.01)
    reminders(db, extent.pending, now, some_other_day)
    runs = _runs(db, seeding.policy(), extent.due_seconds * STEPS_A_SECOND, now)
    _nothing_else(db)
    slack.delay(0)
    slack.clear()
    with bot(url, slack.api_url):
        slack.until_introduced()
        slack.delay(CALL_SECONDS)
        steadily = _steadily(db, extent, runs)
        at_once = _at_one_moment(db, extent, sum(map(len, steadily.values())))
    db.close()
    figures = [
        Figure(
            group,
            f"{LABEL[kind]}, {name}, p{share}",
            percentile(taken, share / 100) * 1_000,
            "ms",
            goal=_LATE_MS if share == 99 else None,
        )
        for name, taken in steadily.items()
        for share in (50, 99)
    ]
    last = f"{LABEL[kind]}, {extent.burst:,} reminders due at one moment, the last"
    return [*figures, Figure(group, last, at_once, "s")]


def _steadily(db: Database, extent: Extent, runs: list[str]) -> dict[str, list[float]]:
    begin = datetime.now(UTC) + _SOON
    many = extent.due_seconds * REMINDERS_A_SECOND
    reminders(db, many, begin, _spread(begin, many, 1 / REMINDERS_A_SECOND))
    _postpone(db, runs, begin)
    return _until_done(db, begin + timedelta(seconds=extent.due_seconds), many + len(runs))


def _at_one_moment(db: Database, extent: Extent, before: int) -> float:
    """Return how many seconds it took until the last of them was done."""
    begin = datetime.now(UTC) + _SOON
    reminders(db, extent.burst, begin, [begin] * extent.burst)
    late = _until_done(db, begin, before + extent.burst)
    return max(late["reminders"])


def _spread(begin: datetime, count: int, apart: float) -> list[datetime]:
    return [begin + timedelta(seconds=apart) * number for number in range(count)]


def reminders(db: Database, count: int, now: datetime, due: list[datetime]) -> None:
    """Store one reminder for each of `count` people, with its timer."""
    for first in range(0, count, _CHUNK):
        chosen = due[first : first + _CHUNK]
        rows = [_reminder(new_id(now), at, first + number) for number, at in enumerate(chosen)]
        planned = [NewTimer(TimerKind.REMINDER, row["id"], "0", row["due_at"]) for row in rows]
        with db.transaction() as tx:
            tx.insert(Reminder, *rows)
            timers.plan(tx, seeding.WORKSPACE, now, planned)


def _reminder(reminder_id: str, due: datetime, number: int) -> dict[str, Any]:
    return {
        "team_id": seeding.WORKSPACE.team_id,
        "enterprise_id": None,
        "id": reminder_id,
        "incident_id": None,
        "owner": f"U0LATER{number:06}",
        "text": "ask Legal for the opinion",
        "due_at": due,
        "times": 0,
        "state": ReminderState.WAITING,
        "created_by": f"U0LATER{number:06}",
        "created_at": due,
    }


def _runs(db: Database, rules: Policy, count: int, now: datetime) -> list[str]:
    """Page `count` people. Each run has a next step: the managers on duty."""
    act, made = by_the_bot(seeding.WORKSPACE, now), []
    for number in range(count):
        opened = open_incident(
            db, rules, act, OpeningDraft(f"bench-{number}", Severity.P1, "other", teams=())
        )
        with db.transaction() as tx, lock_incident(tx, act, opened.head.id, Deed.PAGE) as locked:
            made.append(start_person(locked, rules, UserId(f"U0PAGED{number:05}")).run.id)
    return made


def _nothing_else(db: Database) -> None:
    """Mark the other work of the openings as sent or done. It is not part of the measurement."""
    with db.transaction() as tx:
        for statement in (
            "UPDATE delivery SET state = 'sent'",
            "UPDATE lane SET pending_at = NULL",
            "UPDATE timer SET state = 'done' WHERE kind NOT IN ('reminder', 'page step')",
        ):
            tx.connection.exec_driver_sql(statement)


def _postpone(db: Database, runs: list[str], begin: datetime) -> None:
    change = "UPDATE timer SET due_at = :due WHERE kind = 'page step' AND subject = :run"
    for number, run in enumerate(runs):
        due = begin + timedelta(seconds=number / STEPS_A_SECOND)
        given = {"due": f"{due:%Y-%m-%d %H:%M:%S.%f}" if db.is_sqlite else due, "run": run}
        with db.transaction() as tx:
            tx.execute(text(change), given)


_DONE = {
    "reminders": "SELECT t.due_at AS due, d.created_at AS done FROM timer t JOIN delivery d "
    "ON d.dedup_key = 'reminder:' || t.subject || ':0' WHERE t.kind = 'reminder'",
    "next steps of pages": "SELECT t.due_at AS due, min(p.created_at) AS done FROM timer t "
    "JOIN page p ON p.run_id = t.subject AND p.step = 1 "
    "WHERE t.kind = 'page step' AND t.occurrence = '0.0' GROUP BY t.id, t.due_at",
}


def _until_done(db: Database, ending: datetime, wanted: int) -> dict[str, list[float]]:
    """Wait for the bot. Return by how many seconds each piece was late."""
    time.sleep(max((ending - datetime.now(UTC)).total_seconds(), 0))
    until = time.monotonic() + _PATIENCE
    while sum(map(len, (late := _late(db)).values())) < wanted:
        if time.monotonic() > until:
            raise SystemExit(f"Not all of {wanted} pieces of due work were done.")
        time.sleep(0.5)
    return late


def _late(db: Database) -> dict[str, list[float]]:
    with db.reading() as tx:
        return {
            name: [
                (_moment(row.done) - _moment(row.due)).total_seconds()
                for row in tx.connection.exec_driver_sql(query)
            ]
            for name, query in _DONE.items()
        }


def _moment(value: datetime | str) -> datetime:
    return datetime.fromisoformat(value) if isinstance(value, str) else value
