"""The app's manifest for Slack. `python app.py manifest` prints it."""

from functools import cache
from typing import Any

from bot.domain.controls import COMMAND, Shortcut
from bot.render.text.templates import Templates

SCOPES = (
    "app_mentions:read",
    "channels:history",
    "channels:join",
    "channels:manage",
    "channels:read",
    "chat:write",
    "commands",
    "groups:history",
    "groups:read",
    "groups:write",
    "im:history",
    "im:write",
    "pins:write",
    "reactions:read",
    "usergroups:read",
    "users:read",
)
EVENTS = (
    "app_home_opened",
    "app_mention",
    "channel_archive",
    "channel_unarchive",
    "group_archive",
    "group_unarchive",
    "member_joined_channel",
    "member_left_channel",
    "message.im",
    "reaction_added",
    "subteam_members_changed",
    "subteam_updated",
    "team_join",
    "user_change",
)


@cache
def _words() -> Templates:
    return Templates()


def words(block: str) -> str:
    return _words().plain("manifest", block)


def manifest(*, request_url: str | None) -> dict[str, Any]:
    """Return the manifest for HTTP (`request_url` given) or Socket Mode (None)."""
    events: dict[str, Any] = {"bot_events": list(EVENTS)}
    interactivity: dict[str, Any] = {"is_enabled": True}
    if request_url is not None:
        events["request_url"] = request_url
        interactivity["request_url"] = request_url
    return {
        "display_information": {
            "name": words("app"),
            "description": words("about"),
            "background_color": "#7a2e1d",
        },
        "features": _features(request_url),
        "oauth_config": {"scopes": {"bot": list(SCOPES)}},
        "settings": {
            "event_subscriptions": events,
            "interactivity": interactivity,
            "org_deploy_enabled": False,
            "socket_mode_enabled": request_url is None,
            "token_rotation_enabled": False,
        },
    }


def _features(request_url: str | None) -> dict[str, Any]:
    """Return the places in Slack where people use the bot."""
    address = {} if request_url is None else {"url": request_url}
    return {
        "app_home": {
            "home_tab_enabled": True,
            "messages_tab_enabled": True,
            "messages_tab_read_only_enabled": False,
        },
        "bot_user": {"display_name": words("app"), "always_online": True},
        "shortcuts": [
            _shortcut(Shortcut.ESCALATE_MESSAGE, "message", "escalate_message"),
            _shortcut(Shortcut.OPEN_FORM, "global", "open_form"),
        ],
        "slash_commands": [
            {
                "command": COMMAND,
                "description": words("command"),
                "usage_hint": words("usage"),
                "should_escape": True,
                **address,
            }
        ],
    }


def _shortcut(shortcut: Shortcut, place: str, block: str) -> dict[str, str]:
    """Return an entry for the menu of a message (`message`) or of Slack's + button (`global`)."""
    return {
        "name": words(block),
        "type": place,
        "callback_id": shortcut.value,
        "description": words(f"{block}_about"),
    }
