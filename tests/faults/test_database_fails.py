"""The database goes away, cuts a connection, or has no room left."""

import resource
from collections.abc import AsyncIterator, Iterator
from functools import partial
from pathlib import Path

import pytest

from bot.domain.errors import StoreUnavailable
from bot.store.database import Database
from playground.driver import Person, texts
from playground.web.faults import FaultKind
from tests.databases import on_both, on_postgresql, restart_server
from tests.faults import rows
from tests.faults.policies import ROOT
from tests.faults.replicas import Bots, Replica, bots
from tests.faults.verdict import Verdict, fault
from tests.waiting import eventually
from tests.wire import Break, Wire, wire

HOOKED = (str(ROOT / "tests" / "faults" / "hooked.py"), "serve")
MOST_THAT_FIT = 20
"""Openings for which pages that are there already may have room."""
AGAIN_AND_AGAIN = 6
OPENING = "open p1 Pile-on against a creator"
RESTARTED = "PostgreSQL restarted in the middle of a send; a connection lost during a commit"
FULL = "Disk full, or the database is busy"
TOLD_TRULY = "'opened' is said only of what is stored"


def all_sent(db: Database) -> bool:
    """Whether nothing waits; a server that is just coming back says nothing yet."""
    try:
        return not rows.unsent(db)
    except StoreUnavailable:
        return False


@on_postgresql
@fault(14, RESTARTED)
async def test_postgresql_is_restarted_in_the_middle_of_a_send(
    stage: Bots, db: Database, verdict: Verdict
) -> None:
    await stage.start_many(2)
    stage.fault(FaultKind.DELAY, count=3, seconds=4)
    await stage.command(OPENING)
    await eventually(lambda: len(stage.accepted()) >= 3)
    restart_server()
    await eventually(lambda: all_sent(db), within=90)
    await eventually_commands_again(stage, db)
    verdict.exactly_once(stage, db)


async def eventually_commands_again(stage: Bots, db: Database) -> None:
    """The bot uses the server that came back."""
    await stage.command(OPENING)
    await eventually(lambda: len(rows.incidents(db)) == 2)
    await eventually(lambda: all_sent(db), within=60)


@pytest.fixture
def through(database_url: str) -> Iterator[Wire]:
    with wire(database_url) as made:
        yield made


@pytest.fixture
async def cut_off(through: Wire, tmp_path: Path) -> AsyncIterator[Bots]:
    """A bot whose connections to the database can break."""
    async with bots(through.url, tmp_path) as made:
        await made.start()
        yield made


@on_postgresql
@pytest.mark.parametrize("how", list(Break), ids=lambda how: how.name.lower())
@fault(14, RESTARTED, passes=TOLD_TRULY)
async def test_the_connection_is_lost_while_an_opening_commits(
    cut_off: Bots, db: Database, through: Wire, how: Break, verdict: Verdict
) -> None:
    mei = cut_off.slack.person("mei")
    through.break_commit_of("INSERT INTO incident", how)
    await cut_off.command(OPENING)
    expected = "ESC-1" if how is Break.AFTER else "Nothing was stored"
    await mei.until_sees("general", lambda message: expected in texts(message))
    assert through.broken == 1
    assert len(rows.incidents(db)) == (1 if how is Break.AFTER else 0)
    await cut_off.command(OPENING)
    await eventually(lambda: len(rows.incidents(db)) == (2 if how is Break.AFTER else 1))
    await eventually(lambda: all_sent(db), within=60)
    verdict.exactly_once(cut_off, db)


@on_postgresql
@fault(14, RESTARTED)
async def test_the_connection_is_lost_while_an_outcome_commits(
    cut_off: Bots, db: Database, through: Wire, verdict: Verdict
) -> None:
    """Slack has taken the page; whether that is known is not known: it is looked up."""
    for number, how in enumerate(Break, start=1):
        through.break_commit_of("UPDATE delivery SET state", how)
        await cut_off.command(OPENING)
        await eventually(partial(_has_broken, through, number))
    await eventually(lambda: all_sent(db), within=90)
    verdict.exactly_once(cut_off, db)


def _has_broken(through: Wire, times: int) -> bool:
    return through.broken == times


@on_both
@fault(15, FULL, passes=TOLD_TRULY)
async def test_somebody_holds_the_lock_for_longer_than_a_command_may_take(
    stage: Bots, db: Database, verdict: Verdict
) -> None:
    await stage.start()
    with db.transaction() as tx:
        if not db.is_sqlite:
            tx.connection.exec_driver_sql("LOCK TABLE incident IN ACCESS EXCLUSIVE MODE")
        # Slack got an answer in time. Behind other writes that wait for the lock, the refusal may
        # come a little later.
        await refused(stage)
    assert rows.incidents(db) == []
    await opens_again(stage, db, 1)
    verdict.exactly_once(stage, db)


