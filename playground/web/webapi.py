"""`/api/<method>`: checks arguments, token, scopes, rates and faults, then runs the method."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from playground.api import (
    chat,
    conversations,
    history,
    marks,
    membership,
    people,
    session,
    views,
)
from playground.api.arguments import Arguments
from playground.api.facts import KNOWN, NOT_MODELLED, check_scopes, require
from playground.api.registry import METHODS
from playground.facade import Playground
from playground.state.records import ApiCall, Json
from playground.web.faults import FaultKind, FaultRule
from playground.web.refusal import Refusal

#: Importing a module registers its methods.
MODULES = (chat, conversations, history, marks, membership, people, session, views)

_NEEDS_APP_TOKEN = frozenset({"apps.connections.open"})
_NEEDS_NO_TOKEN = frozenset({"api.test"})

#: The server puts functions into the scope under these names. They end the connection: by a reset,
#: or in good order.
ABORT = "playground.abort"
CLOSE = "playground.close"


async def endpoint(request: Request) -> Response:
    slack: Playground = request.app.state.playground
    method = request.path_params["method"]
    try:
        given = await _given(request)
    except Refusal as refusal:
        return JSONResponse(refusal.body())
    return await Answering(slack, method, given, request).answer()


class Answering:
    """Answers one call."""

    def __init__(
        self, slack: Playground, method: str, given: dict[str, Any], request: Request
    ) -> None:
        self.slack = slack
        self.method = method
        self.request = request
        self.token = _token(request, given)
        self.given = {name: value for name, value in given.items() if name != "token"}
        self.args = Arguments(self.given)

    async def answer(self) -> Response:
        delay = self.slack.faults.delay(self.method)
        if delay:
            await self._idle(delay)
        wait = self._rate_limited()
        if wait is not None:
            self._log({"ok": False, "error": "ratelimited"}, status=429)
            return _too_many(wait)
        fault = self.slack.faults.strike(self.method, self.given)
        if fault is None:
            body = self._carry_out()
            self._log(body)
            return JSONResponse(body, headers=self._headers())
        return await self._fail(fault)

    def _carry_out(self) -> Json:
        """Run the method and return its answer. A refusal is an answer too."""
        try:
            self._admit()
            require(self.method, self.args)
            slack = self.slack
            check_scopes(self.method, self.args, slack.workspace, slack.manifest)
            return {"ok": True, **METHODS[self.method](slack, self.args)}
        except Refusal as refusal:
            return refusal.body()

    def _admit(self) -> None:
        """Raise Refusal unless the method exists and this token may call it."""
        if self.method.startswith(NOT_MODELLED):
            detail = f"{self.method} is not modelled by the playground: it keeps no files"
            raise Refusal("not_implemented", detail=detail)
        if self.method not in KNOWN:
            raise Refusal("unknown_method", req_method=self.method)
        if self.method in _NEEDS_NO_TOKEN:
            return
        app = self.slack.app
        if not self.token:
            raise Refusal("not_authed")
        if self.token not in (app.bot_token, app.app_token):
            raise Refusal("invalid_auth")
        if app.revoked:
            raise Refusal("token_revoked")
        if (self.token == app.app_token) != (self.method in _NEEDS_APP_TOKEN):
            raise Refusal("not_allowed_token_type")

    def _rate_limited(self) -> int | None:
        if self.method not in KNOWN:
            return None
        return self.slack.rates.retry_after(self.method, self.args.text("channel") or None)

    async def _fail(self, fault: FaultRule) -> Response:
        """Answer with the fault. A fault of the stored kind runs the method first."""
        body: Json = self._carry_out() if fault.kind.stores else {"ok": False}
        kind = fault.kind
        ts = str(body.get("ts") or body.get("message_ts") or "") or None
        match kind:
            case FaultKind.HTTP_500 | FaultKind.HTTP_500_STORED:
                failed: Json = {"ok": False, "error": "internal_error"}
                self._log(failed, status=500, fault=kind, ts=ts)
                return JSONResponse(failed, status_code=500)
            case FaultKind.FATAL_ERROR | FaultKind.FATAL_ERROR_STORED:
                failed = {"ok": False, "error": "fatal_error"}
                self._log(failed, fault=kind, ts=ts)
                return JSONResponse(failed)
            case FaultKind.HTML_BODY | FaultKind.HTML_BODY_STORED:
                self._log({"ok": False, "error": "html"}, status=502, fault=kind, ts=ts)
                return HTMLResponse("<html><h1>502 Bad Gateway</h1></html>", status_code=502)
            case FaultKind.NO_PLACE | FaultKind.NO_PLACE_STORED:
                self._log({"ok": False, "error": "no place"}, fault=kind, ts=ts)
                return JSONResponse({"ok": True})
            case FaultKind.RATE_LIMITED:
                self._log({"ok": False, "error": "ratelimited"}, status=429, fault=kind)
                return _too_many(max(1, round(fault.seconds)))
            case FaultKind.ERROR:
                failed = {"ok": False, "error": fault.error}
                self._log(failed, fault=kind)
                return JSONResponse(failed)
            case FaultKind.DELAY:
                self._log(body, fault=kind)
                await self._idle(fault.seconds)
                return JSONResponse(body, headers=self._headers())
            case FaultKind.HANG | FaultKind.HANG_STORED:
                self._log({"ok": False, "error": "hang"}, status=0, fault=kind, ts=ts)
                await self._idle(fault.seconds)
                return self._cut()
            case FaultKind.RESET | FaultKind.RESET_STORED:
                self._log({"ok": False, "error": "reset"}, status=0, fault=kind, ts=ts)
                return self._cut()
            case FaultKind.CLOSE | FaultKind.CLOSE_STORED:
                self._log({"ok": False, "error": "close"}, status=0, fault=kind, ts=ts)
                return self._cut(CLOSE)

    async def _idle(self, seconds: float) -> None:
        """Wait, but not past the end of the playground."""
        try:
            async with asyncio.timeout(seconds):
                await self.slack.closing.wait()
        except TimeoutError:
            return

    def _cut(self, how: str = ABORT) -> Response:
        """End the connection without an answer."""
        end: Callable[[], None] | None = self.request.scope.get(how)
        if end is None:
            raise RuntimeError("resets need the playground's own server (playground.web.serving)")
        end()
        return Response()

    def _headers(self) -> dict[str, str]:
        scopes = self.slack.manifest.scopes
        return {"x-oauth-scopes": ",".join(sorted(scopes))} if scopes is not None else {}

    def _log(
        self,
        body: Json,
        *,
        status: int = 200,
        fault: FaultKind | None = None,
        ts: str | None = None,
    ) -> None:
        app = self.slack.app
        kinds = {app.bot_token: "bot", app.app_token: "app"}
        workspace = self.slack.workspace
        workspace.log_call(
            ApiCall(
                seq=workspace.next_number("call"),
                at=time.time(),
                method=self.method,
                args=self.given,
                ok=bool(body.get("ok")),
                error=body.get("error"),
                status=status,
                metadata_id=_metadata_id(self.given.get("metadata")),
                ts=ts or body.get("ts") or body.get("message_ts"),
                fault=None if fault is None else fault.value,
                token=kinds.get(self.token, ""),
            )
        )


async def _given(request: Request) -> dict[str, Any]:
    """Return the query's arguments with the body's over them: a form (also multipart) or JSON."""
    given: dict[str, Any] = dict(request.query_params)
    content_type = request.headers.get("content-type", "")
    if content_type.startswith("application/json"):
        raw = await request.body()
        try:
            body = json.loads(raw) if raw.strip() else {}
        except ValueError as wrong:
            raise Refusal("invalid_json") from wrong
        if not isinstance(body, dict):
            raise Refusal("json_not_object")
        return given | body
    if request.method == "POST" and "form" in content_type:
        async with request.form() as form:
            given |= {name: each for name, each in form.items() if not isinstance(each, UploadFile)}
    return given


def _token(request: Request, given: dict[str, Any]) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token:
        return token.strip()
    return str(given.get("token") or "")


def _too_many(seconds: int) -> Response:
    return JSONResponse(
        {"ok": False, "error": "ratelimited"},
        status_code=429,
        headers={"Retry-After": str(seconds)},
    )


def _metadata_id(metadata: Any) -> str | None:
    if isinstance(metadata, str):
        try:
            metadata = json.loads(metadata)
        except ValueError:
            return None
    match metadata:
        case {"event_payload": {"id": found}}:
            return str(found)
        case _:
            return None
