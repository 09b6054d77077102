"""Years of finished incidents in minutes: one real one, multiplied by SQL within the database."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import psycopg
from sqlalchemy import text
from sqlalchemy.engine import Connection

from bench import seeding
from bot.domain.act import by_the_bot
from bot.domain.duework import DeliveryState, TimerState
from bot.domain.ids import TeamKey
from bot.domain.lifecycle import State
from bot.domain.paging import PageState, RunState
from bot.domain.reading import Draft
from bot.domain.severity import Severity
from bot.policy import Policy
from bot.services import lifecycle
from bot.services.opening import open_incident
from bot.store import upkeep
from bot.store.database import Database

ENTRIES_EACH = 10
READER = "U0READER"
"""Was invited to every twentieth of them."""
_YEARS = timedelta(days=5 * 365)
_ONCE = "(SELECT min(id) FROM {table} WHERE incident_id = :one)"


def finished(db: Database, rules: Policy, count: int) -> None:
    """Store `count` closed incidents of five years, with all that remains of each."""
    one = _one(db, rules)
    columns = {table: _columns(db, table) for table in _CHANGES}
    with db.engine.connect() as connection, connection.begin():
        if db.is_sqlite:
            connection.exec_driver_sql("PRAGMA cache_size = -400000")
        else:
            connection.exec_driver_sql("SET LOCAL synchronous_commit = off")
        for table, (changes, chosen) in _CHANGES.items():
            _multiply(connection, table, columns[table], changes, chosen, one, count)
        newest = "UPDATE workspace SET newest_number = newest_number + :count"
        connection.execute(text(newest), {"count": count})
    _tidy(db)


def _tidy(db: Database) -> None:
    """What autovacuum, or an hourly look at the statistics, would have done by now."""
    if db.is_sqlite:
        upkeep.refresh_statistics(db)
        return
    address = db.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


def _one(db: Database, rules: Policy) -> str:
    """The incident from which the others are made; it has what a finished one has."""
    act = by_the_bot(seeding.WORKSPACE, datetime.now(UTC) - _YEARS)
    draft = Draft("Something of the past", Severity.P2, "other", teams=(TeamKey("legal"),))
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


_ID = "{id}"
_OPENED = {"opened_at": "{moment}", "updated_at": "{moment}", "ended_at": "{moment}"}
_OF_ONE = "t.incident_id = :one"
# By table: the columns that differ from one incident to the next, and which rows are multiplied.
_CHANGES: dict[str, tuple[Mapping[str, str], str]] = {
    "incident": (
        {"id": _ID, "number": "n + 1", "codename": "'past-' || n", **_OPENED},
        "t.id = :one",
    ),
    "timeline_entry": ({"incident_id": _ID, "at": "{moment}"}, _OF_ONE),
    "paging_run": (
        {"id": _ID, "incident_id": _ID, "started_at": "{moment}", "ack_due_at": "{moment}"},
        f"t.id = {_ONCE.format(table='paging_run')}",
    ),
    "page": (
        {"id": _ID, "incident_id": _ID, "run_id": _ID, "created_at": "{moment}"},
        f"t.id = {_ONCE.format(table='page')}",
    ),
    "participant": (
        {
            "incident_id": _ID,
            "user_id": f"CASE WHEN n % 20 = 0 THEN '{READER}' ELSE t.user_id END",
            "since": "{moment}",
        },
        "t.user_id = (SELECT min(user_id) FROM participant WHERE incident_id = :one)"
        " AND t.incident_id = :one",
    ),
    "delivery": (
        {
            "id": _ID,
            "incident_id": _ID,
            "subject": _ID,
            "dedup_key": "'past:' || n",
            "merge_key": "NULL",
            "lane": "'past/' || n",
            "due_at": "{moment}",
            "created_at": "{moment}",
            "sent_at": "{moment}",
        },
        f"t.id = {_ONCE.format(table='delivery')}",
    ),
    "timer": (
        {"id": _ID, "incident_id": _ID, "subject": _ID, "due_at": "{moment}"},
        f"t.id = {_ONCE.format(table='timer')}",
    ),
}


def _columns(db: Database, table: str) -> list[str]:
    with db.engine.connect() as connection:
        return list(connection.execute(text(f"SELECT * FROM {table} LIMIT 0")).keys())  # noqa: S608


def _multiply(
    connection: Connection,
    table: str,
    columns: list[str],
    changes: Mapping[str, str],
    chosen: str,
    one: str,
    count: int,
) -> None:
    sqlite = connection.dialect.name == "sqlite"
    seconds = int(_YEARS.total_seconds() / count) or 1
    begin = f"{datetime.now(UTC) - _YEARS:%Y-%m-%d %H:%M:%S}"
    forms = {
        "id": "printf('01A%023d', n)" if sqlite else "'01A' || lpad(n::text, 23, '0')",
        "moment": (
            f"strftime('%Y-%m-%d %H:%M:%f', '{begin}', '+' || (n * {seconds}) || ' seconds')"
            if sqlite
            else f"timestamptz '{begin}+00' + n * interval '{seconds} seconds'"
        ),
    }
    names = ", ".join(f'"{name}"' for name in columns)
    values = ", ".join(changes.get(name, f't."{name}"').format(**forms) for name in columns)
    numbers = (
        "(WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < :count)"
        " SELECT n FROM c)"
        if sqlite
        else "generate_series(1, CAST(:count AS integer))"
    )
    copied = f"SELECT {values} FROM {numbers} AS s(n) CROSS JOIN {table} AS t WHERE {chosen}"  # noqa: S608
    if sqlite:
        copied = copied.replace("AS s(n)", "AS s")
    statement = f"INSERT INTO {table} ({names}) {copied}"
    connection.execute(text(statement), {"one": one, "count": count})
