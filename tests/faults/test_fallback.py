"""The token is lost, and people are reached by mail: in time, once, and they can answer."""

import asyncio
import re
import time
import urllib.request
from collections.abc import AsyncIterator

import pytest

from bot.domain.delivery.delivery_states import DeliveryState
from bot.domain.kinds import DeliveryKind
from bot.domain.paging.ladders import RunState
from bot.store.database import Database
from bot.store.tables import Delivery
from tests.databases import on_both
from tests.faults import rows
from tests.faults.policies import shipped
from tests.faults.replicas import Bots, Replica
from tests.faults.verdict import Verdict, fault
from tests.outside import Mailbox, a_mailbox
from tests.waiting import eventually

pytestmark = on_both

FALLBACK = """
[fallback]
after.P1 = "1h"

[fallback.people]
wei   = ["email:wei@example.com"]
aisha = ["email:aisha@example.com"]
"""
LEASE = 15.0
"""A third of it is what a mail server may take, on a busy machine too."""
WITHIN = 60


@pytest.fixture
async def mailbox() -> AsyncIterator[Mailbox]:
    async with a_mailbox() as box:
        yield box


async def started(stage: Bots, mailbox: Mailbox, *, ready: bool = True) -> Replica:
    gateways = stage.folder / "gateways.toml"
    gateways.write_text(f'email = "{mailbox.gateway}"\n')
    stage.policy_file.write_text(shipped() + FALLBACK)
    env = {"FALLBACK_GATEWAYS": str(gateways), "PUBLIC_URL": "http://tocsin.example.com"}
    return await stage.start(env=env, lease=LEASE, ready=ready)


def press(bot: Replica, mail: str) -> str:
    """Open the link of a mail and press its button, as its reader does."""
    found = re.search(r"http://tocsin\.example\.com(/ack/\S+)", mail)
    assert found, mail
    url = f"http://127.0.0.1:{bot.port}{found[1]}"
    with urllib.request.urlopen(url, timeout=20) as page:
        assert "<button" in page.read().decode()
    with urllib.request.urlopen(urllib.request.Request(url, method="POST"), timeout=20) as page:
        return str(page.read().decode())


@fault(
    11,
    "Token revoked, then restored",
    passes="a mail within 60 s, each once; nothing is lost",
)
async def test_a_revoked_token_sends_mail_and_an_answer_by_link_counts(
    stage: Bots, db: Database, verdict: Verdict, mailbox: Mailbox
) -> None:
    bot = await started(stage, mailbox)
    await eventually(lambda: rows.knows(db, "U0MEI"), within=90)
    stage.slack.slack.app.revoked = True
    await stage.command("open p1 Pile-on against a creator")
    since = time.monotonic()
    [first] = await eventually(lambda: mailbox.texts("wei@example.com"), within=WITHIN)
    await eventually(lambda: mailbox.texts("aisha@example.com"), within=WITHIN)
    verdict.note(f"both mails {time.monotonic() - since:.1f} s after the command")
    assert stage.accepted() == []
    assert (await bot.get("/readyz"))[0] == 503, "a mail is no sign that the token is good"
    await eventually(lambda: {row.state for row in fallbacks(db)} == {DeliveryState.SENT})
    await bot.killed()

    second = await started(stage, mailbox, ready=False)
    await until_it_answers(second)
    said = await asyncio.to_thread(press, second, first)
    assert "You have acknowledged" in said
    taken = [run.team_key for run in rows.runs(db) if run.state is RunState.ACKNOWLEDGED]
    assert taken == ["content-policy"]

    stage.slack.slack.app.revoked = False
    stage.listens(second)
    await eventually(lambda: not rows.unsent(db), within=90)
    verdict.exactly_once(stage, db)
    assert len(mailbox.envelopes) == 2, "neither the restart nor the restoration sent another"
    assert [row.state for row in rows.deliveries(db) if row.state is DeliveryState.DEAD] == []


def fallbacks(db: Database) -> list[Delivery]:
    return rows.deliveries(db, DeliveryKind.FALLBACK)


async def until_it_answers(bot: Replica) -> None:
    async with asyncio.timeout(90):
        while (await bot.get("/healthz"))[0] != 200:
            assert bot.runs, "the bot ended while it was starting"
            await asyncio.sleep(0.05)  # Nobody tells when another process answers.
