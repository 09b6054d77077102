"""Modals and the home tab as HTML."""

from __future__ import annotations

from dataclasses import replace

from markupsafe import Markup

from playground.page.shown.reader import Reader
from playground.page.shown.surface import Surface
from playground.page.templating import join, keyed, macro
from playground.state.records import View

#: Problems that are not the app's fault. The conversation shows no note about them.
OWN_PROBLEMS = {
    "cant_delete_message": "Only your own messages can be deleted.",
    "channel_not_found": "There is no such conversation, or you are not in it.",
    "is_archived": "This channel is archived.",
    "message_not_found": "That message is gone.",
    "no_such_delivery": "That delivery is no longer in the log.",
    "no_such_element": "This has changed in the meantime. Try again.",
    "no_such_option": "This has changed in the meantime. Try again.",
    "no_such_view": "That form is closed.",
    "not_in_channel": "You are not in this conversation.",
}
#: Texts for when the app's answer did not come.
_APP_PROBLEMS = {
    "dispatch_failed": "The app could not be reached. Try again.",
    "no_endpoint": "No app is connected.",
    "operation_timeout": "The app did not answer in time. Try again.",
}


def problem(error: str | None) -> str:
    """Return the sentence for an outcome's error; empty if there is none."""
    if not error:
        return ""
    words = OWN_PROBLEMS | _APP_PROBLEMS
    return words.get(error, f"The app answered with an error ({error}).")


def draw_modals(reader: Reader) -> Markup:
    """Draw the whole stack. Lower views are hidden, so 'Back' finds what was typed there."""
    stack = reader.workspace.view_stacks[reader.me.id]
    top = len(stack) - 1
    return join(_draw_modal(reader, view, depth, top) for depth, view in enumerate(stack))


def draw_home(reader: Reader) -> Markup:
    view = reader.workspace.home_view(reader.me.id)
    if view is None or not view.blocks:
        body = macro("empty.html", "empty", "home", "Nothing here yet", "The app fills this page.")
        return keyed("div", "empty", body, class_="empty")
    surface = replace(_surface(reader, view), heading="h2")
    body = macro("blocks.html", "blocks", surface, view.blocks)
    return keyed(
        "form",
        view.id,
        body,
        class_="home",
        data_view_id=view.id,
        data_keeps_input="",
        autocomplete="off",
    )


def _draw_modal(reader: Reader, view: View, depth: int, top: int) -> Markup:
    trouble = problem(view.failure)
    base = f"/client/{reader.me.id}"
    body = macro("view.html", "view", view, _surface(reader, view), base, depth, top + 1, trouble)
    attributes = {
        "class_": "view",
        "hx_post": f"{base}/view/{view.id}/submit",
        "hx_target": "#modal",
        "hx_swap": "keyed",
        "hx_disabled_elt": "find .submit",
        "autocomplete": "off",
        "novalidate": "",
        "data_view_id": view.id,
        "data_callback_id": view.callback_id,
        "data_keeps_input": "",
        "data_hash": view.hash,
        "data_refused": str(view.times_refused),
    }
    if depth < top:
        attributes["hidden"] = ""
    return keyed("form", view.id, body, **attributes)


def _surface(reader: Reader, view: View) -> Surface:
    return Surface(
        reader,
        key=view.id,
        click_url=f"/client/{reader.me.id}/view/{view.id}/click",
        state=view.state,
        errors=view.errors,
    )
