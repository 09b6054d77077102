"""Three replicas, and one of them killed again and again."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import pytest

from bot.domain.act import Act, Role, Workspace
from bot.domain.delivery.delivery_states import DeliveryState
from bot.domain.ids import TeamKey, UserId
from bot.domain.incidents.results import OpeningDraft
from bot.domain.incidents.severity import Severity
from bot.policy import load
from bot.services.incidents.opening import open_incident
from bot.services.paging.starting import page_team
from bot.store.database import Database
from bot.store.delivery.outbox import UNSENT
from tests.databases import on_postgresql
from tests.faults import rows
from tests.faults.conftest import Extent
from tests.faults.replicas import LEASE, Bots, bots
from tests.faults.verdict import Verdict, fault

SLACK_MS = 100
"""Slack's usual answering time: whoever is killed has calls under way."""


@pytest.mark.timeout(900)
@on_postgresql
@fault(13, "Three replicas, one SIGKILLed at random again and again")
async def test_nothing_is_lost_or_doubled_whoever_is_killed(
    database_url: str, db: Database, tmp_path: Path, extent: Extent, verdict: Verdict
) -> None:
    """600 pages and 3 deaths in the short form, 100,000 and 100 in the long one.

    A person is told something once a second, so there are many people.
    """
    dice = random.Random(13)
    teams, beside = extent.of(20, 84), extent.of(1, 10)
    incidents, deaths = extent.of(10, 100), extent.of(3, 100)
    within = extent.of(180, 3_600)
    # On a machine that does much at once, Slack's stand-in is slow too: where a call may take a
    # second only, everything would be looked up.
    lease = extent.of(int(LEASE), 30)
    async with (
        _elsewhere() as run,
        bots(database_url, tmp_path, crowd=teams, beside=beside) as stage,
    ):
        await stage.start_many(3, lease=lease)
        _send_no_events(stage)
        stage.slack.slack.faults.latency_ms["*"] = SLACK_MS
        began = time.monotonic()
        team_id = stage.slack.slack.workspace.team_id
        filling = run(_fill, stage.policy_file, database_url, team_id, teams, incidents)
        pages = teams * (2 + beside) * incidents
        for sent in sorted(dice.sample(range(pages // 20, pages * 9 // 10), deaths)):
            await _until(partial(_has_sent, db, sent), within)
            await dice.choice([replica for replica in stage.replicas if replica.runs]).killed()
            await stage.start(lease=lease)
            _send_no_events(stage)
        await filling
        await _until(lambda: not rows.counted(db, *UNSENT), within)
        took = time.monotonic() - began
        verdict.exactly_once(stage, db)
    assert verdict.account.messages >= pages
    verdict.note(f"{deaths} deaths within {took:.0f} s")


@asynccontextmanager
async def _elsewhere() -> AsyncIterator[Callable[..., asyncio.Future[None]]]:
    """What runs calls in a process of its own: Slack's stand-in needs this one."""
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        yield partial(asyncio.get_running_loop().run_in_executor, pool)


def _send_no_events(stage: Bots) -> None:
    """Nobody says anything here: they would tell the bot of its own messages.

    Slack stops after 30,000 in an hour. The stand-in, which shares its process with this test,
    would do little else.
    """
    stage.slack.send_to(None)


def _fill(
    policy_file: Path, database_url: str, slack_team: str, teams: int, incidents: int
) -> None:
    """Open incidents and page every team of the crowd for each."""
    policy, workspace = load(policy_file), Workspace(slack_team)
    db = Database(database_url)
    for _ in range(incidents):
        draft = OpeningDraft("A question of wording", Severity.P3, policy.default_category)
        opened = open_incident(db, policy, _act(workspace), draft)
        for team in range(teams):
            page_team(db, policy, _act(workspace), opened.head.id, TeamKey(f"crowd-{team}"))
    db.close()


def _has_sent(db: Database, many: int) -> bool:
    return rows.counted(db, DeliveryState.SENT) >= many


def _act(workspace: Workspace) -> Act:
    return Act(workspace, UserId("U0MEI"), Role.MANAGER, datetime.now(UTC), None)


async def _until(look: Callable[[], bool], within: float) -> None:
    """Look again twice a second: counting takes a while where there is much to count."""
    async with asyncio.timeout(within):
        while not look():  # noqa: ASYNC110 - another process does not tell
            await asyncio.sleep(0.5)
