"""The catalogue of composition objects and block elements, as data."""

from __future__ import annotations

from typing import Final

from slack_rules.limits import ITEMS, LONGEST
from slack_rules.rules import (
    EITHER,
    Boolean,
    Integer,
    Items,
    Loose,
    Object,
    OneOf,
    Rule,
    Shape,
    String,
    TextObject,
)

URL = String(LONGEST["url"], 1, r"[A-Za-z][A-Za-z0-9+.-]*:\S+", "a valid URL")
STYLE = OneOf(("primary", "danger"))
ACTION_ID = String(LONGEST["action_id"], 1)
DATE = String(pattern=r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", what="a date (YYYY-MM-DD)")
TIME = String(pattern=r"([01]\d|2[0-3]):[0-5]\d", what="a time (HH:mm)")
PLACEHOLDER = TextObject(LONGEST["placeholder"])
FLAG = Boolean()
IDS = Items(String(shortest=1))
NUMBER = String(pattern=r"-?\d+(\.\d+)?", what="a number")


def _option(*, rich: bool = False, url: bool = False) -> Shape:
    kinds = EITHER if rich else ("plain_text",)
    fields: dict[str, Rule] = {
        "text": TextObject(LONGEST["option.text"], kinds),
        "value": String(LONGEST["option.value"], 1),
        "description": TextObject(LONGEST["option.description"], kinds),
    }
    if url:
        fields["url"] = URL
    return Shape(fields, required=("text", "value"))


OBJECTS: Final[dict[str, Shape]] = {
    "confirm": Shape(
        {
            "title": TextObject(LONGEST["confirm.title"]),
            "text": TextObject(LONGEST["confirm.text"], EITHER),
            "confirm": TextObject(LONGEST["confirm.button"]),
            "deny": TextObject(LONGEST["confirm.button"]),
            "style": STYLE,
        },
        required=("title", "text", "confirm", "deny"),
    ),
    "option": _option(),
    "rich_option": _option(rich=True),
    "overflow_option": _option(url=True),
    "option_group": Shape(
        {
            "label": TextObject(LONGEST["option_group.label"]),
            "options": Items(Object("option"), *ITEMS["select.options"]),
        },
        required=("label", "options"),
    ),
    "dispatch_action_config": Shape(
        {
            "trigger_actions_on": Items(
                OneOf(("on_enter_pressed", "on_character_entered")), fewest=1
            )
        },
        required=("trigger_actions_on",),
    ),
    "filter": Shape(
        {
            "include": Items(OneOf(("im", "mpim", "private", "public")), fewest=1),
            "exclude_external_shared_channels": FLAG,
            "exclude_bot_users": FLAG,
        }
    ),
    "slack_file": Shape({"id": String(shortest=1), "url": URL}, any_of=("id", "url")),
    "column_setting": Shape(
        {"align": OneOf(("left", "center", "right")), "is_wrapped": FLAG},
    ),
}

_COMMON: dict[str, Rule] = {"action_id": ACTION_ID}
_ASKING: dict[str, Rule] = {
    **_COMMON,
    "confirm": Object("confirm"),
    "focus_on_load": FLAG,
    "placeholder": PLACEHOLDER,
}
_MANY: dict[str, Rule] = {"max_selected_items": Integer(least=1)}
_OPTIONS: dict[str, Rule] = {
    "options": Items(Object("option"), *ITEMS["select.options"]),
    "option_groups": Items(Object("option_group"), *ITEMS["select.option_groups"]),
}
_CONVERSATIONS: dict[str, Rule] = {
    "default_to_current_conversation": FLAG,
    "filter": Object("filter"),
}
_TYPED: dict[str, Rule] = {
    **_COMMON,
    "dispatch_action_config": Object("dispatch_action_config"),
    "focus_on_load": FLAG,
    "placeholder": PLACEHOLDER,
}


def _ticks(kind: str, initial: dict[str, Rule]) -> Shape:
    return Shape(
        {
            **_COMMON,
            "options": Items(Object("rich_option"), *ITEMS[f"{kind}.options"]),
            "confirm": Object("confirm"),
            "focus_on_load": FLAG,
            **initial,
        },
        required=("options",),
    )


ELEMENTS: Final[dict[str, Shape]] = {
    "button": Shape(
        {
            **_COMMON,
            "text": TextObject(LONGEST["button.text"]),
            "value": String(LONGEST["button.value"]),
            "url": URL,
            "style": STYLE,
            "confirm": Object("confirm"),
            "accessibility_label": String(LONGEST["button.accessibility_label"]),
        },
        required=("text",),
    ),
    "static_select": Shape(
        {**_ASKING, **_OPTIONS, "initial_option": Object("option")},
        any_of=("options", "option_groups"),
        exclusive=True,
    ),
    "multi_static_select": Shape(
        {
            **_ASKING,
            **_OPTIONS,
            **_MANY,
            "initial_options": Items(Object("option"), *ITEMS["select.options"]),
        },
        any_of=("options", "option_groups"),
        exclusive=True,
    ),
    "external_select": Shape(
        {**_ASKING, "initial_option": Object("option"), "min_query_length": Integer(least=0)}
    ),
    "multi_external_select": Shape(
        {
            **_ASKING,
            **_MANY,
            "initial_options": Items(Object("option"), *ITEMS["select.options"]),
            "min_query_length": Integer(least=0),
        }
    ),
    "users_select": Shape({**_ASKING, "initial_user": String(shortest=1)}),
    "multi_users_select": Shape({**_ASKING, **_MANY, "initial_users": IDS}),
    "conversations_select": Shape(
        {
            **_ASKING,
            **_CONVERSATIONS,
            "initial_conversation": String(shortest=1),
            "response_url_enabled": FLAG,
        }
    ),
    "multi_conversations_select": Shape(
        {**_ASKING, **_CONVERSATIONS, **_MANY, "initial_conversations": IDS}
    ),
    "channels_select": Shape(
        {**_ASKING, "initial_channel": String(shortest=1), "response_url_enabled": FLAG}
    ),
    "multi_channels_select": Shape({**_ASKING, **_MANY, "initial_channels": IDS}),
    "overflow": Shape(
        {
            **_COMMON,
            "options": Items(Object("overflow_option"), *ITEMS["overflow.options"]),
            "confirm": Object("confirm"),
        },
        required=("options",),
    ),
    "datepicker": Shape({**_ASKING, "initial_date": DATE}),
    "timepicker": Shape({**_ASKING, "initial_time": TIME, "timezone": String(shortest=1)}),
    "datetimepicker": Shape(
        {
            **_COMMON,
            "confirm": Object("confirm"),
            "focus_on_load": FLAG,
            "initial_date_time": Integer(1_000_000_000, 9_999_999_999),
        }
    ),
    "checkboxes": _ticks(
        "checkboxes",
        {"initial_options": Items(Object("rich_option"), *ITEMS["checkboxes.options"])},
    ),
    "radio_buttons": _ticks("radio_buttons", {"initial_option": Object("rich_option")}),
    "plain_text_input": Shape(
        {
            **_TYPED,
            "initial_value": String(LONGEST["plain_text_input"]),
            "multiline": FLAG,
            "min_length": Integer(0, LONGEST["plain_text_input"]),
            "max_length": Integer(1, LONGEST["plain_text_input"]),
        }
    ),
    "rich_text_input": Shape({**_TYPED, "initial_value": Loose()}),
    "email_text_input": Shape({**_TYPED, "initial_value": String(shortest=1)}),
    "url_text_input": Shape({**_TYPED, "initial_value": String(shortest=1)}),
    "number_input": Shape(
        {
            **_TYPED,
            "is_decimal_allowed": FLAG,
            "initial_value": NUMBER,
            "min_value": NUMBER,
            "max_value": NUMBER,
        },
        required=("is_decimal_allowed",),
    ),
    "image": Shape(
        {
            "image_url": URL,
            "slack_file": Object("slack_file"),
            "alt_text": String(LONGEST["image.alt_text"], 1),
        },
        required=("alt_text",),
        any_of=("image_url", "slack_file"),
        exclusive=True,
    ),
    # The text objects of a context block and the cells of a table count as elements.
    "plain_text": Shape({}),
    "mrkdwn": Shape({}),
    "raw_text": Shape({"text": String(shortest=1)}, required=("text",)),
    "rich_text": Shape({"elements": Items(Loose())}, required=("elements",)),
}

SELECTS: Final = tuple(name for name in ELEMENTS if name.endswith("_select"))
PICKERS: Final = ("datepicker", "timepicker", "datetimepicker", "checkboxes", "radio_buttons")
TYPED: Final = (
    "plain_text_input",
    "rich_text_input",
    "email_text_input",
    "url_text_input",
    "number_input",
)
