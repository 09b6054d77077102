"""A real request of every kind that Slack sends, recorded from one person's walk through the bot.

Each can be sent again as a new one, with its own key and about its own incident.
"""

import copy
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import urlencode

from sqlmodel import col, select

from bot.domain.act import Act, Role, Workspace
from bot.domain.controls import Button, Field, Form, Shortcut
from bot.domain.ids import TeamKey, UserId
from bot.domain.incidents.results import OpeningDraft
from bot.domain.incidents.severity import Severity
from bot.services.followups import tasks
from bot.services.incidents import lifecycle
from bot.services.incidents.opening import open_incident
from bot.store.access import requests
from bot.store.incidents import incident_rows
from bot.store.tables import Incident, Page, PagingRun, Reminder, Task
from handlers.forms.subjects import about_incident
from playground.state.records import Delivery, Message
from tests.fuzz.running import RunningBot
from tests.handlers.modals import block_of
from tests.waiting import eventually

Payload = dict[str, Any]
Subject = Callable[[], str]
_numbers = count(1)
RENEWED_EVERY = 4

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"


@dataclass(frozen=True)
class Specimen:
    """`kind` is the playground's name for the delivery. `subject` makes a new subject for it."""

    name: str
    kind: str
    payload: Payload
    subject: Subject | None = None
    last: list[str] = field(default_factory=list)

    async def renewed(self, bot: RunningBot) -> Payload:
        """Return it as a new request, now and then with a new subject."""
        payload = copy.deepcopy(self.payload)
        number = next(_numbers)
        if "trigger_id" in payload:
            user = payload.get("user_id") or payload["user"]["id"]
            payload["trigger_id"] = bot.slack.slack.triggers.issue(user)
        if "event_id" in payload:
            payload["event_id"] = f"Ev{number}"
        if "view" in payload and self.kind == "view_submission":
            payload["view"]["id"] = f"V{number}FUZZ"
        if self.subject is not None:
            if number % RENEWED_EVERY == 0 or not self.last:
                # On the writing thread, like every write: SQLite has one writer.
                self.last[:] = [await bot.tocsin.threads.write(self.subject)]
            self._about(payload, *self.last)
        return payload

    @staticmethod
    def _about(payload: Payload, subject: str) -> None:
        if "actions" not in payload:
            payload["view"]["private_metadata"] = subject
            return
        action = payload["actions"][0]
        chosen = action.get("selected_option", action)
        length, snoozed, _ = chosen.get("value", "").partition(":")
        chosen["value"] = f"{length}:{subject}" if snoozed else subject


def encoded(kind: str, payload: Any) -> tuple[bytes, str]:
    """Return the body as Slack sends this kind, with its content type.

    JSON stays ASCII, since a lone surrogate can come in that way.
    """
    if kind == "command":
        return urlencode(payload, errors="surrogatepass").encode(), FORM
    if kind.startswith("event"):
        return json.dumps(payload).encode(), JSON
    return urlencode({"payload": json.dumps(payload)}).encode(), FORM


