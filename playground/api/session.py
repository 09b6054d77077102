"""`api.test`, `auth.test` and `apps.connections.open`."""

from __future__ import annotations

from playground.api.arguments import Arguments
from playground.api.registry import method
from playground.facade import Playground
from playground.state.records import Json
from playground.web.refusal import Refusal


@method("api.test")
def api_test(slack: Playground, args: Arguments) -> Json:  # noqa: ARG001 - every method has both
    shown = {name: value for name, value in args.given.items() if name != "token"}
    if "error" in args:
        raise Refusal(args.text("error"), args=shown)
    return {"args": shown}


@method("auth.test")
def auth_test(slack: Playground, args: Arguments) -> Json:  # noqa: ARG001 - every method has both
    return {
        "url": slack.url,
        "team": slack.workspace.name,
        "user": slack.workspace.people[slack.app.user_id].name,
        "team_id": slack.workspace.team_id,
        "user_id": slack.app.user_id,
        "bot_id": slack.app.bot_id,
        "is_enterprise_install": False,
    }


@method("apps.connections.open")
def connections_open(slack: Playground, args: Arguments) -> Json:
    debug = "&debug_reconnects=true" if args.flag("debug_reconnects") else ""
    return {"url": slack.sockets.issue_url() + debug}
