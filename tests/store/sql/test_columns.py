"""What goes into a column comes out of it, on both databases."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import insert, select, update
from sqlmodel import col

from bot.domain.duework.timer_states import TimerState
from bot.domain.kinds import TimerKind
from bot.store.database import Database
from bot.store.tables import Limit, Timer
from tests.databases import on_both
from tests.factories import NOON

pytestmark = on_both

EARLY = datetime(2026, 11, 23, 20, 0, 0, 123456, tzinfo=timezone(timedelta(hours=8)))


def keep(db: Database, moment: datetime) -> datetime:
    row = {"team_id": "T1", "scope": "s", "blocked_until": moment, "reason": ""}
    with db.transaction() as tx:
        tx.insert(Limit, row)
    with db.reading() as tx:
        kept: datetime = tx.execute(select(col(Limit.blocked_until))).scalar_one()
        return kept


def test_a_moment_comes_back_in_utc_to_the_microsecond(db: Database) -> None:
    kept = keep(db, EARLY)
    assert kept == EARLY
    assert kept.utcoffset() == timedelta(0)
    assert kept.tzinfo is UTC or kept.tzname() == "UTC"


def test_a_moment_without_a_zone_is_refused(db: Database) -> None:
    with pytest.raises(ValueError, match="without a time zone"):
        keep(db, datetime(2026, 11, 23, 12, 0))  # noqa: DTZ001


def test_moments_compare_as_moments_whatever_their_zone(db: Database) -> None:
    keep(db, EARLY)
    with db.reading() as tx:
        before = tx.execute(select(col(Limit.scope)).where(col(Limit.blocked_until) < EARLY))
        assert before.all() == []
        later = EARLY.astimezone(UTC) + timedelta(microseconds=1)
        after = tx.execute(select(col(Limit.scope)).where(col(Limit.blocked_until) < later))
        assert len(after.all()) == 1


def test_a_closed_set_keeps_its_members_and_passes_on_what_it_does_not_know(db: Database) -> None:
    row = {
        "id": "1",
        "team_id": "T1",
        "kind": TimerKind.PAGE_STEP,
        "subject": "s",
        "occurrence": "0",
        "state": TimerState.DUE,
        "due_at": NOON,
        "fence": 0,
        "attempts": 0,
    }
    with db.transaction() as tx:
        tx.execute(insert(Timer), [row])
    with db.reading() as tx:
        assert tx.execute(select(col(Timer.kind))).scalar_one() is TimerKind.PAGE_STEP
        written = tx.connection.exec_driver_sql("SELECT kind, state FROM timer").one()
        assert tuple(written) == ("page step", "due")
    with db.transaction() as tx:
        tx.execute(update(Timer).values(kind="of tomorrow"))
    with db.reading() as tx:
        assert tx.execute(select(col(Timer.kind))).scalar_one() == "of tomorrow"
