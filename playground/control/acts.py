"""Control operations for a person's actions."""

from __future__ import annotations

from typing import Any

from playground.control.words import BadRequest, channel, need, person, submitted, told
from playground.facade import Playground
from playground.outcomes import Choice, FormValues
from playground.state.records import Json


async def command(slack: Playground, body: Json) -> Json:
    name, _, text = need(body, "text").partition(" ")
    user, room = person(slack, body), channel(slack, body)
    return told(await slack.run_command(user, room, name, text, body.get("thread_ts")))


async def message(slack: Playground, body: Json) -> Json:
    user, room = person(slack, body), channel(slack, body)
    text, thread = need(body, "text"), body.get("thread_ts")
    return told(await slack.send_message(user, room, text, thread))


async def edit(slack: Playground, body: Json) -> Json:
    user, room = person(slack, body), channel(slack, body)
    return told(await slack.edit_message(user, room, need(body, "ts"), need(body, "text")))


async def delete(slack: Playground, body: Json) -> Json:
    user, room = person(slack, body), channel(slack, body)
    return told(await slack.delete_message(user, room, need(body, "ts")))


async def file(slack: Playground, body: Json) -> Json:
    user, room = person(slack, body), channel(slack, body)
    return told(await slack.share_file(user, room, need(body, "name")))


async def click(slack: Playground, body: Json) -> Json:
    """Click in a message, or with `view` (an id, `home` or `modal`) in a view."""
    user, action_id = person(slack, body), need(body, "action_id")
    value, values = _choice(body.get("value")), _values(body)
    block_id = body.get("block_id")
    if "view" in body:
        view_id = _view_id(slack, user, need(body, "view"))
        outcome = await slack.click_view(user, view_id, block_id, action_id, value, values)
    else:
        room, ts = channel(slack, body), need(body, "ts")
        outcome = await slack.click(user, room, ts, block_id, action_id, value, values)
    return told(outcome)


async def submit(slack: Playground, body: Json) -> Json:
    user = person(slack, body)
    view_id = _view_id(slack, user, str(body.get("view") or "modal"))
    return submitted(await slack.submit_view(user, view_id, _values(body)))


async def close_view(slack: Playground, body: Json) -> Json:
    user = person(slack, body)
    view_id = _view_id(slack, user, str(body.get("view") or "modal"))
    return told(await slack.close_view(user, view_id, all_views=bool(body.get("all_views"))))


async def home(slack: Playground, body: Json) -> Json:
    return told(await slack.open_home(person(slack, body)))


async def shortcut(slack: Playground, body: Json) -> Json:
    user, callback_id = person(slack, body), need(body, "callback_id")
    if "ts" not in body:
        return told(await slack.global_shortcut(user, callback_id))
    room = channel(slack, body)
    return told(await slack.shortcut_on_message(user, callback_id, room, need(body, "ts")))


async def react(slack: Playground, body: Json) -> Json:
    user, room = person(slack, body), channel(slack, body)
    return told(await slack.react(user, room, need(body, "ts"), need(body, "name")))


async def pin(slack: Playground, body: Json) -> Json:
    user, room = person(slack, body), channel(slack, body)
    return told(await slack.pin(user, room, need(body, "ts")))


async def join(slack: Playground, body: Json) -> Json:
    return told(await slack.join_channel(person(slack, body), channel(slack, body)))


async def leave(slack: Playground, body: Json) -> Json:
    return told(await slack.leave_channel(person(slack, body), channel(slack, body)))


async def archive(slack: Playground, body: Json) -> Json:
    return told(await slack.archive_channel(person(slack, body), channel(slack, body)))


async def unarchive(slack: Playground, body: Json) -> Json:
    return told(await slack.unarchive_channel(person(slack, body), channel(slack, body)))


async def invite(slack: Playground, body: Json) -> Json:
    user, room = person(slack, body), channel(slack, body)
    others = [person(slack, {"user": other}) for other in body.get("users") or []]
    return told(await slack.invite(user, room, *others))


async def dm(slack: Playground, body: Json) -> Json:
    """Open the conversation with `users`, or with the app if none are named."""
    user = person(slack, body)
    others = [person(slack, {"user": other}) for other in body.get("users") or []]
    return {"ok": True, "channel": await slack.open_dm(user, *(others or [slack.app.user_id]))}


OPERATIONS = {
    "command": command,
    "message": message,
    "edit": edit,
    "delete": delete,
    "file": file,
    "click": click,
    "submit": submit,
    "close_view": close_view,
    "home": home,
    "shortcut": shortcut,
    "react": react,
    "pin": pin,
    "join": join,
    "leave": leave,
    "archive": archive,
    "unarchive": unarchive,
    "invite": invite,
    "dm": dm,
}


def _view_id(slack: Playground, user: str, given: str) -> str:
    view = {
        "home": slack.workspace.home_view(user),
        "modal": slack.workspace.open_view(user),
    }
    if given not in view:
        return given
    found = view[given]
    if found is None:
        raise BadRequest(f"this person has no {given}")
    return found.id


def _choice(value: Any) -> Choice:
    return [str(each) for each in value] if isinstance(value, list) else value and str(value)


def _values(body: Json) -> FormValues:
    """block_id → action_id → choice."""
    values = body.get("values") or {}
    if not isinstance(values, dict) or not all(isinstance(v, dict) for v in values.values()):
        raise BadRequest("values: {block_id: {action_id: choice}}")
    return {
        str(block_id): {str(action_id): _choice(value) for action_id, value in entries.items()}
        for block_id, entries in values.items()
    }
