"""Facts about each method: its tier, its scopes and its required arguments."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from playground.api.arguments import Arguments, invalid
from playground.manifest import Manifest
from playground.state.workspace import Workspace
from playground.web.refusal import Refusal

_FACTS: dict[str, Any] = json.loads(Path(__file__).with_name("methods.json").read_text())
_METHODS: dict[str, dict[str, Any]] = _FACTS["methods"]
_BY_KIND: dict[str, dict[str, list[str]]] = _FACTS["scopes_by_kind"]

KNOWN = frozenset(_METHODS)
NOT_MODELLED: tuple[str, ...] = tuple(_FACTS["refused"])


def calls_per_minute() -> dict[str, int]:
    tiers = _FACTS["tiers_per_minute"]
    return {name: int(tiers[str(fact["tier"])]) for name, fact in _METHODS.items()}


def require(method: str, args: Arguments) -> None:
    missing = [name for name in _METHODS[method]["required"] if args.given.get(name) in (None, "")]
    if missing:
        raise invalid(f"missing required field: {missing[0]}")


def check_scopes(method: str, args: Arguments, workspace: Workspace, manifest: Manifest) -> None:
    """Raise `missing_scope` with the needed and the granted scopes."""
    for any_of in _needed(method, args, workspace):
        if not manifest.grants(any_of):
            provided = ",".join(sorted(manifest.scopes or ()))
            raise Refusal("missing_scope", needed=",".join(any_of), provided=provided)


def _needed(method: str, args: Arguments, workspace: Workspace) -> list[tuple[str, ...]]:
    fact = _METHODS[method]
    if "scopes" in fact:
        return [tuple(fact["scopes"])]
    if "scopes_by_kind" not in fact:
        return []
    by_kind = _BY_KIND[fact["scopes_by_kind"]]
    return [tuple(by_kind[kind]) for kind in _kinds(method, args, workspace)]


def _kinds(method: str, args: Arguments, workspace: Workspace) -> list[str]:
    """Return the kinds of conversation that the call is about."""
    match method:
        case "conversations.create":
            return ["private_channel" if args.flag("is_private") else "public_channel"]
        case "conversations.list" | "users.conversations":
            kinds = args.ids("types") or ["public_channel"]
            if not set(kinds) <= {"public_channel", "private_channel", "im", "mpim"}:
                raise Refusal("invalid_types")
            return kinds
        case "conversations.open" if "users" in args:
            return ["mpim" if len(args.ids("users")) > 1 else "im"]
        case _:
            channel = workspace.channels.get(args.text("channel"))
            return [] if channel is None else [channel.kind]
