"""Gateways for tests on loopback: a real mail server and a real webhook."""

import asyncio
import email
import email.policy
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

from aiohttp import web
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Mailbox:
    """The mails that the server took. `refuses` and `hangs` set how it behaves."""

    port: int = 0
    envelopes: list[Envelope] = field(default_factory=list)
    refuses: bool = False
    asked: int = 0

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.asked += 1
        if self.refuses:
            return "451 try again later"
        self.envelopes.append(envelope)
        return "250 taken"

    @property
    def gateway(self) -> str:
        """Return the gateway as the gateways file has it."""
        address = f"mailto://127.0.0.1:{self.port}"
        return f"{address}?from=tocsin@example.com&mode=insecure&to={{to}}"

    def mails(self, to: str | None = None) -> list[EmailMessage]:
        found = [envelope for envelope in self.envelopes if to is None or to in envelope.rcpt_tos]
        return [_parsed(envelope) for envelope in found]

    def texts(self, to: str | None = None) -> list[str]:
        """Return the subject and text of each mail."""
        return [f"{mail['Subject']}\n{_text(mail)}" for mail in self.mails(to)]


def _parsed(envelope: Envelope) -> EmailMessage:
    content = envelope.content
    assert isinstance(content, bytes)
    return email.message_from_bytes(content, policy=email.policy.default)


def _text(mail: EmailMessage) -> str:
    part = mail.get_body(("plain", "html"))
    assert part is not None
    return str(part.get_content())


@asynccontextmanager
async def a_mailbox() -> AsyncIterator[Mailbox]:
    """A mail server that accepts everything."""
    box = Mailbox()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(box, hostname="127.0.0.1"), "127.0.0.1", 0)
    box.port = server.sockets[0].getsockname()[1]
    try:
        yield box
    finally:
        server.close()
        await server.wait_closed()


@dataclass
class Hook:
    """A webhook like those of SMS gateways. It can refuse, or keep callers waiting."""

    port: int = 0
    taken: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    refuses: bool = False
    waiting: int = 0
    open: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def gateway(self) -> str:
        return f"json://127.0.0.1:{self.port}/{{to}}?cto=60&rto=60"

    async def take(self, request: web.Request) -> web.Response:
        said = await request.json()
        self.waiting += 1
        await self.open.wait()
        self.waiting -= 1
        if self.refuses:
            return web.Response(status=500)
        self.taken.append((request.path, said))
        return web.Response()


@asynccontextmanager
async def a_hook() -> AsyncIterator[Hook]:
    """A webhook that accepts everything at once."""
    hook = Hook()
    hook.open.set()
    app = web.Application()
    app.router.add_post("/{rest:.*}", hook.take)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    hook.port = runner.addresses[0][1]
    try:
        yield hook
    finally:
        hook.open.set()
        await runner.cleanup()
