"""The catalogue of blocks, views and messages, as data."""

from __future__ import annotations

from typing import Final

from slack_rules.elements import ELEMENTS, FLAG, OBJECTS, PICKERS, SELECTS, TYPED, URL
from slack_rules.limits import ITEMS, LONGEST
from slack_rules.rules import (
    EITHER,
    Element,
    Items,
    Loose,
    Object,
    OneOf,
    Rule,
    Shape,
    String,
    TextObject,
)

__all__ = ["BLOCKS", "ELEMENTS", "MESSAGE_FIELDS", "OBJECTS", "VIEWS"]

_ONLY_MESSAGES: Final = frozenset({"message"})

BLOCKS: Final[dict[str, Shape]] = {
    "section": Shape(
        {
            "text": TextObject(LONGEST["section.text"], EITHER),
            "fields": Items(TextObject(LONGEST["section.field"], EITHER), *ITEMS["section.fields"]),
            "accessory": Element(
                (
                    "button",
                    "image",
                    "overflow",
                    *SELECTS,
                    "datepicker",
                    "timepicker",
                    "checkboxes",
                    "radio_buttons",
                )
            ),
            "expand": FLAG,
        },
        any_of=("text", "fields"),
    ),
    "header": Shape({"text": TextObject(LONGEST["header.text"])}, required=("text",)),
    "divider": Shape({}),
    "image": Shape(
        {
            "image_url": URL,
            "slack_file": Object("slack_file"),
            "alt_text": String(LONGEST["image.alt_text"], 1),
            "title": TextObject(LONGEST["image.title"]),
        },
        required=("alt_text",),
        any_of=("image_url", "slack_file"),
        exclusive=True,
    ),
    "actions": Shape(
        {
            "elements": Items(
                Element(("button", "overflow", *SELECTS, *PICKERS)), *ITEMS["actions.elements"]
            )
        },
        required=("elements",),
    ),
    "context": Shape(
        {"elements": Items(Element(("image", *EITHER)), *ITEMS["context.elements"])},
        required=("elements",),
    ),
    "input": Shape(
        {
            "label": TextObject(LONGEST["input.label"]),
            "hint": TextObject(LONGEST["input.hint"]),
            "element": Element((*TYPED, *SELECTS, *PICKERS)),
            "optional": FLAG,
            "dispatch_action": FLAG,
        },
        required=("label", "element"),
    ),
    "rich_text": Shape({"elements": Items(Loose())}, required=("elements",)),
    "table": Shape(
        {
            "rows": Items(
                Items(Element(("raw_text", "rich_text")), *ITEMS["table.cells"]),
                *ITEMS["table.rows"],
            ),
            "column_settings": Items(Object("column_setting"), 0, ITEMS["table.cells"][1]),
        },
        required=("rows",),
        surfaces=_ONLY_MESSAGES,
    ),
    "markdown": Shape(
        {"text": String(LONGEST["markdown.text"], 1)},
        required=("text",),
        surfaces=_ONLY_MESSAGES,
    ),
    "file": Shape(
        {"external_id": String(shortest=1), "source": OneOf(("remote",))},
        required=("external_id", "source"),
        surfaces=_ONLY_MESSAGES,
    ),
    "video": Shape(
        {
            "title": TextObject(LONGEST["video.title"]),
            "title_url": URL,
            "video_url": URL,
            "thumbnail_url": URL,
            "alt_text": String(LONGEST["image.alt_text"], 1),
            "description": TextObject(LONGEST["video.title"]),
            "author_name": String(50),
            "provider_name": String(),
            "provider_icon_url": URL,
        },
        required=("title", "video_url", "thumbnail_url", "alt_text"),
    ),
}

_VIEW: Final[dict[str, Rule]] = {
    "type": OneOf(("modal", "home")),
    "blocks": Items(Loose(), *ITEMS["view.blocks"]),
    "private_metadata": String(LONGEST["view.private_metadata"]),
    "callback_id": String(LONGEST["view.callback_id"]),
    "external_id": String(LONGEST["view.external_id"]),
}

VIEWS: Final[dict[str, Shape]] = {
    "modal": Shape(
        {
            **_VIEW,
            "title": TextObject(LONGEST["view.title"]),
            "submit": TextObject(LONGEST["view.submit"]),
            "close": TextObject(LONGEST["view.close"]),
            "clear_on_close": FLAG,
            "notify_on_close": FLAG,
            "submit_disabled": FLAG,
        },
        required=("title", "blocks"),
    ),
    "home": Shape(_VIEW, required=("blocks",)),
}

#: The fields that a message may have, for `chat.*` and for a response_url.
MESSAGE_FIELDS: Final = frozenset(
    [
        "attachments",
        "blocks",
        "channel",
        "delete_original",
        "icon_emoji",
        "icon_url",
        "link_names",
        "markdown_text",
        "metadata",
        "mrkdwn",
        "parse",
        "post_at",
        "replace_original",
        "reply_broadcast",
        "response_type",
        "text",
        "thread_ts",
        "token",
        "ts",
        "unfurl_links",
        "unfurl_media",
        "user",
        "username",
        "as_user",
        "team_id",
    ]
)
