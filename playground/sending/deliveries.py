"""Sends to the app: over signed HTTP, or by Socket Mode while a socket is open."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import time
from typing import Any
from urllib.parse import urlencode

import aiohttp

from playground.config import PlaygroundConfig
from playground.sending.signing import signature
from playground.sending.socket_mode import Envelope, SocketHub, SocketLost
from playground.state.records import Delivery, DeliveryKind, Json
from playground.state.workspace import Workspace

#: Seconds before the first, second and third retry of an event.
RETRY_AFTER = (0.0, 60.0, 300.0)

_SOCKET_TYPES: dict[DeliveryKind, str] = {
    "command": "slash_commands",
    "interactive": "interactive",
    "event": "events_api",
}


class Deliveries:
    """Logs each attempt as one entry of the delivery log, whatever the outcome."""

    def __init__(self, config: PlaygroundConfig, workspace: Workspace, sockets: SocketHub) -> None:
        self.config = config
        self.workspace = workspace
        self.sockets = sockets
        self._session: aiohttp.ClientSession | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def send(self, kind: DeliveryKind, name: str, user: str, payload: Json) -> Delivery:
        """Send a command or interaction once, and return it with the answer."""
        return await self._attempt(self._entry(kind, name, user, payload))

    def send_event(self, wrapped: Json, user: str) -> None:
        """Send an event in the background, with retries."""
        entry = self._entry("event", f"event:{wrapped['event']['type']}", user, wrapped)
        self._spawn(entry)

    async def again(self, seq: int) -> Delivery | None:
        """Send the same payload once more, as a proxy or an impatient person would."""
        first = next((entry for entry in self.workspace.delivery_log if entry.seq == seq), None)
        if first is None:
            return None
        entry = self._entry(first.kind, first.type, first.user, first.payload)
        entry.redelivery_of = seq
        if first.kind == "event":
            entry.attempt, entry.retry_reason = 1, "http_timeout"
        return await self._attempt(entry)

    async def verify_url(self) -> bool:
        """Send Slack's `url_verification`. The app must echo the challenge."""
        challenge = f"challenge-{self.workspace.next_number('challenge')}"
        payload = {"type": "url_verification", "token": "playground", "challenge": challenge}
        entry = await self.send("event", "url_verification", "", payload)
        echoed = entry.answer
        if isinstance(echoed, dict):
            echoed = echoed.get("challenge")
        return entry.error is None and echoed == challenge

    async def settled(self) -> None:
        """Wait until every event in flight is answered or given up."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    def _spawn(self, entry: Delivery) -> None:
        task = asyncio.create_task(self._until_accepted(entry))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _entry(self, kind: DeliveryKind, name: str, user: str, payload: Json) -> Delivery:
        seq = self.workspace.next_number("delivery")
        return Delivery(seq=seq, at=time.time(), kind=kind, type=name, user=user, payload=payload)

    async def _until_accepted(self, entry: Delivery) -> None:
        await self._attempt(entry)
        for number, wait in enumerate(RETRY_AFTER, start=1):
            if entry.error in (None, "no_retry", "no_endpoint"):
                return
            await asyncio.sleep(wait * self.config.retry_scale)
            entry = dataclasses.replace(
                entry,
                seq=self.workspace.next_number("delivery"),
                at=time.time(),
                attempt=number,
                retry_reason=_retry_reason(entry),
                status=None,
                error=None,
                answer=None,
            )
            await self._attempt(entry)

    async def _attempt(self, entry: Delivery) -> Delivery:
        started = time.monotonic()
        if self.sockets.is_open:
            await self._over_socket(entry)
        elif self.config.app_url is not None:
            await self._over_http(entry, self.config.app_url)
        else:
            entry.via, entry.error = "none", "no_endpoint"
        entry.took = time.monotonic() - started
        self.workspace.log_delivery(entry)
        return entry

    async def _over_socket(self, entry: Delivery) -> None:
        entry.via = "socket"
        envelope = Envelope(
            type=_SOCKET_TYPES[entry.kind],
            payload=entry.payload,
            accepts_response_payload=entry.kind != "event",
            retry_attempt=entry.attempt,
            retry_reason="timeout" if entry.attempt else "",
        )
        try:
            entry.answer = await self.sockets.deliver(envelope, self.config.ack_deadline)
        except TimeoutError:
            entry.error = "operation_timeout"
        except SocketLost:
            entry.error = "dispatch_failed"

    async def _over_http(self, entry: Delivery, url: str) -> None:
        body, content_type = _encoded(entry)
        timestamp = str(int(time.time()))
        headers = {
            "Content-Type": content_type,
            "User-Agent": "Slackbot 1.0 (playground)",
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature(self.config.signing_secret, timestamp, body),
        }
        if entry.attempt:
            headers["X-Slack-Retry-Num"] = str(entry.attempt)
            headers["X-Slack-Retry-Reason"] = entry.retry_reason or "unknown_error"
        timeout = aiohttp.ClientTimeout(total=self.config.ack_deadline)
        try:
            async with self._http().post(
                url, data=body, headers=headers, timeout=timeout
            ) as response:
                entry.status = response.status
                entry.answer = _decoded(await response.read())
                if not 200 <= response.status < 300:
                    entry.error = "dispatch_failed"
                    if response.headers.get("X-Slack-No-Retry") == "1":
                        entry.error = "no_retry"
        except TimeoutError:
            entry.error = "operation_timeout"
        except aiohttp.ClientError:
            entry.error = "dispatch_failed"

    def _http(self) -> aiohttp.ClientSession:
        if self._session is None:
            # Shorter than any server's idle timeout, so no connection is reused while it closes.
            connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=2.0)
            self._session = aiohttp.ClientSession(connector=connector)
        return self._session


def _encoded(entry: Delivery) -> tuple[bytes, str]:
    form = "application/x-www-form-urlencoded"
    if entry.kind == "command":
        return urlencode(entry.payload).encode(), form
    raw = json.dumps(entry.payload, ensure_ascii=False)
    if entry.kind == "interactive":
        return urlencode({"payload": raw}).encode(), form
    return raw.encode(), "application/json"


def _decoded(body: bytes) -> Any:
    """Decode JSON, or else return text; None for an empty body."""
    if not body.strip():
        return None
    text = body.decode(errors="replace")
    try:
        return json.loads(text)
    except ValueError:
        return text


def _retry_reason(entry: Delivery) -> str:
    if entry.error == "operation_timeout":
        return "http_timeout"
    return "http_error" if entry.status is not None else "connection_failed"
