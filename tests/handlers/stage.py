"""The listeners in a real Bolt app on loopback, with a playground as Slack and a real database.

There is no relay. Messages wait in the outbox, where a test can look at them.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import aiohttp
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from sqlmodel import col, select
from starlette.requests import Request
from starlette.responses import Response

import handlers
from bot.concurrency.threads import Threads
from bot.domain.act import Workspace
from bot.domain.incidents.results import Opened
from bot.domain.incidents.views import Details
from bot.policy import Policy
from bot.render.manifest import manifest
from bot.render.wording import Wording
from bot.services.channels import channel as channels_channel
from bot.services.incidents import queries
from bot.services.incidents.opening import open_incident
from bot.services.people import directory
from bot.services.people.directory import Described
from bot.slack.response_url import ResponseUrls
from bot.store.access import participants
from bot.store.database import Database
from bot.store.tables import Delivery, Incident
from bot.time_source import TimeSource
from handlers.background import BackgroundTasks
from handlers.http.door import Door
from handlers.http.timed_app import TimedApp
from handlers.http.wellformed import WellFormed
from handlers.shell import Shell
from playground.driver import Person, texts
from playground.state.records import Message
from playground.testing import RunningPlayground, running_playground
from tests.factories import NOON, WORKSPACE, a_draft, an_act, people
from tests.serving import door, served

SECRET = "decafbaddecafbaddecafbaddecafbad"
WORKING = "Working on it"
TOKEN = "xoxb-playground"
GUEST, STRANGER, NEWCOMER, BYSTANDER = "U0GUS", "U0EXT", "U0NEW", "U0NICK"
HOME_URL = "https://harbour.slack.example/"


class StillClock(TimeSource):
    """Time stands still until a test moves it."""

    def __init__(self) -> None:
        super().__init__()
        self.moment = NOON

    def now(self) -> datetime:
        return self.moment

    def advance(self, **by: float) -> None:
        self.moment += timedelta(**by)


def workspace_of(policy: Policy) -> dict[str, Any]:
    known: list[dict[str, Any]] = [
        {"name": name, "id": user} for name, user in policy.people.items()
    ]
    others: list[dict[str, Any]] = [
        {"name": "gus", "id": GUEST, "is_restricted": True},
        {"name": "ext", "id": STRANGER, "is_stranger": True},
        {"name": "new", "id": NEWCOMER},
        {"name": "nick", "id": BYSTANDER},
    ]
    everyone = [person["name"] for person in [*known, *others]]
    return {
        "team": {"id": WORKSPACE.team_id, "name": "Harbour", "domain": "harbour"},
        "people": [*known, *others],
        "channels": [
            {"name": "general", "id": "C0GENERAL", "members": everyone},
            {"name": "esc-1", "id": "C0ESC1", "members": everyone},
        ],
    }


# No repr of the fields: asyncio writes out what a fixture returned, with the whole policy.
@dataclass(repr=False)
class Stage:
    slack: RunningPlayground
    db: Database
    policy: Policy
    shell: Shell
    clock: StillClock
    web: AsyncWebClient
    url: str
    asked_for: list[str] = field(default_factory=list)
    roles_known: bool = True
    dropped: int = 0

    def event_dropped(self) -> None:
        self.dropped += 1

    def person(self, name: str) -> Person:
        return self.slack.person(name)

    async def command(self, who: str, text: str, channel: str = "general") -> str:
        """Return the answer to `/escalate <text>` as the person reads it; '' if there is none."""
        said = await self.answered_at_once(who, text, channel)
        if said.startswith(WORKING):
            # On a busy machine the answer itself comes later.
            await self.settled()
            said = texts(self.person(who).sees(channel)[-1])
        return said

    async def answered_at_once(self, who: str, text: str, channel: str = "general") -> str:
        outcome = await self.person(who).command(f"/escalate {text}".strip(), channel)
        assert outcome.ok, (text, outcome.error)
        return texts(outcome.message) if outcome.message else ""

    async def answer_to_click(self, who: str, message: Message, button: str, **more: Any) -> str:
        """Return the answer to a click as the person reads it, or '' if there is no new one."""
        before = self.slack.messages(message.channel)
        outcome = await self.person(who).click(message, button, **more)
        assert outcome.ok, (button, outcome.error)
        await self.settled()
        after = self.slack.messages(message.channel)
        new = [one for one in after if one.ts not in {old.ts for old in before}]
        return "\n".join(texts(one) for one in new)

    async def settled(self) -> None:
        await self.slack.settled()
        await self.shell.tasks.settled()

    def opened(self, by: str | None = None, **changes: Any) -> Opened:
        """Open an incident directly, without a command."""
        act = an_act(by) if by else an_act()
        return open_incident(self.db, self.policy, act, a_draft(**changes))

    def in_channel(self, opened: Opened, channel: str = "C0ESC1") -> None:
        """Store that the incident's channel exists."""
        with self.db.transaction() as tx:
            channels_channel.channel_made(tx, an_act(), opened.head.id, channel, "esc-1")

    def invited(self, opened: Opened) -> list[str]:
        with self.db.reading() as tx:
            return participants.participants(tx, opened.head.id)

    def details(self, incident_id: str, user: str | None = None) -> Details:
        act = an_act(user) if user else an_act()
        return queries.details(self.db, act, incident_id, None)

    def incidents(self) -> list[Incident]:
        with self.db.reading() as tx:
            return tx.all(select(Incident).order_by(col(Incident.number)))

    def deliveries(self, kind: str) -> list[Delivery]:
        with self.db.reading() as tx:
            rows = tx.all(select(Delivery).order_by(col(Delivery.id)))
        return [row for row in rows if row.kind.value == kind]

    async def post(
        self, blocks: list[dict[str, Any]], text: str = "for you", channel: str = "C0GENERAL"
    ) -> Message:
        """Post a message of the bot, as the relay would."""
        rooms = self.slack.slack.rooms
        place = self.slack.channel(channel)
        if self.slack.slack.app.user_id not in place.members:
            rooms.add_member(place, self.slack.slack.app.user_id)
        posted = await self.web.chat_postMessage(channel=channel, text=text, blocks=blocks)
        return next(m for m in self.slack.messages(channel) if m.ts == posted["ts"])


