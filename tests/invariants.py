"""Rules that a database keeps at every commit, whatever came in and whatever failed.

`broken(db)` lists the violations, each as a sentence that names the row. It reads whole tables, so
it suits tests with some thousand rows, and not production.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import String
from sqlalchemy import select as select_columns
from sqlmodel import SQLModel

from bot.domain.delivery.delivery_states import DeliveryState
from bot.domain.duework.timer_states import TimerState
from bot.domain.ids import reference
from bot.domain.incidents.lifecycle import OPEN
from bot.domain.kinds import DeliveryKind, TimerKind
from bot.domain.paging.ladders import PageState, RunState
from bot.services.incidents import export
from bot.store import tables
from bot.store.database import Database
from bot.store.delivery.outbox import UNSENT
from bot.store.sql.columns import Closed
from bot.store.tables.states import ChannelState, ReminderState, TaskState
from bot.store.transaction import core

Row = Mapping[str, Any]

_TABLES: tuple[type[SQLModel], ...] = tuple(getattr(tables, name) for name in tables.__all__)
_SETTLED_RUNS = (RunState.ACKNOWLEDGED, RunState.CANCELLED)


def broken(db: Database) -> list[str]:
    """Return all violations, or an empty list."""
    seen = _Seen.of(db)
    flaws = [f"{flaw.reference}: {flaw.what}" for flaw in export.verify(db)[1]]
    for check in _CHECKS:
        flaws += check(seen)
    return flaws


def assert_whole(db: Database) -> None:
    """Fail with the list of violations."""
    flaws = broken(db)
    assert not flaws, "\n".join(flaws)


@dataclass(frozen=True)
class _Seen:
    """Every row of every table, at one moment."""

    rows: Mapping[str, list[Row]]

    @classmethod
    def of(cls, db: Database) -> "_Seen":
        with db.reading() as tx:
            return cls(
                {
                    core(table).name: [
                        dict(row) for row in tx.execute(select_columns(core(table))).mappings()
                    ]
                    for table in _TABLES
                }
            )

    def __getitem__(self, table: str) -> list[Row]:
        return self.rows[table]

    def by_id(self, table: str) -> dict[str, Row]:
        return {row["id"]: row for row in self[table]}

    def due_timers(self) -> dict[tuple[TimerKind, str], list[datetime]]:
        """Return the due times of all due timers, by kind and subject."""
        due = defaultdict(list)
        for timer in self["timer"]:
            if timer["state"] is TimerState.DUE:
                due[timer["kind"], timer["subject"]].append(timer["due_at"])
        return due

    def open_incident(self, incident_id: str) -> bool:
        incident = self.by_id("incident").get(incident_id)
        return incident is not None and incident["state"] in OPEN


def _texts(value: Any) -> Iterator[str]:
    """Yield every text in a column's value, however deep."""
    match value:
        case str():
            yield value
        case Mapping():
            for key, inside in value.items():
                yield from _texts(key)
                yield from _texts(inside)
        case list():
            for inside in value:
                yield from _texts(inside)


def _storable(text: str) -> bool:
    return "\x00" not in text and not any("\ud800" <= sign <= "\udfff" for sign in text)


def _columns(seen: _Seen) -> Iterator[str]:
    """PostgreSQL must be able to store every text and value. SQLite accepts any of them."""
    for table in _TABLES:
        schema = core(table)
        for column in schema.columns:
            kind = column.type
            for row in seen[schema.name]:
                value = row[column.name]
                where = f"{schema.name}.{column.name} of {_key(row)}"
                longest = kind.length if isinstance(kind, String) else None
                if longest is not None and isinstance(value, str) and len(value) > longest:
                    yield f"{where}: {len(value)} characters in room for {longest}"
                if (
                    isinstance(kind, Closed)
                    and value is not None
                    and not isinstance(value, StrEnum)
                ):
                    yield f"{where}: {value!r} is not a member of {kind.members.__name__}"
                if not all(map(_storable, _texts(value))):
                    yield f"{where}: a character that no database takes"