class Things:
    """Makes the subjects of requests, through the services."""

    def __init__(self, bot: RunningBot) -> None:
        self.db, self.policy = bot.tocsin.db, bot.tocsin.policy
        self.time_source = bot.tocsin.time_source
        self.workspace = Workspace(bot.slack.slack.workspace.team_id)

    def act(self, user: str = "U0MEI") -> Act:
        return Act(self.workspace, UserId(user), Role.MANAGER, self.time_source.now())

    def incident(self, *teams: str) -> str:
        draft = OpeningDraft(
            title="For a specimen",
            severity=Severity.P2,
            category="harassment",
            teams=tuple(map(TeamKey, teams)),
        )
        return open_incident(self.db, self.policy, self.act(), draft).head.id

    def owned(self) -> str:
        made = self.incident()
        lifecycle.assign(self.db, self.act(), made, UserId("U0MEI"))
        return made

    def part(self) -> str:
        """Return the subject of a handover from an incident, for the owner."""
        return about_incident(self.owned())

    def resolved(self) -> str:
        made = self.incident()
        cause = next(iter(self.policy.root_causes))
        lifecycle.resolve(
            self.db, self.policy, self.act(), made, root_cause=cause, follow_up_days=()
        )
        return made

    @staticmethod
    def typed() -> str:
        return f"k{next(_numbers)}:{Severity.P2}:For a specimen"

    def page(self) -> str:
        made = self.incident("legal")
        return self._newest(Page, Page.incident_id, made)

    def run(self) -> str:
        made = self.incident("legal")
        return self._newest(PagingRun, PagingRun.incident_id, made)

    def task(self) -> str:
        made = self.incident()
        due = self.time_source.now().replace(year=self.time_source.now().year + 1)
        tasks.add_task(
            self.db, self.policy, self.act(), made, assignee=UserId("U0MEI"), text="x", due_at=due
        )
        return self._newest(Task, Task.incident_id, made)

    def reminder(self) -> str:
        due = self.time_source.now().replace(year=self.time_source.now().year + 1)
        tasks.add_reminder(self.db, self.act(), text="x", due_at=due)
        return self._newest(Reminder, Reminder.owner, "U0MEI")

    def row(self, incident_id: str) -> Incident:
        with self.db.reading() as tx:
            found = incident_rows.get(tx, incident_id)
        assert found is not None
        return found

    def number(self, incident_id: str) -> int:
        return self.row(incident_id).number

    def access(self, *, by_hand: bool = False) -> str:
        incident = self.row(self.incident())
        with self.db.transaction() as tx:
            made = requests.add(tx, incident, "U0TOM", self.time_source.now(), by_hand=by_hand)
        assert made is not None
        return made

    def added(self) -> str:
        return self.access(by_hand=True)

    def _newest(self, table: Any, column: Any, value: str) -> str:
        with self.db.reading() as tx:
            row = tx.first(select(table).where(col(column) == value).order_by(col(table.id).desc()))
        assert row is not None
        return str(row.id)


_PAGES = (Button.ACKNOWLEDGE, Button.CANNOT_TAKE, Button.HAND_OVER, Button.OPEN_CHANNEL)
_ENDED = (Button.CLOSE, Button.REOPEN)
_ACCESS = (Button.GRANT_ACCESS, Button.REFUSE_ACCESS)
_ADDED = (Button.KEEP_ADDED, Button.REMOVE_ADDED)
_TASKS = (Button.TASK_DONE, Button.TASK_SNOOZE, Button.TASK_HAND_OVER)
_REMINDERS = (
    Button.REMINDER_DONE,
    Button.REMINDER_SNOOZE,
    Button.REMINDER_STOP,
    Button.REMINDER_CHANGE,
    Button.REMINDER_CANCEL,
)
_SNOOZES = (Button.UPDATE_SNOOZE, Button.REMINDER_SNOOZE, Button.TASK_SNOOZE)


def _subject_of(button: Button, things: Things) -> Subject:
    if button in _PAGES:
        return things.page
    if button is Button.STEP_IN_FOR:
        return things.run
    if button in _ENDED:
        return things.resolved
    if button in (Button.OPEN_TYPED, Button.OPEN_AS):
        return things.typed
    if button in _ACCESS:
        return things.access
    if button in _ADDED:
        return things.added
    if button in _TASKS:
        return things.task
    if button in _REMINDERS:
        return things.reminder
    return things.incident


async def specimens(bot: RunningBot) -> list[Specimen]:
    """Walk through everything once, and return the requests that Slack sent meanwhile."""
    walk = _Walk(bot)
    await walk.commands()
    await walk.forms()
    walk.buttons(await walk.clicked())
    await walk.shortcuts()
    await walk.events()
    walk.others()
    await bot.settled()
    return walk.found


