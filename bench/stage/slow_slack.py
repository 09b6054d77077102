"""A slow Slack. It answers every call after a fixed delay, and logs it.

`python -m bench.stage.slow_slack PORT`. It implements the calls of the worker and checks nothing;
the playground is the model of Slack. It starts without delay, so that a bot can introduce itself.
`POST /delay` sets the milliseconds, `GET /log` returns the answered calls, `POST /clear` deletes
them. Only the bench uses it.
"""

import asyncio
import itertools
import json
import re
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import uvicorn

TEAM = "T00000001"
_CAST = Path(__file__).resolve().parents[2] / "bot" / "demo" / "workspace.json"
_TAG = re.compile(rb"bench-(\d+)")

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class SlowSlack:
    """The workspace, with just enough in it to page people."""

    def __init__(self) -> None:
        cast = json.loads(_CAST.read_text())
        self._members = [{**person, "team_id": TEAM} for person in cast["people"]]
        self._numbers = itertools.count(1)
        self.delay = 0.0
        self.log: list[tuple[float, str, str, int]] = []

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        body = await _read(receive)
        path = str(scope["path"])
        if path.startswith("/api/"):
            given = {**_arguments(scope["query_string"]), **_arguments(body)}
            answer = await self._call(path.removeprefix("/api/"), given, body)
        else:
            answer = self._control(path, body)
        payload = json.dumps(answer).encode()
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(payload)).encode()),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": payload})

    def _control(self, path: str, body: bytes) -> Any:
        match path:
            case "/delay":
                self.delay = float(body) / 1_000
            case "/clear":
                self.log.clear()
            case "/log":
                return self.log
            case _:
                pass
        return []

    async def _call(self, method: str, given: Mapping[str, Any], body: bytes) -> Mapping[str, Any]:
        if self.delay:
            await asyncio.sleep(self.delay)
        answer = self._answer(method, given)
        tag = _TAG.search(body)
        channel = str(given.get("channel") or given.get("users") or "")
        self.log.append((time.monotonic(), method, channel, int(tag.group(1)) if tag else 0))
        return {"ok": True, **answer}

    def _answer(self, method: str, given: Mapping[str, Any]) -> Mapping[str, Any]:
        match method:
            case "auth.test":
                return {"team_id": TEAM, "user_id": "U0BOT", "bot_id": "B0BOT"}
            case "users.list":
                return {"members": self._members}
            case "users.info":
                return {"user": {"id": given["user"], "name": "somebody", "team_id": TEAM}}
            case "usergroups.users.list":
                return {"users": []}
            case "conversations.open":
                return {"channel": {"id": f"D{str(given['users'])[1:]}"}}
            case "conversations.create":
                number = next(self._numbers)
                return {"channel": {"id": f"C{number:08}", "name": given.get("name")}}
            case "conversations.history" | "conversations.replies":
                return {"messages": []}
            case "users.conversations":
                return {"channels": []}
            case "chat.postMessage":
                ts = f"{time.time():.0f}.{next(self._numbers):06}"
                return {"channel": given.get("channel"), "ts": ts}
            case "chat.update":
                return {"channel": given.get("channel"), "ts": given.get("ts")}
            case _:
                return {}


async def _read(receive: Receive) -> bytes:
    body = b""
    while True:
        message = await receive()
        chunk: bytes = message.get("body", b"")
        body += chunk
        if not message.get("more_body"):
            return body


def _arguments(body: bytes) -> Mapping[str, Any]:
    if body.startswith(b"{"):
        given: Mapping[str, Any] = json.loads(body)
        return given
    return dict(parse_qsl(body.decode()))


if __name__ == "__main__":
    uvicorn.run(
        SlowSlack(),
        host="127.0.0.1",
        port=int(sys.argv[1]),
        log_config=None,
        access_log=False,
        lifespan="off",
    )
