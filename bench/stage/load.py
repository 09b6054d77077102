"""The load generator, in its own process. It reads orders and writes figures as JSON lines.

An order has `url`, `secret`, `team`, `user` and `connections`, and either `seconds` or `each`. With
`seconds`, each connection sends one command after another for that long, after `warm` seconds that
do not count. With `pace` as well, all connections together send that many commands a second, each
at its time. With `each`, each connection sends that many commands, all connections at once. `text`
is the command's text. `{n}` in it becomes a number that is never used twice. The answer must
contain `expect`.
"""

import asyncio
import hashlib
import hmac
import itertools
import json
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import aiohttp

_numbers = itertools.count(1)


@dataclass
class Measured:
    """The figures of one order. Moments are of the monotonic clock, which processes share."""

    latencies: list[float] = field(default_factory=list)
    sent_at: dict[int, float] = field(default_factory=dict)
    failed: int = 0


class Sender:
    """Signs and sends commands."""

    def __init__(self, order: Mapping[str, Any], session: aiohttp.ClientSession) -> None:
        self._order = order
        self._session = session
        self._secret = str(order["secret"]).encode()
        self._expect = str(order.get("expect", "")).encode()
        self.measured = Measured()

    async def one(self, *, counts: bool = True) -> None:
        """Send one command. It is signed before the clock starts."""
        number = next(_numbers)
        body = self._body(number)
        headers = self._signed(body)
        begun = time.monotonic()
        async with self._session.post(self._order["url"], data=body, headers=headers) as response:
            answer = await response.read()
        took = time.monotonic() - begun
        if response.status != 200 or self._expect not in answer:
            self.measured.failed += 1
        elif counts:
            self.measured.latencies.append(took)
            self.measured.sent_at[number] = begun

    def _body(self, number: int) -> bytes:
        return urlencode(
            {
                "token": "t",
                "team_id": self._order["team"],
                "team_domain": "bench",
                "channel_id": "C0GENERAL",
                "channel_name": "general",
                "user_id": self._order["user"],
                "user_name": "someone",
                "command": "/escalate",
                "text": str(self._order["text"]).replace("{n}", str(number)),
                "api_app_id": "A0BENCH",
                "is_enterprise_install": "false",
                "response_url": "http://127.0.0.1:1/commands/none",
                "trigger_id": f"{number}.{time.time_ns()}.bench",
            }
        ).encode()

    def _signed(self, body: bytes) -> dict[str, str]:
        stamp = str(int(time.time()))
        base = f"v0:{stamp}:".encode() + body
        made = hmac.new(self._secret, base, hashlib.sha256).hexdigest()
        return {
            "content-type": "application/x-www-form-urlencoded",
            "x-slack-request-timestamp": stamp,
            "x-slack-signature": f"v0={made}",
        }


async def carry_out(order: Mapping[str, Any]) -> dict[str, Any]:
    """Carry out one order and return the figures."""
    connections = int(order["connections"])
    connector = aiohttp.TCPConnector(limit=connections)
    async with aiohttp.ClientSession(connector=connector) as session:
        sender = Sender(order, session)
        await _connect(session, str(order["healthy"]), connections)
        if "each" in order:
            spent = await _at_once(sender, connections, int(order["each"]))
        elif "pace" in order:
            spent = await _at_a_pace(sender, order["pace"], order["seconds"])
        else:
            spent = await _for_a_time(sender, connections, order["seconds"], order["warm"])
    measured = sender.measured
    return {
        "latencies": measured.latencies,
        "sent_at": measured.sent_at,
        "failed": measured.failed,
        "seconds": spent,
    }


async def _connect(session: aiohttp.ClientSession, url: str, connections: int) -> None:
    """Open the connections, so that the measurement uses kept-alive ones."""

    async def once() -> None:
        async with session.get(url) as response:
            await response.read()

    await asyncio.gather(*(once() for _ in range(connections)))


async def _at_once(sender: Sender, connections: int, each: int) -> float:
    async def several() -> None:
        for _ in range(each):
            await sender.one()

    begun = time.monotonic()
    await asyncio.gather(*(several() for _ in range(connections)))
    return time.monotonic() - begun


async def _at_a_pace(sender: Sender, pace: float, seconds: float) -> float:
    """Send at fixed moments, even if the last command has no answer yet."""
    begun = time.monotonic()

    async def at(moment: float) -> None:
        await asyncio.sleep(moment - time.monotonic())
        await sender.one()

    await asyncio.gather(*(at(begun + number / pace) for number in range(int(seconds * pace))))
    return time.monotonic() - begun


async def _for_a_time(sender: Sender, connections: int, seconds: float, warm: float) -> float:
    begun = time.monotonic()
    counting, ending = begun + warm, begun + warm + seconds

    async def until_the_end() -> None:
        while (now := time.monotonic()) < ending:
            await sender.one(counts=now >= counting)

    await asyncio.gather(*(until_the_end() for _ in range(connections)))
    return time.monotonic() - counting


def main() -> None:
    """Serve orders until the end of the input."""
    for line in sys.stdin:
        print(json.dumps(asyncio.run(carry_out(json.loads(line)))), flush=True)


if __name__ == "__main__":
    main()
