"""Socket Mode while Slack is away, takes no connection, or sends what is no request of its."""

import json
import logging
import random
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.domain.fallback.ways import FallbackWay
from bot.domain.ids import UserId
from bot.domain.incidents.severity import Severity
from bot.policy import FallbackRule, Policy
from bot.render.manifest import manifest
from playground.testing import RunningPlayground, running_playground
from playground.web.ports import reserved
from tests.factories import PRIYA, an_act, an_incident, people
from tests.fuzz.effort import SEED, effort
from tests.fuzz.junk import ANYTHING, MISSING
from tests.outside import a_mailbox
from tests.waiting import eventually
from tests.watch.conftest import WATCHFUL, RunningBot, StartBot, a_bot
from tests.worker.conftest import CAST

SOCKET = {"SLACK_APP_TOKEN": "xapp-playground"}
"""For what no database does differently."""
TRIED = "Slack gives no socket yet"


@pytest.fixture
def port() -> Iterator[int]:
    """One on which nobody listens yet: a connection to it is refused."""
    with reserved() as port:
        yield port


@asynccontextmanager
async def a_slack_at(port: int, clock_file: Path) -> AsyncIterator[RunningPlayground]:
    async with running_playground(
        manifest=manifest(request_url=None),
        workspace=json.loads(CAST.read_text()),
        clock_file=clock_file,
        port=port,
    ) as slack:
        yield slack


async def test_nothing_waits_for_a_slack_that_refuses_connections_and_then_comes_back(
    database_url: str,
    policy: Policy,
    slack: RunningPlayground,
    port: int,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The tick turns, /readyz answers and pages go out by mail, though there is no socket yet."""
    mail = FallbackRule(
        {Severity.P1: timedelta(seconds=1)},
        {UserId(PRIYA): (FallbackWay("email", "priya@example.com"),)},
    )
    async with a_mailbox() as mailbox:
        gateways = tmp_path / "gateways.toml"
        gateways.write_text(f'email = "{mailbox.gateway}"\n')
        away = {"SLACK_API_URL": f"http://127.0.0.1:{port}/api/", **SOCKET}
        beyond = replace(policy, fallback=mail)
        patient = replace(WATCHFUL, lease=timedelta(seconds=60), http_timeout=timedelta(seconds=20))
        async with a_bot(
            database_url, beyond, slack, patient, FALLBACK_GATEWAYS=str(gateways), **away
        ) as bot:
            await bot.until_problem("Slack has not answered yet")
            await eventually(lambda: TRIED in caplog.text)
            tocsin = bot.tocsin
            people(tocsin.db, policy)
            an_incident(tocsin.db, beyond, an_act(now=tocsin.time_source.now()))
            await eventually(lambda: mailbox.texts("priya@example.com"))
            turned = tocsin.figures.moves["tick"]
            await eventually(lambda: tocsin.figures.moves["tick"] > turned)
            async with a_slack_at(port, tmp_path / "clock") as there:
                await there.slack.sockets.wait_for(1)
                await bot.until_well()
                assert (await there.person("mei").command("/escalate list", "general")).ok


async def test_an_address_that_does_not_work_is_not_tried_again(
    start_bot: StartBot, slack: RunningPlayground
) -> None:
    """It is good for seconds: Slack is asked for another."""
    hub, given = slack.slack.sockets, list[str]()
    issue = hub.issue_url

    def issued() -> str:
        address = issue()
        given.append(address)
        return address if len(given) > 2 else address.replace("ticket=", "ticket=stale-")

    vars(hub)["issue_url"] = issued
    async with start_bot(**SOCKET) as bot:
        await hub.wait_for(1)
        assert (await bot.person("mei").command("/escalate list", "general")).ok
    assert len(given) == 3


async def test_a_connection_that_slack_drops_or_refreshes_is_made_again(
    start_bot: StartBot, slack: RunningPlayground
) -> None:
    hub = slack.slack.sockets
    async with start_bot(**SOCKET) as bot:
        await hub.wait_for(1)
        [first] = hub.connections
        await hub.disconnect("refresh_requested")
        await eventually(lambda: hub.connections and hub.connections != [first])
        [second] = hub.connections
        await hub.drop()
        await eventually(lambda: hub.connections and hub.connections != [second], within=60)
        assert (await bot.person("mei").command("/escalate list", "general")).ok


GOOD: Mapping[str, Any] = {
    "envelope_id": "0" * 32,
    "type": "slash_commands",
    "payload": {"command": "/escalate", "text": "list", "user_id": "U0MEI"},
    "accepts_response_payload": True,
    "retry_attempt": 0,
    "retry_reason": "",
}
BAD = [
    "",
    "null",
    "[]",
    "17",
    '"{"',
    "{",
    "{" * 100_000,
    '{"a":' * 50_000,
    "[" * 100_000,
    "{}",
    '{"type": "disconnect',
    '{"type": ["disconnect"]}',
    '{"type": {"disconnect": 1}, "envelope_id": [], "payload": {}}',
    '{"type": "on_holiday", "envelope_id": "1", "payload": {}}',
    '{"type": "slash_commands", "envelope_id": "1"}',
    '{"type": "slash_commands", "payload": {}}',
    '{"type": "slash_commands", "envelope_id": "1", "payload": null}',
    '{"type": "events_api", "envelope_id": "1", "payload": {"type": "event_callback"}}',
    '{"type": "interactive", "envelope_id": "1", "payload": "block_actions"}',
    "\ufeff{}",
    "\x00",
]


def frames() -> list[str]:
    """What once failed somewhere, each field with anything at all, and halves of good ones."""
    some = random.Random(SEED)
    found = list(BAD)
    whole = json.dumps(GOOD)
    halves = range(len(whole)) if effort(short=0, long=1) else some.sample(range(len(whole)), 25)
    found += [whole[:end] for end in halves]
    junk = list(ANYTHING.items())
    for name in GOOD:
        for _, value in junk if effort(short=0, long=1) else some.sample(junk, 8):
            frame = {**GOOD, name: value}
            found.append(json.dumps({k: v for k, v in frame.items() if v is not MISSING}))
    return found


async def test_whatever_comes_over_the_socket_the_next_request_is_answered(
    start_bot: StartBot, slack: RunningPlayground, caplog: pytest.LogCaptureFixture
) -> None:
    hub = slack.slack.sockets
    bad = frames()
    async with start_bot(**SOCKET) as bot:
        await bot.until_well()
        await hub.wait_for(1)
        [connection] = hub.connections
        for number, frame in enumerate(bad):
            await connection.socket.send_text(frame)
            if number % 20 == 0:
                assert await answers(bot), f"not after {frame[:200]!r}"
        assert await answers(bot)
        assert hub.connections == [connection], "no frame has cost the connection"
        await bot.until_well()
    assert "never retrieved" not in caplog.text
    ours = [r for r in caplog.records if r.levelno >= logging.ERROR and "slack" not in r.name]
    assert [r.getMessage() for r in ours if r.name.startswith(("bot.", "commandline"))] == []


async def answers(bot: RunningBot) -> bool:
    outcome = await bot.person("mei").command("/escalate list", "general")
    return bool(outcome.ok)
