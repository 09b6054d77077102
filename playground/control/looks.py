"""Control queries: what the logs hold, and what a person sees."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from playground.control.words import channel, message, person, view
from playground.facade import Playground

Query = dict[str, str]


def api_log(slack: Playground, query: Query) -> list[Any]:
    """Return the calls with a `seq` above `since`, and of one `method` if given."""
    since, method = int(query.get("since", "0")), query.get("method")
    return [
        dataclasses.asdict(call)
        for call in slack.workspace.api_log
        if call.seq > since and method in (None, call.method)
    ]


def delivery_log(slack: Playground, query: Query) -> list[Any]:
    since, type_ = int(query.get("since", "0")), query.get("type")
    return [
        dataclasses.asdict(entry)
        for entry in slack.workspace.delivery_log
        if entry.seq > since and type_ in (None, entry.type)
    ]


def messages(slack: Playground, query: Query) -> list[Any]:
    """Return the messages that a `viewer` sees, or without one, all in the channel."""
    room = channel(slack, query)
    if "viewer" not in query:
        return [message(each) for each in slack.workspace.all_messages(room)]
    viewer = person(slack, query, "viewer")
    seen = slack.workspace.messages(room, viewer, query.get("thread_ts"))
    return [message(each) for each in seen]


def people(slack: Playground, query: Query) -> list[Any]:  # noqa: ARG001 - all looks have both
    return [dataclasses.asdict(each) for each in slack.workspace.people.values()]


def groups(slack: Playground, query: Query) -> list[Any]:  # noqa: ARG001 - all looks have both
    return [dataclasses.asdict(each) for each in slack.workspace.groups.values()]


def channels(slack: Playground, query: Query) -> list[Any]:
    if "viewer" not in query:
        return [dataclasses.asdict(each) for each in slack.workspace.channels.values()]
    viewer = person(slack, query, "viewer")
    return [dataclasses.asdict(each) for each in slack.workspace.visible_channels(viewer)]


def modal(slack: Playground, query: Query) -> Any:
    return view(slack.workspace.open_view(person(slack, query)))


def home(slack: Playground, query: Query) -> Any:
    return view(slack.workspace.home_view(person(slack, query)))


def unread(slack: Playground, query: Query) -> Any:
    marks = slack.workspace.read_markers.unread(person(slack, query))
    return {channel_id: dataclasses.asdict(mark) for channel_id, mark in marks.items()}


def faults(slack: Playground, query: Query) -> Any:  # noqa: ARG001 - all looks have both
    rules = [dataclasses.asdict(rule) | {"kind": rule.kind.value} for rule in slack.faults.rules]
    return {"rules": rules, "latency_ms": slack.faults.latency_ms, "rates": slack.rates.on}


def app(slack: Playground, query: Query) -> Any:  # noqa: ARG001 - all looks have both
    about = slack.app
    return {
        "app_id": about.app_id,
        "bot_id": about.bot_id,
        "user_id": about.user_id,
        "team_id": slack.workspace.team_id,
        "app_url": slack.config.app_url,
        "revoked": about.revoked,
        "sockets": len(slack.sockets.connections),
        "offset": slack.clock.offset,
    }


LOOKS: dict[str, Callable[[Playground, Query], Any]] = {
    "api_log": api_log,
    "delivery_log": delivery_log,
    "messages": messages,
    "people": people,
    "groups": groups,
    "channels": channels,
    "modal": modal,
    "home": home,
    "unread": unread,
    "faults": faults,
    "app": app,
}
