"""What /metrics says of a bot at work."""

import asyncio
from asyncio.subprocess import PIPE

import pytest
from sqlalchemy import text

from bot.store.database import Database
from commandline.database import migrations
from playground.web.faults import FaultKind, FaultRule
from tests.handlers.requests import command_body, send
from tests.watch.conftest import RunningBot, until

OPENING = "/escalate open p1 A title that must not be scraped"


async def test_a_page_its_answer_and_the_calls_in_between_are_counted(bot: RunningBot) -> None:
    assert (await bot.person("mei").command(OPENING, "general")).ok
    person, page = await bot.paged()
    assert (await person.click(page, "page_acknowledge")).ok
    await bot.until_metric("tocsin_deliveries_total", "page update", "sent")
    scraped = await bot.metrics()
    assert scraped["tocsin_deliveries_total"]["page", "sent"] >= 1
    assert scraped["tocsin_lateness_seconds_count"]["page",] >= 1
    assert scraped["tocsin_ack_latency_seconds_count"] == {
        ("P0",): 0,
        ("P1",): 1,
        ("P2",): 0,
        ("P3",): 0,
    }
    assert scraped["tocsin_request_seconds_count"]["command", "200"] == 1
    assert scraped["tocsin_request_seconds_count"]["click", "200"] == 1
    assert scraped["tocsin_slack_call_seconds_count"]["chat.postMessage",] >= 3
    assert scraped["tocsin_claim_batch_count"]["delivery",] >= 1
    assert scraped["tocsin_claim_seconds_count"]["timer",] >= 1
    assert scraped["process_resident_memory_bytes"][()] > 0
    assert list(scraped["tocsin_build_info"].values()) == [1]


async def test_an_acknowledgement_by_command_is_counted_too(bot: RunningBot) -> None:
    await bot.person("mei").command(OPENING, "general")
    person, _ = await bot.paged()
    assert (await person.command("/escalate ack ESC-1")).ok
    assert await bot.metric("tocsin_ack_latency_seconds_count", "P1") == 1


async def test_what_slack_refuses_and_what_waits_for_it_are_seen(bot: RunningBot) -> None:
    rule = FaultRule(FaultKind.ERROR, "chat.postMessage", error="fatal_error")
    bot.slack.slack.faults.add(rule)
    await bot.person("mei").command(OPENING, "general")
    await bot.until_metric("tocsin_outbox_waiting", "page", "unknown")
    await until(
        lambda: bot.metric("tocsin_oldest_overdue_seconds", "page"), lambda age: (age or 0) > 1
    )
    assert (await bot.metric("tocsin_slack_errors_total", "unknown", "chat.postMessage") or 0) > 0
    bot.slack.slack.faults.clear()
    await until(lambda: bot.metric("tocsin_oldest_overdue_seconds", "page"), lambda age: age == 0)


async def test_calls_that_a_listener_makes_are_counted_like_the_workers(bot: RunningBot) -> None:
    refused = FaultRule(FaultKind.ERROR, "views.open", error="not_allowed_token_type", count=1)
    bot.slack.slack.faults.add(refused)
    for _ in range(2):
        assert (await bot.person("mei").command("/escalate", "general")).ok
    await bot.until_metric("tocsin_slack_errors_total", "not_allowed_token_type", "views.open")
    await until(
        lambda: bot.metric("tocsin_slack_call_seconds_count", "views.open"),
        lambda count: count == 2,
    )
    scraped = await bot.metrics()
    asked = [label for label in scraped["tocsin_slack_errors_total"] if "views.open" in label]
    assert asked == [("not_allowed_token_type", "views.open")]
    assert scraped["tocsin_slack_call_seconds_count"]["auth.test",] >= 1


async def test_a_request_that_nobody_signed_is_counted_by_its_status_and_told(
    bot: RunningBot, caplog: pytest.LogCaptureFixture
) -> None:
    forged = await send(f"{bot.url}/slack/events", command_body("list"), secret="wrong")
    assert forged.status == 401
    assert await bot.metric("tocsin_request_seconds_count", "other", "401") == 1
    assert await bot.metric("tocsin_wrong_signatures_total") == 1
    assert "A request with a wrong signature was refused" in caplog.text


async def test_the_policy_and_the_schema_can_be_compared_between_replicas(bot: RunningBot) -> None:
    scraped = await bot.metrics()
    assert scraped["tocsin_policy_info"] == {(bot.tocsin.policy.digest,): 1}
    assert scraped["tocsin_schema_behind"] == scraped["tocsin_schema_ahead"] == {(): 0}
    assert scraped["tocsin_wrong_signatures_total"] == {(): 0}


@pytest.mark.parametrize(
    ("revision", "which"), [("0001", "tocsin_schema_behind"), ("9999", "tocsin_schema_ahead")]
)
async def test_a_schema_of_another_release_is_seen(
    bot: RunningBot, revision: str, which: str
) -> None:
    db = bot.tocsin.db
    ours = migrations.revision(db)
    await bot.tocsin.threads.write(_revise, db, revision)
    try:
        scraped = await bot.metrics()
    finally:
        await bot.tocsin.threads.write(_revise, db, ours)
    gauges = ("tocsin_schema_behind", "tocsin_schema_ahead")
    assert {name for name in gauges if scraped[name][()]} == {which}


def _revise(db: Database, revision: str | None) -> None:
    with db.transaction() as tx:
        tx.execute(text("UPDATE alembic_version SET version_num = :it"), {"it": revision})


async def test_prometheus_finds_no_fault_with_our_own_metrics(
    bot: RunningBot, promtool: str
) -> None:
    _, scraped = await bot.get("/metrics")
    checked = await asyncio.create_subprocess_exec(
        promtool, "check", "metrics", stdin=PIPE, stdout=PIPE, stderr=PIPE
    )
    _, told = await checked.communicate(scraped.encode())
    found = told.decode().splitlines()
    assert [line for line in found if line.startswith("tocsin_")] == []


async def test_no_title_name_or_id_is_scraped(bot: RunningBot) -> None:
    await bot.person("mei").command(OPENING, "general")
    await bot.paged()
    _, scraped = await bot.get("/metrics")
    for secret in ("scraped", "ESC-1", "U0", "priya", "T0", "C0", "xoxb"):
        assert secret not in scraped


async def test_words_of_slacks_that_are_no_codes_become_no_labels(bot: RunningBot) -> None:
    figures = bot.tocsin.figures
    figures.called("chat.postMessage", 0.1, "An Essay, with a title; and more")
    for number in range(500):
        figures.called("chat.postMessage", 0.1, f"code_{number}")
    errors = (await bot.metrics())["tocsin_slack_errors_total"]
    assert len(errors) <= 101
    assert errors["other", "chat.postMessage"] >= 400
