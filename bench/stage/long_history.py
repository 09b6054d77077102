"""Stores years of finished incidents in minutes: SQL copies one real incident many times."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from bench.stage import seeding
from bench.stage.bulk import Run, filling
from bot.domain.act import by_the_bot
from bot.domain.delivery.delivery_states import DeliveryState
from bot.domain.duework.timer_states import TimerState
from bot.domain.ids import TeamKey
from bot.domain.incidents.lifecycle import State
from bot.domain.incidents.results import OpeningDraft
from bot.domain.incidents.severity import Severity
from bot.domain.paging.ladders import PageState, RunState
from bot.policy import Policy
from bot.services.incidents import lifecycle
from bot.services.incidents.opening import open_incident
from bot.store.database import Database
from bot.store.upkeep import maintenance

ENTRIES_EACH = 10
READER = "U0READER"
"""This person was invited to every twentieth incident."""
_YEARS = timedelta(days=5 * 365)
_ONCE = "(SELECT min(id) FROM {table} WHERE incident_id = '{{one}}')"


def finished(db: Database, rules: Policy, count: int) -> None:
    """Store `count` closed incidents from five years, with all their rows."""
    one = _one(db, rules)
    columns = {table: _columns(db, table) for table in _CHANGES}
    with filling(db, list(_CHANGES)) as run:
        _past(run, count, sqlite=db.is_sqlite)
        for table, (changes, chosen) in _CHANGES.items():
            _multiply(run, table, columns[table], changes, chosen.format(one=one))
        run(f"UPDATE workspace SET newest_number = newest_number + {count}")  # noqa: S608
    maintenance.refresh_statistics(db)


def _one(db: Database, rules: Policy) -> str:
    """Return the incident that is copied. It has everything that a finished one has."""
    act = by_the_bot(seeding.WORKSPACE, datetime.now(UTC) - _YEARS)
    draft = OpeningDraft("Something of the past", Severity.P2, "other", teams=(TeamKey("legal"),))
    incident_id: str = open_incident(db, rules, act, draft).head.id
    entries = 0
    while entries < ENTRIES_EACH:
        lifecycle.add_note(db, act, incident_id, "What was found out meanwhile")
        with db.reading() as tx:
            query = text("SELECT entries FROM incident WHERE id = :one")
            entries = tx.execute(query, {"one": incident_id}).scalar_one()
    ended = act.now + timedelta(hours=9)
    with db.transaction() as tx:
        for table, state in (
            ("incident", State.REVIEWED),
            ("paging_run", RunState.ACKNOWLEDGED),
            ("page", PageState.ACKNOWLEDGED),
            ("delivery", DeliveryState.SENT),
            ("timer", TimerState.DONE),
        ):
            tx.execute(text(f"UPDATE {table} SET state = :state"), {"state": state.value})  # noqa: S608
        tx.execute(text("UPDATE incident SET update_due_at = NULL"))
        tx.connection.exec_driver_sql(
            f"UPDATE incident SET ended_at = '{ended:%Y-%m-%d %H:%M:%S.%f}'"  # noqa: S608
        )
    return incident_id


_ID, _MOMENT = "past.id", "past.moment"
_OPENED = {"opened_at": _MOMENT, "updated_at": _MOMENT, "ended_at": _MOMENT}
_OF_ONE = "t.incident_id = '{one}'"
# By table: the columns that differ between incidents, and the rows that are copied.
_CHANGES: dict[str, tuple[Mapping[str, str], str]] = {
    "incident": (
        {"id": _ID, "number": "past.n + 1", "codename": "'past-' || past.n", **_OPENED},
        "t.id = '{one}'",
    ),
    "timeline_entry": ({"incident_id": _ID, "at": _MOMENT}, _OF_ONE),
    "paging_run": (
        {"id": _ID, "incident_id": _ID, "started_at": _MOMENT, "ack_due_at": _MOMENT},
        "t.id = " + _ONCE.format(table="paging_run"),
    ),
    "page": (
        {"id": _ID, "incident_id": _ID, "run_id": _ID, "created_at": _MOMENT},
        "t.id = " + _ONCE.format(table="page"),
    ),
    "participant": (
        {
            "incident_id": _ID,
            "user_id": f"CASE WHEN past.n % 20 = 0 THEN '{READER}' ELSE t.user_id END",
            "since": _MOMENT,
        },
        "t.user_id = (SELECT min(user_id) FROM participant WHERE incident_id = '{one}')"
        " AND t.incident_id = '{one}'",
    ),
    "delivery": (
        {
            "id": _ID,
            "incident_id": _ID,
            "subject": _ID,
            "dedup_key": "'past:' || past.id",
            "merge_key": "NULL",
            "lane": "'past/' || past.id",
            "due_at": _MOMENT,
            "created_at": _MOMENT,
            "sent_at": _MOMENT,
        },
        "t.id = " + _ONCE.format(table="delivery"),
    ),
    "timer": (
        {"id": _ID, "incident_id": _ID, "subject": _ID, "due_at": _MOMENT},
        "t.id = " + _ONCE.format(table="timer"),
    ),
}


def _columns(db: Database, table: str) -> list[str]:
    with db.engine.connect() as connection:
        return list(connection.execute(text(f"SELECT * FROM {table} LIMIT 0")).keys())  # noqa: S608


def _past(run: Run, count: int, *, sqlite: bool) -> None:
    """Compute the ids and times of all incidents once, for all tables."""
    seconds = int(_YEARS.total_seconds() / count) or 1
    begin = f"{datetime.now(UTC) - _YEARS:%Y-%m-%d %H:%M:%S}"
    past = (
        f"""WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < {count})
        SELECT n, printf('01A%023d', n) AS id,
        strftime('%Y-%m-%d %H:%M:%f', '{begin}', '+' || (n * {seconds}) || ' seconds') || '000'
        AS moment FROM c"""  # noqa: S608
        if sqlite
        else f"""SELECT n, '01A' || lpad(n::text, 23, '0') AS id,
        timestamptz '{begin}+00' + n * interval '{seconds} seconds' AS moment
        FROM generate_series(1, {count}) AS s(n)"""  # noqa: S608
    )
    run(f"CREATE TEMPORARY TABLE past AS {past}")


def _multiply(
    run: Run, table: str, columns: list[str], changes: Mapping[str, str], chosen: str
) -> None:
    """Copy the rows in the order of their keys, so that each page of the file is visited once.

    (SQLite reads the tables of a CROSS JOIN in the written order, the outer one first.)
    """
    names = ", ".join(f'"{name}"' for name in columns)
    values = ", ".join(changes.get(name, f't."{name}"') for name in columns)
    # If it read from the table itself, SQLite would keep all new rows elsewhere before storing one.
    run(f"CREATE TEMPORARY TABLE one_{table} AS SELECT * FROM {table} t WHERE {chosen}")  # noqa: S608
    run(
        f"INSERT INTO {table} ({names}) "  # noqa: S608
        f"SELECT {values} FROM past CROSS JOIN one_{table} AS t"
    )
