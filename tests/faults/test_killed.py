"""SIGKILL around the send: nothing is lost, nothing comes twice."""

from collections import Counter
from pathlib import Path

import pytest
from sqlmodel import col, select

from bot.domain.duework import DeliveryKind, DeliveryState
from bot.store.database import Database
from bot.store.tables import Delivery, Incident
from playground.driver import texts
from playground.faults import FaultKind, FaultRule
from tests.faults.replicas import Bots, bots
from tests.waiting import eventually


def pages(db: Database) -> list[Delivery]:
    with db.reading() as tx:
        return tx.all(select(Delivery).where(col(Delivery.kind) == DeliveryKind.PAGE))


def unsent(db: Database) -> list[Delivery]:
    settled = (DeliveryState.SENT, DeliveryState.CANCELLED, DeliveryState.DEAD)
    with db.reading() as tx:
        return tx.all(select(Delivery).where(col(Delivery.state).not_in(settled)))


def assert_each_page_once(stage: Bots, db: Database) -> None:
    count = Counter(stage.accepted())
    told = pages(db)
    assert told, "there was something to send"
    lost = [page.id for page in told if count[page.id] == 0]
    doubled = [id_ for id_, times in count.items() if times > 1]
    assert (lost, doubled) == ([], [])


OPENING = "/escalate open p1 Pile-on against a creator"


async def test_killed_between_the_commit_and_the_send(
    database_url: str, db: Database, tmp_path: Path
) -> None:
    """The command was answered 'opened'; the process dies before Slack hears of any page."""
    async with bots(database_url, tmp_path) as stage:
        first = await stage.start()
        stage.slack.slack.faults.add(FaultRule(FaultKind.RESET, "chat.postMessage"))
        outcome = await stage.slack.person("mei").command(OPENING, "general")
        first.kill()
        await first.process.wait()
        assert outcome.ok
        stage.slack.slack.faults.clear()
        await stage.start()
        await eventually(lambda: not unsent(db), within=60)
        assert_each_page_once(stage, db)


async def test_killed_in_the_middle_of_a_send(
    database_url: str, db: Database, tmp_path: Path
) -> None:
    """Slack has the pages, and the process dies before it hears so."""
    async with bots(database_url, tmp_path) as stage:
        first = await stage.start()
        stage.slack.slack.faults.add(
            FaultRule(FaultKind.DELAY, "chat.postMessage", seconds=20, count=3)
        )
        await stage.slack.person("mei").command(OPENING, "general")
        await eventually(lambda: len(stage.accepted()) >= 3)
        first.kill()
        await first.process.wait()
        stage.slack.slack.faults.clear()
        await stage.start()
        await eventually(lambda: not unsent(db), within=60)
        assert_each_page_once(stage, db)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_another_replica_takes_over_what_a_killed_one_held(
    database_url: str, db: Database, tmp_path: Path
) -> None:
    async with bots(database_url, tmp_path) as stage:
        await stage.start()
        second = await stage.start()
        stage.slack.slack.faults.add(
            FaultRule(FaultKind.DELAY, "chat.postMessage", seconds=20, count=3)
        )
        await stage.slack.person("mei").command(OPENING, "general")
        await eventually(lambda: len(stage.accepted()) >= 3)
        second.kill()
        await second.process.wait()
        await eventually(lambda: not unsent(db), within=60)
        assert_each_page_once(stage, db)


async def test_a_command_that_could_not_be_stored_is_refused_and_not_opened(
    database_url: str, db: Database, tmp_path: Path
) -> None:
    """Somebody holds the lock for longer than a command may take."""
    async with bots(database_url, tmp_path) as stage:
        await stage.start()
        with db.transaction() as tx:
            if not db.is_sqlite:
                tx.connection.exec_driver_sql("LOCK TABLE incident IN ACCESS EXCLUSIVE MODE")
            mei = stage.slack.person("mei")
            outcome = await mei.command(OPENING, "general")
            assert outcome.ok, "Slack got an answer in time"
            # Behind other writes that wait for the lock, the refusal may come a little later.
            refusal = "Nothing was stored"
            await mei.until_sees("general", lambda message: refusal in texts(message))
        assert not any("ESC-1" in texts(message) for message in mei.sees("general"))
        with db.reading() as tx:
            assert tx.all(select(Incident)) == []
