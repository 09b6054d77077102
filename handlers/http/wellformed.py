"""The parts that Slack always sends, by kind of request.

They are checked once, so no listener has to check them. Bolt reads most of them and fails if they
are missing. Parts that are only shown or compared are not described, because Slack may change them.
"""

import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from slack_bolt.async_app import AsyncBoltRequest
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.response import BoltResponse

from handlers.http.shape import (
    Each,
    Every,
    Fields,
    Maybe,
    Text,
    misfit,
    storable,
    too_deep,
    unstorable,
)

logger = logging.getLogger("tocsin.handlers")

UNREADABLE = "The request cannot be read."
ANY_TEXT = Text()
ID = Text(re.compile(r"[A-Za-z0-9_.:-]{1,32}"))
"""The store keeps at most this length."""
KEY = Text(re.compile(r"[!-~]{1,150}"))
ADDRESS = Text(re.compile(r"https?://\S{1,2000}"))

_NAMED: Fields = {"id": ID}
_OPTION: Fields = {"value": Maybe(ANY_TEXT)}
_ENTRY: Fields = {
    "value": Maybe(ANY_TEXT),
    "selected_option": Maybe({"value": ANY_TEXT}),
    "selected_options": Maybe(Each({"value": ANY_TEXT})),
    "selected_user": Maybe(ID),
    "selected_users": Maybe(Each(ID)),
}
_HOME: Fields = {"team_id": Maybe(ID), "enterprise_id": Maybe(ID)}
_VIEW: Fields = {
    "id": KEY,
    "app_installed_team_id": Maybe(ID),
    "hash": KEY,
    "type": Maybe(ANY_TEXT),
    "callback_id": Maybe(ANY_TEXT),
    "private_metadata": Maybe(ANY_TEXT),
    "blocks": Maybe(Each({"type": ANY_TEXT, "block_id": Maybe(ANY_TEXT)})),
    "state": Maybe({"values": Maybe(Every(Every(_ENTRY)))}),
}
_COMMAND: Fields = {
    **_HOME,
    "command": ANY_TEXT,
    "user_id": ID,
    "text": Maybe(ANY_TEXT),
    "channel_id": Maybe(ID),
    "trigger_id": KEY,
    "response_url": Maybe(ADDRESS),
}
_INTERACTION: Fields = {
    "user": {"id": ID, "team_id": Maybe(ID)},
    "team": Maybe({"id": ID, "enterprise_id": Maybe(ID)}),
    "enterprise": Maybe(_NAMED),
    "trigger_id": Maybe(KEY),
    "response_url": Maybe(ADDRESS),
    "container": Maybe({"thread_ts": Maybe(KEY)}),
}
_DEED: Fields = {**_INTERACTION, "trigger_id": KEY}
"""Without the trigger no form can be shown, and a repeated request is not recognised."""
_ACTION: Fields = {
    "action_id": ANY_TEXT,
    "block_id": Maybe(ANY_TEXT),
    "value": Maybe(ANY_TEXT),
    "selected_option": Maybe(_OPTION),
}
_MESSAGE: Fields = {"ts": Maybe(KEY), "thread_ts": Maybe(KEY)}
_INTERACTIONS: Mapping[str, Fields] = {
    "block_actions": {**_DEED, "actions": Each(_ACTION, 1), "view": Maybe(_VIEW)},
    "view_submission": {**_INTERACTION, "view": {**_VIEW, "callback_id": ANY_TEXT}},
    "view_closed": {**_INTERACTION, "view": _VIEW},
    "shortcut": {**_DEED, "callback_id": ANY_TEXT},
    "message_action": {
        **_DEED,
        "callback_id": ANY_TEXT,
        "channel": Maybe(_NAMED),
        "message_ts": Maybe(KEY),
        "message": Maybe(_MESSAGE),
    },
}
_MEMBER: Fields = {
    "id": ID,
    "real_name": Maybe(ANY_TEXT),
    "profile": Maybe({"display_name": Maybe(ANY_TEXT)}),
}
_SPOKEN: Fields = {"user": Maybe(ID), "channel": Maybe(ID), "thread_ts": Maybe(KEY)}
_TO_US: Fields = {**_SPOKEN, "channel": ID}
"""A direct message to the bot. Bolt reads it as an assistant's thread, and needs its channel."""
_EVENT: Fields = {
    **_HOME,
    "event_id": Maybe(KEY),
    "authorizations": Maybe(Each(_HOME)),
    "event": {"type": ANY_TEXT},
}
_EVENTS: Mapping[str, Fields] = {
    "app_home_opened": {"user": ID, "tab": Maybe(ANY_TEXT)},
    "app_mention": _SPOKEN,
    "reaction_added": {
        "user": ID,
        "item_user": Maybe(ID),
        "item": Maybe({"type": Maybe(ANY_TEXT), "channel": Maybe(ID), "ts": Maybe(KEY)}),
    },
    "user_change": {"user": _MEMBER},
    "team_join": {"user": _MEMBER},
    "subteam_updated": {"subteam": {"id": ID, "users": Maybe(Each(ID))}},
    "subteam_members_changed": {"subteam_id": ID},
    "channel_archive": {"channel": ID},
    "group_archive": {"channel": ID},
    "channel_unarchive": {"channel": ID},
    "group_unarchive": {"channel": ID},
    "member_joined_channel": {"user": ID, "channel": ID, "inviter": Maybe(ID)},
    "member_left_channel": {"user": ID, "channel": ID},
}


class WellFormed(AsyncMiddleware):
    """Answers 400 to a request without Slack's shape, and makes the texts of all others storable.

    It comes after the signature check and before anything that reads the request.
    """

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,
        resp: BoltResponse,  # noqa: ARG002 - Bolt's signature
        next: Callable[[], Awaitable[BoltResponse]],  # noqa: A002 - Bolt's signature
    ) -> BoltResponse | None:
        problem = "nested too deeply" if too_deep(req.body) else wrong_part(req.body)
        if problem is not None:
            logger.warning("A request is not shaped as Slack shapes it: %s", problem)
            return BoltResponse(status=400, body=UNREADABLE)
        if unstorable(req.body):
            req.body = storable(req.body)
        return await next()


def wrong_part(body: Mapping[str, Any]) -> str | None:
    """Name the first part that is not as Slack sends it; None if all parts are."""
    if "command" in body:
        return misfit(_COMMAND, body, "")
    match body.get("type"):
        case "event_callback":
            return _wrong_event(body)
        case "url_verification":
            return misfit({"challenge": ANY_TEXT}, body, "")
        case "app_rate_limited":
            return misfit({"team_id": ID}, body, "")
        case str(kind) if kind in _INTERACTIONS:
            return misfit(_INTERACTIONS[kind], body, "")
        case _:
            return "type"


def _wrong_event(body: Mapping[str, Any]) -> str | None:
    problem = misfit(_EVENT, body, "")
    if problem is not None:
        return problem
    event = body["event"]
    if event["type"] == "message":
        # Edits and joins have another shape. They are not checked.
        return misfit(_TO_US, event, "event") if event.get("channel_type") == "im" else None
    return misfit(_EVENTS.get(event["type"], {}), event, "event")
