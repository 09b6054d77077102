"""Reads the control API's arguments and formats its answers."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from playground.facade import Playground
from playground.outcomes import Outcome, Submitted
from playground.state.records import Json, Message, View


class BadRequest(Exception):
    """An argument is missing or unknown. The text says which."""


def need(body: Mapping[str, Any], name: str) -> str:
    value = body.get(name)
    if value in (None, ""):
        raise BadRequest(f"missing: {name}")
    return str(value)


def person(slack: Playground, body: Mapping[str, Any], name: str = "user") -> str:
    given = need(body, name)
    found = slack.workspace.person(given)
    if found is None:
        raise BadRequest(f"no one is called {given!r}")
    return found.id


def channel(slack: Playground, body: Mapping[str, Any]) -> str:
    given = need(body, "channel")
    found = slack.workspace.channel(given)
    if found is None:
        raise BadRequest(f"there is no channel {given!r}")
    return found.id


def told(outcome: Outcome) -> Json:
    return {
        "ok": outcome.ok,
        "error": outcome.error,
        "answer": outcome.answer,
        "took": None if outcome.delivery is None else outcome.delivery.took,
        "delivery": None if outcome.delivery is None else outcome.delivery.seq,
        "message": None if outcome.message is None else message(outcome.message),
    }


def submitted(result: Submitted) -> Json:
    return {
        "ok": result.ok,
        "errors": result.errors,
        "error": result.error,
        "delivery": None if result.delivery is None else result.delivery.seq,
    }


def message(found: Message) -> Json:
    return dataclasses.asdict(found) | {"notifies": sorted(found.notifies)}


def view(found: View | None) -> Json | None:
    return None if found is None else dataclasses.asdict(found)
