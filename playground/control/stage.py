"""Control operations on the environment: time, faults, rates, sockets and people."""

from __future__ import annotations

from typing import Any

from playground.control.words import BadRequest, need, person, told
from playground.facade import Playground
from playground.state.records import Json
from playground.web.faults import FaultKind, FaultRule

_DONE: Json = {"ok": True}
_RULE_FIELDS = {"kind", "method", "channel", "user", "count", "probability", "error", "seconds"}


async def reset(slack: Playground, body: Json) -> Json:
    await slack.reset(body.get("workspace"))
    return _DONE


async def advance(slack: Playground, body: Json) -> Json:
    return {"ok": True, "offset": await slack.advance(float(need(body, "seconds")))}


async def faults(slack: Playground, body: Json) -> Json:
    """Replace all rules and delays. An empty body clears them."""
    rules = [fault_rule(each) for each in body.get("rules") or []]
    slack.faults.clear()
    slack.faults.latency_ms = {
        str(method): float(ms) for method, ms in (body.get("latency_ms") or {}).items()
    }
    slack.faults.history_lag = float(body.get("history_lag") or 0)
    slack.set_faults(rules)
    return _DONE


def fault_rule(given: Any) -> FaultRule:
    if not isinstance(given, dict) or set(given) - _RULE_FIELDS:
        raise BadRequest(f"a rule has: {', '.join(sorted(_RULE_FIELDS))}")
    try:
        kind = FaultKind(given.get("kind"))
    except ValueError:
        kinds = ", ".join(kind.value for kind in FaultKind)
        raise BadRequest(f"kind is one of: {kinds}") from None
    return FaultRule(**{**given, "kind": kind})


async def rates(slack: Playground, body: Json) -> Json:
    slack.rates.post_per_second = float(body.get("post_per_second", slack.rates.post_per_second))
    slack.rates.post_burst = int(body.get("post_burst", slack.rates.post_burst))
    for method, calls in (body.get("per_minute") or {}).items():
        if method not in slack.rates.per_minute:
            raise BadRequest(f"unknown method {method!r}")
        slack.rates.per_minute[method] = int(calls)
    slack.rates.switch(bool(body.get("on", True)))
    return _DONE


async def revoke(slack: Playground, body: Json) -> Json:
    slack.app.revoked = bool(body.get("on", True))
    return _DONE


async def redeliver(slack: Playground, body: Json) -> Json:
    return told(await slack.redeliver(int(need(body, "seq"))))


async def socket(slack: Playground, body: Json) -> Json:
    """`do`: warning, refresh_requested, link_disabled, or drop (close without a message)."""
    every = bool(body.get("every"))
    match need(body, "do"):
        case "warning" | "refresh_requested" | "link_disabled" as reason:
            told_to = await slack.sockets.disconnect(reason, every=every)
        case "drop":
            told_to = await slack.sockets.drop()
        case other:
            raise BadRequest(f"unknown: {other}")
    return {"ok": True, "connections": told_to}


async def app_url(slack: Playground, body: Json) -> Json:
    slack.set_app_url(body.get("url"))
    return _DONE


async def verify_url(slack: Playground, body: Json) -> Json:  # noqa: ARG001 - all have both
    return {"ok": await slack.deliveries.verify_url()}


async def settle(slack: Playground, body: Json) -> Json:  # noqa: ARG001 - all have both
    """Answer once every event in flight is answered or given up."""
    await slack.deliveries.settled()
    return _DONE


async def change_person(slack: Playground, body: Json) -> Json:
    """Change a person (`deleted`, `tz`, `is_restricted` …) and tell the app."""
    await slack.change_person(person(slack, body), body.get("set") or {})
    return _DONE


async def add_person(slack: Playground, body: Json) -> Json:
    added = await slack.add_person(need(body, "name"), body.get("set") or {})
    return {"ok": True, "user": added.id}


async def set_group(slack: Playground, body: Json) -> Json:
    """Replace a group's members and tell the app."""
    group = slack.workspace.group(need(body, "group"))
    if group is None:
        raise BadRequest(f"there is no group {body['group']!r}")
    members = [person(slack, {"user": member}) for member in body.get("members") or []]
    await slack.set_group(group.id, members)
    return _DONE


OPERATIONS = {
    "reset": reset,
    "advance": advance,
    "faults": faults,
    "rates": rates,
    "revoke": revoke,
    "redeliver": redeliver,
    "socket": socket,
    "app_url": app_url,
    "verify_url": verify_url,
    "settle": settle,
    "change_person": change_person,
    "add_person": add_person,
    "set_group": set_group,
}