async def refused(stage: Bots) -> None:
    """Somebody opens an escalation, and is told that nothing was stored."""
    mei = stage.slack.person("mei")
    seen = len(mei.sees("general"))
    await stage.command(OPENING)
    await mei.until_sees("general", lambda message: "Nothing was stored" in texts(message))
    assert not any("ESC-" in texts(message) for message in mei.sees("general")[seen:])


async def opens_again(stage: Bots, db: Database, number: int) -> None:
    """What was wrong is over: the next command opens this one, and all of it is sent."""
    await stage.command(OPENING)
    await eventually(lambda: len(rows.incidents(db)) == number)
    await eventually(lambda: all_sent(db), within=60)


@fault(15, FULL, passes=TOLD_TRULY)
async def test_the_disk_takes_nothing_more(stage: Bots, db: Database, verdict: Verdict) -> None:
    replica = await stage.start()
    await stage.command(OPENING)
    await eventually(lambda: all_sent(db))
    with no_room(replica):
        await refused(stage)
        assert len(rows.incidents(db)) == 1
        status, body = await replica.get("/readyz")
        assert (status, "the database stores nothing" in body) == (503, True), body
    await opens_again(stage, db, 2)
    await stage.until_ready(replica)
    verdict.exactly_once(stage, db)


@fault(15, FULL, passes=TOLD_TRULY)
async def test_the_database_is_full(
    stage: Bots, db: Database, tmp_path: Path, verdict: Verdict
) -> None:
    """SQLite's own answer; what still finds room in the pages that are there is stored."""
    full = tmp_path / "full"
    replica = await stage.start(command=HOOKED, env={"FAULT": f"full:{full}"})
    await stage.command(OPENING)
    await eventually(lambda: all_sent(db))
    full.touch()
    mei = stage.slack.person("mei")
    seen = len(mei.sees("general"))
    for answers in range(1, MOST_THAT_FIT):
        await stage.command(OPENING)
        await eventually(partial(has_answers, mei, seen, answers))
        if "Nothing was stored" in told(mei, seen)[-1]:
            break
    else:
        pytest.fail("nobody was told that nothing was stored")
    opened = [said for said in told(mei, seen) if "ESC-" in said]
    assert len(rows.incidents(db)) == 1 + len(opened)
    assert "SQLITE_FULL" in replica.log.read_text()
    for _ in range(AGAIN_AND_AGAIN):
        await refused(stage)
    lines = [line for line in replica.log.read_text().splitlines() if "StoreUnavailable" in line]
    assert 0 < len(lines) < AGAIN_AND_AGAIN, "one line a minute"
    full.unlink()
    await opens_again(stage, db, 2 + len(opened))
    verdict.exactly_once(stage, db)


def has_answers(person: Person, since: int, many: int) -> bool:
    return len(told(person, since)) >= many


def told(person: Person, since: int) -> list[str]:
    """What somebody has read in #general since then."""
    return [texts(message) for message in person.sees("general")[since:]]


class no_room:  # noqa: N801 - read as a phrase: `with no_room(replica)`
    """Until the block ends, none of the process's files can grow (EFBIG)."""

    def __init__(self, replica: Replica) -> None:
        self._pid = replica.process.pid
        self._before = resource.prlimit(self._pid, resource.RLIMIT_FSIZE)

    def __enter__(self) -> None:
        resource.prlimit(self._pid, resource.RLIMIT_FSIZE, (1, self._before[1]))

    def __exit__(self, *_: object) -> None:
        resource.prlimit(self._pid, resource.RLIMIT_FSIZE, self._before)


_FULL = """
CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END $$;
CREATE TRIGGER no_room BEFORE INSERT ON incident EXECUTE FUNCTION no_room()
"""


@on_postgresql
@fault(15, FULL, passes=TOLD_TRULY)
async def test_no_room_on_the_servers_disk(stage: Bots, db: Database, verdict: Verdict) -> None:
    """The error that PostgreSQL gives when it cannot make a table larger."""
    await stage.start()
    await stage.command(OPENING)
    await eventually(lambda: all_sent(db))
    with db.transaction() as tx:
        tx.connection.exec_driver_sql(_FULL)
    await refused(stage)
    assert len(rows.incidents(db)) == 1
    with db.transaction() as tx:
        tx.connection.exec_driver_sql("DROP TRIGGER no_room ON incident")
    await opens_again(stage, db, 2)
    verdict.exactly_once(stage, db)
