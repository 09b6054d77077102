"""The canary: paged, found, clicked through our own door, edited; and seen by nobody else."""

from datetime import timedelta

import pytest
from sqlmodel import SQLModel, col, select

from bot.domain.act import Act, by_the_bot
from bot.domain.errors import AlreadyHandled, NotFound, NotYours
from bot.policy import Policy
from bot.services.incidents import export, lists, queries
from bot.services.incidents import home as incidents_home
from bot.services.paging import answers
from bot.services.upkeep import canary
from bot.services.upkeep.canary import Drill
from bot.store.database import Database
from bot.store.digests import runs
from bot.store.tables import Delivery, Incident, Page, Timer, WorkspaceRow
from bot.store.upkeep import canary_drills
from playground.state.records import Message
from playground.testing import RunningPlayground
from playground.web.faults import FaultKind, FaultRule
from tests.databases import on_postgresql
from tests.factories import NOON, WORKSPACE, an_act, an_incident, people
from tests.waiting import eventually
from tests.watch.conftest import CANARY, WATCHFUL, StartBot, a_bot, until

OFTEN = {"CANARY_EVERY": "1s", "CANARY_CHANNEL": CANARY}
ONCE = {"CANARY_EVERY": "100d", "CANARY_CHANNEL": CANARY}
EVERY = timedelta(minutes=15)


def flown(slack: RunningPlayground) -> list[Message]:
    return [message for message in slack.messages(CANARY) if message.metadata]


async def test_it_is_paged_acknowledged_and_edited_and_counted(
    start_bot: StartBot, slack: RunningPlayground
) -> None:
    async with start_bot(**ONCE) as bot:
        await bot.until_metric("tocsin_canary_runs_total", "succeeded")
        scraped = await bot.metrics()
        assert scraped["tocsin_canary_last_success_timestamp_seconds"][()] > 0
        steps = scraped["tocsin_canary_seconds"]
        assert steps["delivered",] <= steps["acknowledged",] <= steps["edited",]
        assert scraped["tocsin_request_seconds_count"]["click", "200"] == 1
        assert scraped["tocsin_ack_latency_seconds_count"]["P3",] == 0
        [shown] = flown(slack)
        # What was edited has been looked at: the last look came after the edit.
        assert slack.calls("conversations.history")[-1].seq > slack.calls("chat.update")[-1].seq
    assert "page_acknowledge" not in str(shown.blocks)
    assert "acknowledged" in str(shown.blocks)


async def test_in_socket_mode_it_goes_straight_to_bolt(start_bot: StartBot) -> None:
    async with start_bot(**ONCE, SLACK_APP_TOKEN="xapp-playground") as bot:
        await bot.until_metric("tocsin_canary_runs_total", "succeeded")


@on_postgresql
async def test_two_replicas_fly_one_a_period(
    start_bot: StartBot, db: Database, database_url: str, policy: Policy, slack: RunningPlayground
) -> None:
    other = a_bot(database_url, policy, slack, WATCHFUL, **ONCE)
    async with start_bot(**ONCE) as first, other as second:
        await eventually(lambda: last_success(db))
        await first.until_well()
        await second.until_well()
    assert len(flown(slack)) == 1


def last_success(db: Database) -> bool:
    with db.reading() as tx:
        return canary_drills.last_success(tx) is not None