def _key(row: Row) -> str:
    return str(row.get("id") or row.get("key") or row.get("user_id") or row.get("incident_id"))


def _belongings(seen: _Seen) -> Iterator[str]:
    """Every row that names an incident names an existing one, of the same workspace."""
    incidents = seen.by_id("incident")
    for table, rows in seen.rows.items():
        for row in rows:
            incident_id = row.get("incident_id")
            if incident_id is None:
                continue
            incident = incidents.get(incident_id)
            if incident is None:
                yield f"{table} {_key(row)}: its incident {incident_id} is not there"
            elif incident["team_id"] != row["team_id"]:
                yield f"{table} {_key(row)}: of another workspace than its incident"


def _incidents(seen: _Seen) -> Iterator[str]:
    participants = {(row["incident_id"], row["user_id"]) for row in seen["participant"]}
    opened = {row["incident_id"] for row in seen["timeline_entry"] if row["seq"] == 1}
    due = seen.due_timers()
    for incident in seen["incident"]:
        name, incident_id = reference(incident["number"]), incident["id"]
        for part in ("opened_by", "owner"):
            if incident[part] and (incident_id, incident[part]) not in participants:
                yield f"{name}: {part} {incident[part]} is not a participant"
        if incident_id not in opened:
            yield f"{name}: no entry says that it was opened"
        is_open = incident["state"] in OPEN
        if is_open != (incident["ended_at"] is None):
            yield f"{name}: {incident['state']}, and ended at {incident['ended_at']}"
        asked = due.get((TimerKind.UPDATE_DUE, incident_id), [])
        if is_open and bool(incident["update_due_at"]) != bool(asked):
            yield f"{name}: an update is due {incident['update_due_at']}, timers {asked}"
        if not is_open and (asked or incident["update_due_at"]):
            yield f"{name}: it has ended, and an update is due"


def _numbers(seen: _Seen) -> Iterator[str]:
    for workspace in seen["workspace"]:
        team = workspace["team_id"]
        mine = sorted(row["number"] for row in seen["incident"] if row["team_id"] == team)
        if mine != list(range(1, workspace["newest_number"] + 1)):
            yield f"workspace {team}: numbers {mine}, the newest is {workspace['newest_number']}"


def _rooms(seen: _Seen) -> Iterator[str]:
    """A wanted channel is being created, or the bot will try again."""
    due = seen.due_timers()
    made = {
        row["subject"]
        for row in seen["delivery"]
        if row["kind"] is DeliveryKind.CHANNEL_CREATE and row["state"] in UNSENT
    }
    for incident in seen["incident"]:
        name, incident_id = reference(incident["number"]), incident["id"]
        repaired = (TimerKind.CHANNEL_REPAIR, incident_id) in due
        if incident["room"] is ChannelState.WANTED and incident_id not in made:
            yield f"{name}: its channel is wanted, and nobody makes it"
        if (
            incident["room"] is ChannelState.THREAD
            and incident["state"] in OPEN
            and not (repaired or incident_id in made)
        ):
            yield f"{name}: it lives in a thread, and nobody tries again to make its channel"


def _runs(seen: _Seen) -> Iterator[str]:
    """A run that pages has a person who may answer, and a next step. A settled one has neither."""
    due, pages = seen.due_timers(), defaultdict(list)
    for page in seen["page"]:
        pages[page["run_id"]].append(page)
    for run in seen["paging_run"]:
        name = f"run {run['team_name']} ({run['id']})"
        steps = due.get((TimerKind.PAGE_STEP, run["id"]), [])
        waiting = [page for page in pages[run["id"]] if page["state"] is PageState.WAITING]
        if run["state"] is RunState.PAGING:
            if not seen.open_incident(run["incident_id"]):
                yield f"{name}: it pages for an incident that has ended"
            if steps != [run["next_at"]]:
                yield f"{name}: its next step is due {run['next_at']}, timers {steps}"
            if not waiting:
                yield f"{name}: it pages, and nobody can answer"
        elif steps:
            yield f"{name}: it is {run['state']}, and its next step is due"
        if run["state"] in _SETTLED_RUNS and waiting:
            yield f"{name}: it is {run['state']}, and {len(waiting)} pages wait for an answer"
        if (run["state"] is RunState.ACKNOWLEDGED) != bool(run["responder"] and run["acked_at"]):
            yield f"{name}: it is {run['state']}, responder {run['responder']}"