class _Walk:
    def __init__(self, bot: RunningBot) -> None:
        self.bot, self.things = bot, Things(bot)
        self.found: list[Specimen] = []
        self.mei = bot.person("mei")

    def _keep(self, name: str, delivery: Delivery | None, subject: Subject | None = None) -> None:
        assert delivery is not None
        assert delivery.error is None, (name, delivery)
        kind = delivery.type if delivery.kind == "interactive" else delivery.kind
        self.found.append(Specimen(name, kind, copy.deepcopy(delivery.payload), subject))

    async def commands(self) -> None:
        for text in ("open p2 A specimen", "", "note ESC-1 seen", "list", "reminders", "hlep"):
            outcome = await self.mei.command(f"/escalate {text}".strip(), "general")
            self._keep(f"command {text or 'alone'}", outcome.delivery)
        await self.mei.until_modal()

    async def forms(self) -> None:
        """Send the forms. The opening form is already open; commands and buttons open the rest."""
        view = self.mei.modal
        chosen = await self.mei.click_view(
            "category", "harassment", block_id=block_of(view, "category")
        )
        self._keep("choice of a category", chosen.delivery)
        await self.bot.settled()
        await self._sent(Form.OPEN, title="A specimen", category="harassment", severity="P2")
        things, cause = self.things, next(iter(self.things.policy.root_causes))
        await self._form("status", Form.STATUS, things.incident, note="seen")
        await self._form("severity", Form.SEVERITY, things.incident, severity="P1", note="seen")
        await self._sent(Form.RAISE, things.incident)
        await self._form("edit", Form.EDIT, things.incident, title="A corrected specimen")
        await self._form("page", Form.PAGE, things.incident, team="legal", why="read")
        due = "tomorrow 9:00"
        await self._form("task", Form.TASK, things.incident, text="x", person="U0TOM", due=due)
        await self._form("resolve", Form.RESOLVE, things.incident, root_cause=cause, note="x")
        owned = things.owned
        await self._form("handover", Form.HAND_OVER, things.part, owned, team="pr", summary="x")
        await self._form("reopen", Form.REOPEN, things.resolved, why="again", by=things.resolved)

    async def _form(
        self, verb: str, form: Form, subject: Subject, by: Subject | None = None, **fields: Any
    ) -> None:
        number = self.things.number(await self._made(by or self.things.incident))
        await self.mei.close_modal(all_views=True)
        await self.mei.command(f"/escalate {verb} ESC-{number}", "general")
        await self.mei.until_modal(lambda view: view.callback_id == form)
        await self._sent(form, subject, **fields)

    async def _made(self, subject: Subject) -> str:
        return await self.bot.tocsin.threads.write(subject)

    async def _sent(self, form: Form, subject: Subject | None = None, **fields: Any) -> None:
        view = self.mei.modal
        values = {block_of(view, name): {name: value} for name, value in fields.items()}
        sent = await self.mei.submit(values)
        assert sent.ok, (form, sent)
        self._keep(f"form {form}", sent.delivery, subject)

    async def clicked(self) -> Delivery:
        """Click on one of our answers, to get its payload."""
        shown = await self.mei.command("/escalate show ESC-1", "general")
        assert shown.message is not None
        outcome = await self.mei.click(shown.message, Button.TAKE_OWNERSHIP)
        assert outcome.delivery is not None
        return outcome.delivery

    def buttons(self, real: Delivery) -> None:
        for button in Button:
            payload = copy.deepcopy(real.payload)
            [action] = payload["actions"]
            action["action_id"] = button.value
            if button in _SNOOZES:
                action |= {"type": "overflow", "selected_option": {"value": "30m:x"}}
                del action["value"]
            self._about(payload, button)
            self.found.append(
                Specimen(
                    f"button {button}", "block_actions", payload, _subject_of(button, self.things)
                )
            )

    @staticmethod
    def _about(payload: Payload, button: Button) -> None:
        """Let the page's recipient answer it."""
        if button in _PAGES or button is Button.STEP_IN_FOR:
            payload["user"]["id"] = "U0PRIYA"

    async def shortcuts(self) -> None:
        said = await self.mei.say("Look at this", "general")
        outcome = await self.mei.shortcut(Shortcut.OPEN_FORM)
        self._keep("shortcut", outcome.delivery)
        message = said.message
        assert isinstance(message, Message)
        outcome = await self.mei.shortcut(Shortcut.ESCALATE_MESSAGE, message)
        self._keep("shortcut on a message", outcome.delivery)

    async def events(self) -> None:
        """Make the playground's own events, in the wrapping of one that it did send."""
        await self.mei.open_home()
        await self.bot.settled()
        [home, *_] = self.bot.slack.deliveries("event:app_home_opened")
        wrapped = home.payload
        space = self.bot.slack.slack
        person = space.shapes.person(space.workspace.people["U0TOM"])
        happened: Mapping[str, Payload] = {
            "app_home_opened": wrapped["event"],
            "app_mention": {"channel": "C0GENERAL", "user": "U0MEI", "ts": "1.1", "text": "hey"},
            "message": {"channel": "D1", "channel_type": "im", "user": "U0MEI", "text": "hey"},
            "reaction_added": {
                "user": "U0MEI",
                "reaction": "pushpin",
                "item_user": "U0TOM",
                "item": {"type": "message", "channel": await self._channel(), "ts": "1.1"},
            },
            "user_change": {"user": person},
            "team_join": {"user": person},
            "subteam_updated": {"subteam": {"id": "S0LEADS", "users": ["U0TOM"]}},
            "subteam_members_changed": {"subteam_id": "S0LEADS"},
            "member_joined_channel": {"user": "U0TOM", "channel": await self._channel()},
            "member_left_channel": {"user": "U0TOM", "channel": await self._channel()},
            "channel_archive": {"channel": "C0GENERAL", "user": "U0MEI"},
            "group_archive": {"channel": "C0GENERAL", "user": "U0MEI"},
            "channel_unarchive": {"channel": "C0GENERAL", "user": "U0MEI"},
            "group_unarchive": {"channel": "C0GENERAL", "user": "U0MEI"},
        }
        for kind, event in happened.items():
            payload = {**wrapped, "event": {**event, "type": kind}}
            self.found.append(Specimen(f"event {kind}", "event", copy.deepcopy(payload)))

    async def _channel(self) -> str:
        """Return an incident's channel. A pushpin has no effect elsewhere."""
        made = await self._made(self.things.incident)
        found = await eventually(lambda: self.things.row(made).channel_id, "no channel was made")
        return str(found)

    def others(self) -> None:
        """Make the requests that the walk through the playground does not produce."""
        sent = next(one for one in self.found if one.name == f"form {Form.STATUS}")
        things, view = self.things, sent.payload["view"]
        for form, subject, values in (
            (Form.CANNOT_TAKE, things.page, {"why": {"why": {"value": "on a plane"}}}),
            (
                Form.TASK_HAND_OVER,
                things.task,
                {"person": {"person": {"type": "users_select", "selected_user": "U0TOM"}}},
            ),
            (Form.REFUSE_ACCESS, things.access, {"why": {"why": {"value": "not yours"}}}),
            (
                Form.REMINDER,
                things.reminder,
                {"due": {"due": {"value": "tomorrow 9:00"}}, "text": {"text": {"value": "x"}}},
            ),
            (Form.DECISION, things.incident, _a_decision(things)),
        ):
            payload = copy.deepcopy(sent.payload)
            blocks = [{"type": "input", "block_id": name} for name in values]
            payload["view"] = {
                **view,
                "callback_id": form.value,
                "state": {"values": values},
                "blocks": blocks,
            }
            if form is Form.CANNOT_TAKE:
                payload["user"]["id"] = "U0PRIYA"
            self.found.append(Specimen(f"form {form}", "view_submission", payload, subject))
        closed = {**sent.payload, "type": "view_closed", "is_cleared": False}
        del closed["trigger_id"]
        self.found.append(Specimen("view closed", "view_closed", closed))
        dialed = {**closed, "type": "block_suggestion", "action_id": "x", "value": "y"}
        self.found.append(Specimen("suggestion", "block_suggestion", dialed))
        check = {"type": "url_verification", "token": "t", "challenge": "c"}
        self.found.append(Specimen("verification", "event", check))


def _a_decision(things: Things) -> Payload:
    policy = things.policy
    texts = (Field.SCOPE, Field.CLAUSE, Field.POLICY_VERSION, Field.RATIONALE, Field.DISSENT)
    action, precedent = next(iter(policy.actions)), next(iter(policy.precedents))
    values: Payload = {name.value: {name.value: {"value": "x"}} for name in texts}
    values["actions"] = {"actions": {"selected_options": [{"value": action}]}}
    values["approvers"] = {"approvers": {"selected_users": ["U0PRIYA"]}}
    values["precedent"] = {"precedent": {"selected_option": {"value": precedent}}}
    return values
