"""The way out of Slack: a mail server, a webhook, and the loop that reaches people by them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from sqlmodel import col, select

from bot.domain.fallback.ways import FallbackWay, Links
from bot.domain.ids import UserId
from bot.domain.incidents.severity import Severity
from bot.domain.kinds import DeliveryKind
from bot.gateways.apprise_gateway import ApprisePort
from bot.gateways.file import Gateways
from bot.policy import FallbackRule
from bot.render.text.templates import Templates
from bot.render.wording import Wording
from bot.store.incidents import timeline as incidents_timeline
from bot.store.tables import Delivery, TimelineEntry
from bot.worker.fallback.fallback_relay import FallbackRelay, LinkMaker
from bot.worker.timings import Timings
from playground.web.faults import FaultKind, FaultRule
from tests.factories import PRIYA
from tests.outside import Hook, Mailbox, a_hook, a_mailbox
from tests.worker.conftest import BRISK, Rig

LINKS = Links("a secret of the tests")
URL = "https://tocsin.example.com"
TITLE = "Pile-on against a creator"
MAIL, TEXT = FallbackWay("email", "priya@example.com"), FallbackWay("sms", "+6591234567")
PATIENT = replace(BRISK, lease=timedelta(seconds=60), http_timeout=timedelta(seconds=20))
"""On a busy machine a gateway is slow, but has not failed."""
SELDOM = replace(BRISK, first_backoff=timedelta(seconds=1), longest_backoff=timedelta(seconds=1))
"""For a Slack that stays down: what it does not take is tried again, which takes time each time."""
AFTER = {Severity.P1: timedelta(seconds=1)}


@dataclass
class Beyond:
    """The gateways outside Slack, and the loop that uses them."""

    rig: Rig
    mailbox: Mailbox
    hook: Hook

    def rule(self, **ways: tuple[FallbackWay, ...]) -> FallbackRule:
        people = {UserId(user): theirs for user, theirs in ways.items()}
        return FallbackRule(AFTER, people or {PRIYA: (MAIL,)})

    @asynccontextmanager
    async def working(
        self, rule: FallbackRule | None = None, *, links: bool = True, pace: Timings = PATIENT
    ) -> AsyncIterator[None]:
        """Run one replica's loop. Several may run at once."""
        rig = self.rig
        policy = replace(rig.policy, fallback=rule or self.rule())
        gateways = Gateways({"email": self.mailbox.gateway, "sms": self.hook.gateway})
        relay = FallbackRelay(
            replace(rig.gear(pace), policy=policy),
            Wording(policy, Templates()),
            ApprisePort(gateways),
            LinkMaker(LINKS, URL) if links else None,
        )
        running = asyncio.create_task(relay.run())
        try:
            yield
        finally:
            relay.stop()
            await running


@pytest.fixture
async def beyond(rig: Rig) -> AsyncIterator[Beyond]:
    async with a_mailbox() as mailbox, a_hook() as hook:
        yield Beyond(rig, mailbox, hook)


def slack_is_down(rig: Rig) -> None:
    rig.slack.slack.faults.add(FaultRule(FaultKind.HTTP_500, "*"))


def fallbacks(rig: Rig) -> list[Delivery]:
    with rig.db.reading() as tx:
        return tx.all(select(Delivery).where(col(Delivery.kind) == DeliveryKind.FALLBACK))


def timeline(rig: Rig, incident_id: str | None) -> list[TimelineEntry]:
    assert incident_id is not None
    with rig.db.reading() as tx:
        return incidents_timeline.timeline(tx, incident_id)


def of(incident: str, beyond: Beyond) -> list[str]:
    """Return the texts about an incident, from all gateways."""
    said = [*beyond.mailbox.texts(), *(message["message"] for _, message in beyond.hook.taken)]
    return [text for text in said if incident in text]
