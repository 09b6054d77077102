"""A whole bot with all its loops, and the Slack that refuses. Incidents are opened directly."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from sqlalchemy import and_, func, update
from sqlmodel import col, select

from bot.configuration.settings import read_settings
from bot.domain.act import Act, Role, Workspace
from bot.domain.ids import UserId
from bot.domain.incidents.results import Opened
from bot.domain.kinds import DeliveryKind
from bot.policy import Policy, load
from bot.services.people.directory import remember_people
from bot.store.database import Database
from bot.store.tables import Delivery, Page, PagingRun, Person
from commandline.server.runtime import Tocsin
from commandline.server.web import create_app
from playground.web.serving import bound
from tests.factories import MEI, an_incident
from tests.faults.policies import people, shipped
from tests.refusing.another_slack import TEAM, AnotherSlack, another_slack
from tests.serving import served
from tests.waiting import eventually
from tests.worker.conftest import BRISK

CROWD = 84
"""Teams of two people each. A person gets one message a second, so each page has its own person."""
PACE = replace(
    BRISK,
    lease=timedelta(seconds=3),
    http_timeout=timedelta(seconds=2),
    first_refusal=timedelta(seconds=0.3),
    longest_refusal=timedelta(seconds=1),
    # The bot asks after a refusal, never because of the regular check.
    check_token_every=timedelta(hours=1),
    retry_slack=0.5,
)


class Refusing:
    """The bot from outside, its Slack, and its database."""

    def __init__(self, bot: Tocsin, slack: AnotherSlack, url: str) -> None:
        self.bot = bot
        self.slack = slack
        self.url = url
        self.opened = 0
        """How many escalations there are. This is also the number of the newest."""

    @property
    def db(self) -> Database:
        return self.bot.db

    def act(self, user: str = MEI) -> Act:
        return Act(Workspace(TEAM), UserId(user), Role.MANAGER, self.bot.time_source.now())

    def open(self, teams: Iterable[int]) -> Opened:
        """Open a P1 that pages these teams of the crowd."""
        named = tuple(f"crowd-{team}" for team in teams)
        self.opened += 1
        return an_incident(self.db, self.bot.policy, self.act(), teams=named)

    def pages(self, opened: Iterable[Opened] = ()) -> list[Page]:
        """Return the pages of these incidents, or all pages, in the order of their creation."""
        ids = [one.head.id for one in opened]
        with self.db.reading() as tx:
            rows = tx.all(select(Page).order_by(col(Page.created_at), col(Page.id)))
        return [row for row in rows if not ids or row.incident_id in ids]

    def runs(self, opened: Opened) -> list[PagingRun]:
        with self.db.reading() as tx:
            mine = col(PagingRun.incident_id) == opened.head.id
            return tx.all(select(PagingRun).where(mine))

    def deliveries(self, kind: DeliveryKind, about: str | None = None) -> list[Delivery]:
        """Return the deliveries of a kind. `about` limits them to a person or an incident."""
        wanted = col(Delivery.kind) == kind
        if about is not None:
            of_it = (col(Delivery.target) == about) | (col(Delivery.incident_id) == about)
            wanted = and_(wanted, of_it)
        with self.db.reading() as tx:
            return tx.all(select(Delivery).where(wanted).order_by(col(Delivery.id)))

    async def get(self, path: str) -> tuple[int, str]:
        async with (
            aiohttp.ClientSession() as session,
            session.get(self.url + path, timeout=aiohttp.ClientTimeout(total=20)) as answer,
        ):
            return answer.status, await answer.text()

    async def refused(self) -> list[str]:
        """Return the refusals that `/readyz` names. The process is ready in spite of them."""
        status, body = await self.get("/readyz")
        told = json.loads(body)
        assert (status, told["problems"]) == (200, []), body
        return list(told["refused"])

    async def all_paged(self, opened: Iterable[Opened], count: int) -> None:
        """Wait until Slack has taken `count` pages of these incidents."""
        ids = [one.head.id for one in opened]
        sent = select(func.count()).where(
            col(Page.sent_at).is_not(None), col(Page.incident_id).in_(ids)
        )

        def all_sent() -> bool:
            with self.db.reading() as tx:
                return bool(tx.execute(sent).scalar_one() >= count)

        await eventually(all_sent, f"not all of {count} pages went out")


@pytest.fixture(scope="session")
def crowd_policy(tmp_path_factory: pytest.TempPathFactory) -> Policy:
    path = tmp_path_factory.mktemp("crowd") / "policy.toml"
    path.write_text(shipped(crowd=CROWD))
    return load(path)


def described(policy: Policy) -> list[dict[str, object]]:
    names = {person["id"]: person for person in people(CROWD)}
    everyone = dict.fromkeys((*policy.people.values(), *names))
    return [{"id": user, "name": user.lower(), "tz": "UTC", "team_id": TEAM} for user in everyone]


def know_everyone(url: str, policy: Policy) -> None:
    """Store people with open direct messages, as an earlier process would.

    To open each of them takes a second a test.
    """
    workspace, db = Workspace(TEAM), Database(url)
    remember_people(db, policy, workspace, described(policy), datetime.now(UTC))
    of_the_policy = col(Person.user_id).in_(set(policy.people.values()))
    with db.transaction() as tx:
        tx.execute(update(Person).where(of_the_policy).values(dm_channel="D" + col(Person.user_id)))
    db.close()


@pytest.fixture
async def refusing(database_url: str, crowd_policy: Policy) -> AsyncIterator[Refusing]:
    """A bot that knows its people and has their direct messages."""
    policy = crowd_policy
    know_everyone(database_url, policy)
    listening = bound("127.0.0.1", 0)
    async with another_slack(described(policy)) as slack:
        environment = {
            "SLACK_BOT_TOKEN": "xoxb-another",
            "SLACK_SIGNING_SECRET": "secret",
            "SLACK_API_URL": slack.url,
            "DATABASE_URL": database_url,
            "HOST": "127.0.0.1",
            "PORT": str(listening.getsockname()[1]),
        }
        bot = Tocsin(read_settings(environment), policy, PACE)
        async with served(create_app(bot), listening) as url:
            stage = Refusing(bot, slack, url)
            await eventually(lambda: bot.people.complete)
            async with asyncio.timeout(60):
                # A process does not announce that it is ready, so the test asks again.
                while (await stage.get("/readyz"))[0] != 200:  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
            yield stage
