"""A Slack that is not the playground: it answers, keeps a list, and refuses on demand.

It shares no code with the playground and knows no rules of Slack, so it cannot repeat the
playground's mistakes. A channel's id follows from its name (`esc-7`: `CESC7`), and a direct
message's from its person (`U0TOM`: `DU0TOM`). So a test can refuse a place before it exists.
"""

import itertools
import json
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

BOT = "U0BOT"
TEAM = "T0OTHER"
Args = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A code for one method (`*`: all). It may be limited to one person or these arguments."""

    code: str
    method: str = "*"
    user: str | None = None
    args: tuple[tuple[str, str], ...] = ()

    def meets(self, method: str, args: Args) -> bool:
        if self.method not in ("*", method):
            return False
        if any(args.get(name) != value for name, value in self.args):
            return False
        named = {str(args.get("user")), str(args.get("user_id")), *_many(args.get("users"))}
        return self.user is None or self.user in named or args.get("channel") == f"D{self.user}"


@dataclass(frozen=True, slots=True)
class Call:
    method: str
    args: Args
    code: str | None
    at: float


@dataclass(frozen=True, slots=True)
class Post:
    """A message that was accepted."""

    channel: str
    ts: str
    said: str
    delivery: str | None


@dataclass
class AnotherSlack:
    people: dict[str, dict[str, Any]] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    members: dict[str, list[str]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    url: str = ""
    _stamps: Callable[[], int] = field(default=itertools.count(1).__next__)

    def refuse(
        self, code: str, method: str = "*", *, user: str | None = None, **args: str
    ) -> Refusal:
        """Answer with this code from now on."""
        refusal = Refusal(code, method, user, tuple(args.items()))
        self.refusals.append(refusal)
        return refusal

    def heal(self) -> None:
        self.refusals.clear()

    def called(self, method: str, **args: str) -> list[Call]:
        return [
            call
            for call in self.calls
            if call.method == method and all(call.args.get(k) == v for k, v in args.items())
        ]

    def told(self, user: str) -> list[Post]:
        """Return the messages in a person's direct message."""
        return [post for post in self.posts if post.channel == f"D{user}"]

    # Answers

    async def answer(self, request: web.Request) -> web.Response:
        method, args = request.match_info["method"], await _args(request)
        refusal = next((one for one in self.refusals if one.meets(method, args)), None)
        code = refusal.code if refusal else None
        self.calls.append(Call(method, args, code, time.monotonic()))
        if code is not None:
            return web.json_response({"ok": False, "error": code})
        said = getattr(self, f"_{method.replace('.', '_')}", _nothing)(args)
        return web.json_response({"ok": "error" not in said, **said})

    def _auth_test(self, _args: Args) -> dict[str, Any]:
        return {"user_id": BOT, "team_id": TEAM, "bot_id": "B0BOT", "url": "https://x.slack.com/"}

    def _users_list(self, _args: Args) -> dict[str, Any]:
        return {"members": list(self.people.values())}

    def _users_info(self, args: Args) -> dict[str, Any]:
        user = self.people.get(str(args.get("user")))
        return {"user": user} if user else {"error": "user_not_found"}

    def _usergroups_users_list(self, _args: Args) -> dict[str, Any]:
        return {"users": []}

    def _conversations_open(self, args: Args) -> dict[str, Any]:
        [user] = _many(args.get("users"))
        return {"channel": {"id": f"D{user}"}}

    def _conversations_create(self, args: Args) -> dict[str, Any]:
        name = str(args["name"])
        channel = "C" + name.upper().replace("-", "")
        if channel in self.names:
            return {"error": "name_taken"}
        self.names[channel], self.members[channel] = name, [BOT]
        return {"channel": {"id": channel, "name": name}}

    def _conversations_invite(self, args: Args) -> dict[str, Any]:
        channel = str(args["channel"])
        self.members.setdefault(channel, [BOT]).extend(_many(args.get("users")))
        return {"channel": {"id": channel}}

    def _conversations_members(self, args: Args) -> dict[str, Any]:
        return {"members": self.members.get(str(args["channel"]), [])}

    def _users_conversations(self, _args: Args) -> dict[str, Any]:
        channels = [{"id": key, "name": name, "creator": BOT} for key, name in self.names.items()]
        return {"channels": channels}

    def _conversations_history(self, args: Args) -> dict[str, Any]:
        return {
            "messages": [
                {"ts": post.ts, "metadata": {"event_payload": {"id": post.delivery}}}
                for post in self.posts
                if post.channel == args.get("channel")
            ]
        }

    _conversations_replies = _conversations_history

    def _chat_postMessage(self, args: Args) -> dict[str, Any]:  # noqa: N802 - as Slack calls it
        channel, ts = str(args["channel"]), f"{1_700_000_000 + self._stamps()}.000100"
        metadata = args.get("metadata") or {}
        payload = (json.loads(metadata) if isinstance(metadata, str) else metadata) or {}
        delivery = payload.get("event_payload", {}).get("id")
        said = json.dumps([args.get("text"), args.get("blocks")])
        self.posts.append(Post(channel, ts, said, delivery))
        return {"channel": channel, "ts": ts}

    def _chat_update(self, args: Args) -> dict[str, Any]:
        return {"channel": args["channel"], "ts": args["ts"]}


def _nothing(_args: Args) -> dict[str, Any]:
    return {}


def _many(users: Any) -> list[str]:
    return users.split(",") if isinstance(users, str) else list(users or ())


async def _args(request: web.Request) -> dict[str, Any]:
    args: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        return args | (await request.json() or {})
    return args | dict(await request.post())


@asynccontextmanager
async def another_slack(people: list[dict[str, Any]]) -> AsyncIterator[AnotherSlack]:
    """Serve one on loopback, with these people in it."""
    slack = AnotherSlack({person["id"]: person for person in people})
    app = web.Application()
    app.router.add_route("*", "/api/{method}", slack.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    slack.url = f"http://{host}:{port}/api/"
    try:
        yield slack
    finally:
        await runner.cleanup()
