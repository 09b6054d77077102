"""What an answer to Slack may look like, for any request."""

import json
from typing import Any

from slack_rules import check_message, check_view
from tests.handlers.requests import Answered

TAKEN = (200, 404)
"""404 is Bolt's answer to requests without a listener."""
RESPONSE_ACTIONS = ("errors", "update", "push", "clear")


def breach(kind: str, answered: Answered, *, fits: bool | None = None) -> str | None:
    """Return how an answer breaks Slack's contract, or None if it keeps it.

    The answer must be 200 with content that Slack takes, or 4xx with a sentence and no internals.
    `fits` says whether the request has Slack's shape, if that is known. A request with the shape
    must not be refused. A request without it must be refused before anything reads it.
    """
    if fits is not None and fits is not (answered.status in TAKEN):
        return f"status {answered.status} for what {'fits' if fits else 'does not fit'}"
    if answered.status != 200:
        fine = 400 <= answered.status < 500 and "Traceback" not in answered.body
        return None if fine else f"status {answered.status}: {answered.body[:200]}"
    if not answered.body:
        return None
    try:
        body = json.loads(answered.body)
    except ValueError:
        return f"neither empty nor JSON: {answered.body[:200]}"
    match kind:
        case "command":
            problems: list[Any] = check_message(body)
        case "view_submission":
            problems = _form_problems(body)
        case _:
            problems = []
    return f"Slack would refuse the answer: {problems[:3]}" if problems else None


def _form_problems(body: Any) -> list[Any]:
    action = body.get("response_action") if isinstance(body, dict) else None
    if action not in RESPONSE_ACTIONS:
        return [f"response_action {action!r}"]
    if action == "errors":
        errors = body.get("errors")
        fine = isinstance(errors, dict) and errors and all(map(str, errors.values()))
        return [] if fine else [f"errors {errors!r}"]
    return list(check_view(body.get("view"))) if action in ("update", "push") else []