@contextlib.asynccontextmanager
async def a_stage(db: Database, wording: Wording) -> AsyncIterator[Stage]:
    policy = wording.policy
    people(
        db,
        policy,
        **{GUEST: {"is_restricted": True}, STRANGER: {"is_stranger": True}, BYSTANDER: {}},
    )
    async with (
        running_playground(
            workspace=workspace_of(policy), manifest=manifest(request_url="http://127.0.0.1/")
        ) as slack,
        aiohttp.ClientSession() as session,
    ):
        web = AsyncWebClient(
            token=TOKEN, base_url=slack.api_url, session=session, retry_handlers=[]
        )
        clock, asked = StillClock(), list[str]()

        async def fetch_person(workspace: Workspace, user: str) -> Described:
            asked.append(user)
            try:
                found = await web.users_info(user=user)
            except SlackApiError as error:
                unknown = error.response["error"] == "user_not_found"
                return Described.NOT_KNOWN if unknown else Described.NO_ANSWER
            directory.remember_people(db, policy, workspace, [found["user"]], clock.now())
            return Described.STORED

        shell = Shell(
            db=db,
            policy=policy,
            wording=wording,
            time_source=clock,
            threads=Threads(
                one_writer=db.is_sqlite, together=db.together if db.is_sqlite else None
            ),
            fetch_person=fetch_person,
            tasks=BackgroundTasks(),
            roles_known=lambda: stage.roles_known,
            on_events_dropped=lambda: stage.event_dropped(),
        )
        app = a_bolt_app(shell, slack.api_url, session)
        async with serving(app) as url:
            slack.send_to(url)
            stage = Stage(slack, db, policy, shell, clock, web, url, asked)
            yield stage
            await stage.settled()
        shell.threads.close()


def a_bolt_app(shell: Shell, api_url: str, session: aiohttp.ClientSession) -> AsyncApp:
    async def authorize(enterprise_id: str | None) -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=WORKSPACE.team_id,
            url=HOME_URL,
            bot_token=TOKEN,
            bot_user_id="U0BOT",
            bot_id="B00000001",
        )

    app = TimedApp(
        lambda *_: None,
        ResponseUrls(session, api_url).post,
        client=AsyncWebClient(token=TOKEN, base_url=api_url, session=session, retry_handlers=[]),
        signing_secret=SECRET,
        before_authorize=WellFormed(),
        authorize=authorize,
        process_before_response=True,
    )
    handlers.register(app, shell)
    return app


@contextlib.asynccontextmanager
async def serving(app: AsyncApp) -> AsyncIterator[str]:
    async def endpoint(request: Request) -> Response:
        return await Door(app, SECRET).receive(request)

    async with served(door("/slack/events", endpoint)) as base:
        yield f"{base}/slack/events"