def _pages(seen: _Seen) -> Iterator[str]:
    runs = seen.by_id("paging_run")
    sent = {
        row["subject"]: row["state"] for row in seen["delivery"] if row["kind"] is DeliveryKind.PAGE
    }
    for page in seen["page"]:
        name, run = f"page {page['id']} to {page['target']}", runs.get(page["run_id"])
        if run is None or run["incident_id"] != page["incident_id"]:
            yield f"{name}: no run of its incident"
            continue
        state = sent.get(page["id"])
        current = (run["round"], run["step"]) == (page["round"], page["step"])
        if run["state"] is not RunState.PAGING or page["state"] is not PageState.WAITING:
            if run["state"] in _SETTLED_RUNS and state is DeliveryState.DUE:
                yield f"{name}: its run is {run['state']}, and it is still to be sent"
        elif current and state in (DeliveryState.CANCELLED, DeliveryState.DEAD):
            yield f"{name}: its run waits for the answer, and it is {state}"
        elif state is None and page["sent_at"] is None:
            yield f"{name}: nobody was asked to send it"


def _promises(seen: _Seen) -> Iterator[str]:
    """An open task and a waiting reminder have a timer. Others have none."""
    due = seen.due_timers()
    for task in seen["task"]:
        if (task["state"] is TaskState.OPEN) != ((TimerKind.TASK_DUE, task["id"]) in due):
            yield f"task {task['id']}: it is {task['state']}, its timer is not"
    for reminder in seen["reminder"]:
        waits = reminder["state"] is ReminderState.WAITING
        if waits != ((TimerKind.REMINDER, reminder["id"]) in due):
            yield f"reminder {reminder['id']}: it is {reminder['state']}, its timer is not"


def _lanes(seen: _Seen) -> Iterator[str]:
    """Every unsent delivery is in a lane that becomes due in time."""
    lanes = {lane["key"]: lane for lane in seen["lane"]}
    # A lane with a delivery in flight waits for it, at most until its lease has expired.
    busy = {row["lane"] for row in seen["delivery"] if row["state"] is DeliveryState.SENDING}
    for delivery in seen["delivery"]:
        if delivery["state"] not in UNSENT:
            continue
        name = f"delivery {delivery['kind']} ({delivery['id']})"
        lane = lanes.get(delivery["lane"])
        if lane is None:
            yield f"{name}: its lane {delivery['lane']} is not there"
        elif lane["pending_at"] is None:
            yield f"{name}: its lane waits for nothing"
        elif (
            delivery["state"] is DeliveryState.DUE
            and lane["key"] not in busy
            and lane["pending_at"] > delivery["due_at"]
        ):
            yield f"{name}: due {delivery['due_at']}, its lane waits until {lane['pending_at']}"


def _requests(seen: _Seen) -> Iterator[str]:
    """A request that opened an incident names an existing one."""
    known = {(row["team_id"], reference(row["number"])) for row in seen["incident"]}
    for request in seen["inbound"]:
        outcome = request["outcome"]
        if outcome.startswith("ESC-") and (request["team_id"], outcome) not in known:
            yield f"request {request['key']}: it brought about {outcome}, which is not there"


_Check = Any
_CHECKS: Iterable[_Check] = (
    _columns,
    _belongings,
    _incidents,
    _numbers,
    _rooms,
    _runs,
    _pages,
    _promises,
    _lanes,
    _requests,
)