async def test_a_door_that_refuses_the_click_fails_it_and_stops_the_heartbeat_only(
    start_bot: StartBot, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with start_bot(**ONCE, PUBLIC_URL="http://127.0.0.1:1", LINK_SECRET="s" * 16) as bot:
        await bot.until_metric("tocsin_canary_runs_total", "failed")
        # It is spoken of when it should be over, however soon it failed.
        monkeypatch.setattr(canary, "LIMIT", timedelta(0))
        told = ["the last canary was not delivered and acknowledged"]
        await until(bot.tocsin.vitals.reasons_for_silence, lambda reasons: reasons == told)
        assert await bot.problems() == []
        assert await bot.metric("tocsin_canary_last_success_timestamp_seconds") == 0
    failed = [record.__dict__ for record in caplog.records if "canary failed" in record.message]
    assert [record["step"] for record in failed] == ["acknowledged"]


async def test_one_that_is_never_delivered_fails_and_the_next_one_clears_it(
    start_bot: StartBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(canary, "LIMIT", timedelta(seconds=1.5))
    async with start_bot(**OFTEN) as bot:
        down = FaultRule(FaultKind.ERROR, "chat.postMessage", error="channel_not_found")
        bot.slack.slack.faults.add(down)
        await bot.until_metric("tocsin_canary_runs_total", "failed")
        bot.slack.slack.faults.clear()
        await bot.until_metric("tocsin_canary_runs_total", "succeeded")
        await until(bot.tocsin.vitals.reasons_for_silence, lambda reasons: not reasons)


def a_drill(db: Database, policy: Policy) -> Drill:
    period = canary.period_of(NOON, EVERY)
    return canary.open_drill(db, policy, WORKSPACE, period, CANARY, NOON)


def test_a_drill_is_in_no_list_search_digest_home_or_export(db: Database, policy: Policy) -> None:
    people(db, policy)
    drill = a_drill(db, policy)
    answers.acknowledge(db, by_bot(), drill.page_id)
    act = an_act()
    assert lists.listing(db, policy, act, "").total == 0
    assert lists.listing(db, policy, act, "overdue").total == 0
    for words in ("canary", "drill", "1"):
        assert lists.search(db, act, words).total == 0, words
    home = incidents_home.home_of(db, act)
    assert (home.open, home.pages, home.mine, home.total_open) == ((), (), (), 0)
    assert list(export.records(db)) == []
    with db.reading() as tx:
        assert runs.first_opened(tx, WORKSPACE) is None
        since, until_ = NOON - EVERY, NOON + EVERY
        assert list(runs.incidents_since(tx, WORKSPACE, since, until_)) == []
        assert list(runs.runs_since(tx, WORKSPACE, since, until_)) == []
    with pytest.raises(NotFound):
        queries.find(db, act, "ESC-1")


def by_bot() -> Act:
    return by_the_bot(WORKSPACE, NOON)


def test_a_drill_takes_no_number_and_leaves_nothing_due_and_nobody_to_be_told(
    db: Database, policy: Policy
) -> None:
    people(db, policy)
    drill = a_drill(db, policy)
    answers.acknowledge(db, by_bot(), drill.page_id)
    with db.reading() as tx:
        assert tx.all(select(Timer)) == []
        assert {one.kind.value for one in tx.all(select(Delivery))} == {"canary"}
        assert {one.target for one in tx.all(select(Page))} == {"bot"}
        assert tx.all(select(WorkspaceRow)) == []
        [stored] = tx.all(select(Incident).where(col(Incident.id) == drill.incident_id))
    assert stored.number < 0
    assert an_incident(db, policy).head.reference == "ESC-1"


def test_a_period_has_one(db: Database, policy: Policy) -> None:
    a_drill(db, policy)
    with pytest.raises(AlreadyHandled):
        a_drill(db, policy)


def test_the_bot_answers_no_page_but_its_own(db: Database, policy: Policy) -> None:
    people(db, policy)
    an_incident(db, policy)
    with db.reading() as tx:
        [page, *_] = tx.all(select(Page))
    with pytest.raises(NotYours):
        answers.acknowledge(db, by_bot(), page.id)


def test_nobody_answers_a_drills_page_but_the_bot(db: Database, policy: Policy) -> None:
    people(db, policy)
    drill = a_drill(db, policy)
    with pytest.raises(NotYours):
        answers.acknowledge(db, an_act(), drill.page_id)


def test_old_ones_go_and_leave_nothing(db: Database, policy: Policy) -> None:
    drill = a_drill(db, policy)
    answers.acknowledge(db, by_bot(), drill.page_id)
    with db.transaction() as tx:
        assert canary_drills.remove_old(tx, NOON + EVERY) == 1
        for table in SQLModel.metadata.sorted_tables:
            if table.name == "incident" or "incident_id" in table.c:
                assert tx.execute(table.select()).all() == [], table.name


def test_failed_means_not_over_in_time_or_none_for_long(db: Database, policy: Policy) -> None:
    def failed(**later: float) -> bool:
        with db.reading() as tx:
            return canary.failed(tx, NOON + timedelta(**later), EVERY)

    assert not failed()
    drill = a_drill(db, policy)
    assert not failed(seconds=30)
    assert failed(seconds=61)
    canary.succeed(db, drill, NOON)
    assert not failed(seconds=61)
    assert not failed(minutes=30)
    assert failed(minutes=32)


def test_one_that_was_called_off_says_nothing(db: Database, policy: Policy) -> None:
    canary.give_up(db, a_drill(db, policy), called_off=True)
    with db.reading() as tx:
        assert not canary.failed(tx, NOON + timedelta(minutes=5), EVERY)
        assert {one.state.value for one in tx.all(select(Delivery))} == {"cancelled"}
