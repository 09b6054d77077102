"""A small real Slack app for tests of the page: one command, one form, one card."""

from __future__ import annotations

from typing import Any

from slack_bolt.async_app import AsyncApp

MANIFEST: dict[str, Any] = {
    "display_information": {"name": "Beacon"},
    "features": {
        "bot_user": {"display_name": "Beacon"},
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
        "slash_commands": [
            {
                "command": "/beacon",
                "description": "Light a beacon",
                "usage_hint": "[light <title> | form | list [mine | all] | loud]",
                "should_escape": True,
            }
        ],
        "shortcuts": [
            {"name": "Light it", "type": "message", "callback_id": "light", "description": "…"},
            {"name": "New beacon", "type": "global", "callback_id": "new", "description": "…"},
        ],
    },
    "settings": {"event_subscriptions": {"bot_events": ["app_home_opened", "message.channels"]}},
}


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def option(value: str, text: str) -> dict[str, Any]:
    return {"value": value, "text": plain(text)}


def labelled(block_id: str, label: str, element: dict[str, Any], **more: Any) -> dict[str, Any]:
    element = {"action_id": block_id, **element}
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain(label),
        "element": element,
        **more,
    }


TEAMS = [option("legal", "Legal"), option("pr", "PR"), option("policy", "Policy")]

FORM: dict[str, Any] = {
    "type": "modal",
    "callback_id": "form",
    "title": plain("Light a beacon"),
    "submit": plain("Light"),
    "close": plain("Leave"),
    "blocks": [
        labelled("title", "Title", {"type": "plain_text_input", "max_length": 40}),
        labelled(
            "teams",
            "Teams",
            {"type": "multi_static_select", "options": TEAMS},
            dispatch_action=True,
        ),
        labelled("kind", "Kind", {"type": "radio_buttons", "options": TEAMS[:2]}, optional=True),
        labelled("owner", "Owner", {"type": "users_select"}, optional=True),
        labelled("due", "Due", {"type": "datetimepicker"}, optional=True),
        {
            "type": "actions",
            "block_id": "row",
            "elements": [{"type": "button", "action_id": "deeper", "text": plain("Deeper")}],
        },
    ],
}
DEEPER: dict[str, Any] = {
    "type": "modal",
    "callback_id": "deeper",
    "title": plain("Deeper down"),
    "submit": plain("Up"),
    "blocks": [labelled("depth", "Depth", {"type": "number_input", "is_decimal_allowed": False})],
}


def form_for(channel: str) -> dict[str, Any]:
    return {**FORM, "private_metadata": channel}


def with_preview(view: dict[str, Any], words: str) -> dict[str, Any]:
    preview = {"type": "section", "text": {"type": "mrkdwn", "text": words}}
    return {**form_for(view["private_metadata"]), "blocks": [*FORM["blocks"], preview]}


def card(title: str) -> list[dict[str, Any]]:
    more = {
        "type": "overflow",
        "action_id": "more",
        "options": [option("history", "History"), option("help", "Help")],
    }
    quench = {
        "type": "button",
        "action_id": "quench",
        "text": plain("Quench"),
        "style": "danger",
        "confirm": {
            "title": plain("Quench it?"),
            "text": plain("It is dark then."),
            "confirm": plain("Quench"),
            "deny": plain("Keep"),
        },
    }
    ack = {"type": "button", "action_id": "ack", "text": plain("Acknowledge"), "style": "primary"}
    return [
        {"type": "section", "text": {"type": "mrkdwn", "text": f"*Beacon*: {title}"}},
        {"type": "actions", "elements": [ack, quench, more]},
    ]


def listen(app: AsyncApp) -> None:
    """Add the listeners to a Bolt app."""
    _commands(app)
    _forms(app)
    _clicks(app)


def _commands(app: AsyncApp) -> None:
    @app.command("/beacon")
    async def command(ack: Any, body: Any, client: Any) -> None:
        verb, _, rest = body["text"].partition(" ")
        if verb == "light":
            await client.chat_postMessage(channel=body["channel_id"], text=rest, blocks=card(rest))
            await ack()
        elif verb == "loud":
            await client.chat_postMessage(channel=body["channel_id"], text="<!channel> fire")
            await ack()
        elif verb == "form":
            view = form_for(body["channel_id"])
            await client.views_open(trigger_id=body["trigger_id"], view=view)
            await ack()
        else:
            await ack("Try light or form.")

    @app.shortcut("light")
    async def light(ack: Any, body: Any, client: Any) -> None:
        await ack()
        await client.chat_postMessage(
            channel=body["channel"]["id"], text=f"Lit: {body['message']['text']}"
        )

    @app.shortcut("new")
    async def new(ack: Any, body: Any, client: Any) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=FORM)


def _forms(app: AsyncApp) -> None:
    @app.action("teams")
    async def chosen(ack: Any, body: Any, client: Any) -> None:
        await ack()
        picked = body["view"]["state"]["values"]["teams"]["teams"]["selected_options"]
        words = "Calls " + ", ".join(one["text"]["text"] for one in picked)
        await client.views_update(
            view_id=body["view"]["id"], view=with_preview(body["view"], words)
        )

    @app.action("deeper")
    async def deeper(ack: Any, body: Any, client: Any) -> None:
        await ack()
        await client.views_push(trigger_id=body["trigger_id"], view=DEEPER)

    @app.view("deeper")
    async def up(ack: Any) -> None:
        await ack()

    @app.view("form")
    async def submitted(ack: Any, body: Any, client: Any) -> None:
        title = body["view"]["state"]["values"]["title"]["title"]["value"]
        if "fire" not in title:
            await ack(response_action="errors", errors={"title": "There is no fire in it."})
            return
        await ack()
        channel = body["view"]["private_metadata"]
        await client.chat_postMessage(channel=channel, text=title, blocks=card(title))

    @app.event("app_home_opened")
    async def home(event: Any, client: Any) -> None:
        button = {"type": "button", "action_id": "refresh", "text": plain("Refresh")}
        blocks = [
            {"type": "header", "text": plain("Your beacons")},
            {"type": "actions", "elements": [button]},
        ]
        await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": blocks})

    @app.event("message")
    async def message() -> None:
        """Take the event, and do nothing."""


def _clicks(app: AsyncApp) -> None:
    @app.action("ack")
    async def acknowledged(ack: Any, body: Any, client: Any) -> None:
        await ack()
        text = f"Seen by <@{body['user']['id']}>"
        blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": text}}]
        await client.chat_update(
            channel=body["channel"]["id"], ts=body["message"]["ts"], text=text, blocks=blocks
        )

    @app.action("quench")
    async def quenched(ack: Any, respond: Any) -> None:
        await ack()
        await respond("It is dark.", replace_original=False)

    @app.action("more")
    async def more(ack: Any, action: Any, respond: Any) -> None:
        await ack()
        await respond(f"You chose {action['selected_option']['value']}.", replace_original=False)

    @app.action("refresh")
    async def refresh(ack: Any, body: Any, client: Any) -> None:
        await ack()
        blocks = [{"type": "header", "text": plain("Fresh as can be")}]
        await client.views_publish(
            user_id=body["user"]["id"], view={"type": "home", "blocks": blocks}
        )
