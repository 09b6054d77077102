"""`views.*`: modals and the home tab."""

from __future__ import annotations

from typing import Literal

from playground.api.arguments import Arguments, invalid
from playground.api.registry import method
from playground.api.seen import person_of
from playground.facade import Playground
from playground.state.records import Json, View
from playground.web.refusal import Refusal
from slack_rules import check_view


@method("views.open")
def open_view(slack: Playground, args: Arguments) -> Json:
    trigger = slack.triggers.owner(args.text("trigger_id"))
    view = slack.screens.open(trigger.user, payload_of(args.structure("view"), "modal"))
    trigger.used = True
    return {"view": slack.shapes.view(view)}


@method("views.push")
def push(slack: Playground, args: Arguments) -> Json:
    trigger = slack.triggers.owner(args.text("trigger_id"))
    view = slack.screens.push(trigger.user, payload_of(args.structure("view"), "modal"))
    trigger.used = True
    return {"view": slack.shapes.view(view)}


@method("views.update")
def update(slack: Playground, args: Arguments) -> Json:
    if "view_id" not in args and "external_id" not in args:
        raise invalid("missing required field: view_id or external_id")
    view = _wanted(slack, args)
    if view is None:
        raise Refusal("not_found")
    payload = payload_of(args.structure("view"), view.type)
    slack.screens.update(view, payload, args.text("hash") or None)
    return {"view": slack.shapes.view(view)}


@method("views.publish")
def publish(slack: Playground, args: Arguments) -> Json:
    person = person_of(slack, args.text("user_id"))
    if not slack.manifest.home_tab:
        raise Refusal("not_enabled")
    payload = payload_of(args.structure("view"), "home")
    view = slack.screens.publish(person.id, payload, args.text("hash") or None)
    return {"view": slack.shapes.view(view)}


def payload_of(given: object, kind: Literal["modal", "home"]) -> Json:
    """Return a copy of a valid view without empty fields. Raises Refusal for others."""
    problems = check_view(given)
    if any(problem.code == "too_large" for problem in problems):
        raise Refusal("view_too_large")
    if problems:
        raise Refusal.of_payload("invalid_arguments", problems)
    assert isinstance(given, dict)
    if given["type"] != kind:
        raise invalid(f"unsupported type: {given['type']} [json-pointer:/view/type]")
    return {name: value for name, value in given.items() if value is not None}


def _wanted(slack: Playground, args: Arguments) -> View | None:
    if "view_id" in args:
        return slack.workspace.view(args.text("view_id"))
    return slack.screens.by_external_id(args.text("external_id"))
