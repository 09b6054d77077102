"""The app's manifest for Slack. `python app.py manifest` prints it."""

from typing import Any

from bot.domain.controls import COMMAND, Shortcut

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
USAGE = (
    "[open | list | show | search | ack | page | handover | oncall | status | update | note | "
    "severity | edit | assign | task | done | remind | reminders | resolve | close | reopen | "
    "decline | duplicate | digest | help]"
)


def manifest(*, request_url: str | None) -> dict[str, Any]:
    """Return the manifest for HTTP (`request_url` given) or Socket Mode (None)."""
    events: dict[str, Any] = {"bot_events": list(EVENTS)}
    interactivity: dict[str, Any] = {"is_enabled": True}
    if request_url is not None:
        events["request_url"] = request_url
        interactivity["request_url"] = request_url
    return {
        "display_information": {
            "name": "Tocsin",
            "description": "Escalations for Trust & Safety: reach the people you need, now",
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
        "bot_user": {"display_name": "Tocsin", "always_online": True},
        "shortcuts": [
            {
                "name": "Escalate this message",
                "type": "message",
                "callback_id": Shortcut.ESCALATE_MESSAGE.value,
                "description": "Open an escalation that links to this message",
            },
            {
                "name": "Open an escalation",
                "type": "global",
                "callback_id": Shortcut.OPEN_FORM.value,
                "description": "Open the escalation form",
            },
        ],
        "slash_commands": [
            {
                "command": COMMAND,
                "description": "Open and run an escalation",
                "usage_hint": USAGE,
                "should_escape": True,
                **address,
            }
        ],
    }
