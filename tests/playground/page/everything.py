"""Every block and every element that the page draws: one message, one form, one home tab."""

from __future__ import annotations

from typing import Any

from tests.playground.page.tiny_app import TEAMS, labelled, option, plain

Blocks = list[dict[str, Any]]


def mrkdwn(text: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text}


def section(text: str, accessory: dict[str, Any] | None = None) -> dict[str, Any]:
    block = {"type": "section", "text": mrkdwn(text)}
    return block if accessory is None else {**block, "accessory": accessory}


MANY = [option(f"m{number}", f"Market {number}") for number in range(12)]
GROUPS = [
    {"label": plain("Safety"), "options": [option("legal", "Legal"), option("child", "Child")]},
    {"label": plain("Outside"), "options": [option("pr", "PR")]},
]
DESCRIBED = [
    {**option("minor", "A minor"), "description": plain("Under 18")},
    option("public", "A public person"),
]

SELECTS: dict[str, dict[str, Any]] = {
    "one": {"type": "static_select", "options": MANY, "placeholder": plain("Choose a market")},
    "grouped": {"type": "static_select", "option_groups": GROUPS},
    "several": {"type": "multi_static_select", "options": TEAMS, "initial_options": TEAMS[:2]},
    "person": {"type": "users_select"},
    "people": {"type": "multi_users_select"},
    "channel": {"type": "channels_select"},
    "conversation": {"type": "conversations_select"},
}
TYPED: dict[str, dict[str, Any]] = {
    "line": {"type": "plain_text_input", "max_length": 40, "placeholder": plain("In a few words")},
    "text": {"type": "plain_text_input", "multiline": True},
    "mail": {"type": "email_text_input"},
    "link": {"type": "url_text_input"},
    "count": {"type": "number_input", "is_decimal_allowed": False},
}
PICKED: dict[str, dict[str, Any]] = {
    "day": {"type": "datepicker"},
    "hour": {"type": "timepicker"},
    "moment": {"type": "datetimepicker"},
}
CHOICES: dict[str, dict[str, Any]] = {
    "which": {"type": "radio_buttons", "options": DESCRIBED},
    "affected": {"type": "checkboxes", "options": DESCRIBED},
}


def _button(action_id: str, text: str, **more: Any) -> dict[str, Any]:
    return {"type": "button", "action_id": action_id, "text": plain(text), **more}


CONFIRM = {
    "title": plain("Quench it?"),
    "text": plain("It is dark then."),
    "confirm": plain("Quench"),
    "deny": plain("Keep"),
}
OVERFLOW = {"type": "overflow", "action_id": "more", "options": DESCRIBED}
BUTTONS = [
    _button("ack", "Acknowledge", style="primary"),
    _button("quench", "Quench", style="danger", confirm=CONFIRM),
    _button("later", "Later"),
    _button("elsewhere", "Read more", url="https://example.com/"),
]
RICH = {
    "type": "rich_text",
    "elements": [
        {
            "type": "rich_text_section",
            "elements": [
                {"type": "text", "text": "Bold", "style": {"bold": True}},
                {"type": "text", "text": " and a "},
                {"type": "link", "url": "https://example.com/", "text": "link"},
            ],
        },
        {
            "type": "rich_text_list",
            "style": "bullet",
            "elements": [
                {"type": "rich_text_section", "elements": [{"type": "text", "text": "First"}]}
            ],
        },
        {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "x = 1"}]},
    ],
}
TABLE = {
    "type": "table",
    "rows": [
        [{"type": "raw_text", "text": "Team"}, {"type": "raw_text", "text": "Answer"}],
        [{"type": "raw_text", "text": "Legal"}, {"type": "raw_text", "text": "4 min"}],
    ],
}
IMAGE = {
    "type": "image",
    "image_url": "https://example.com/chart.png",
    "alt_text": "Open escalations by week",
    "title": plain("Open escalations"),
}
WORDS = (
    "*Bold*, _italic_, ~struck~, `code` and <https://example.com/|a link>, for <@{bob}> in "
    "<#{general}>.\n> A quotation\n• a list\n```a fence```\n<!date^1773392400^{{date_short}} "
    "{{time}}|a moment> :fire:"
)


def message_blocks(bob: str, general: str) -> Blocks:
    pickers = {name: element for name, element in PICKED.items() if name != "moment"}
    in_sections = {**SELECTS, **pickers, **CHOICES}
    return [
        {"type": "header", "text": plain("Every block")},
        section(WORDS.format(bob=bob, general=general)),
        {"type": "section", "fields": [mrkdwn("*State*\nopen"), mrkdwn("*Owner*\nAda")]},
        *(
            section(f"An accessory: {name}", {**element, "action_id": f"accessory-{name}"})
            for name, element in in_sections.items()
        ),
        {"type": "divider"},
        {"type": "actions", "elements": [*BUTTONS, OVERFLOW]},
        {
            "type": "actions",
            "elements": [
                {**element, "action_id": f"row-{name}"}
                for name, element in {**SELECTS, **PICKED, **CHOICES}.items()
            ],
        },
        {
            "type": "context",
            "elements": [mrkdwn("Updated just now"), {**_image_element(), "alt_text": "A face"}],
        },
        IMAGE,
        RICH,
        TABLE,
    ]


def _image_element() -> dict[str, Any]:
    return {"type": "image", "image_url": "https://example.com/face.png"}


def _inputs(*, optional: bool) -> Blocks:
    kind = "optional" if optional else "needed"
    return [
        labelled(
            f"{kind}-{name}", f"{name.capitalize()} ({kind})", element, hint=plain("What it is for")
        )
        | ({"optional": True} if optional else {})
        for name, element in {**TYPED, **SELECTS, **PICKED, **CHOICES}.items()
    ]


FORM: dict[str, Any] = {
    "type": "modal",
    "callback_id": "everything",
    "title": plain("Everything"),
    "submit": plain("Send"),
    "close": plain("Not now"),
    "blocks": [
        {"type": "header", "text": plain("A part of the form")},
        section("What is asked here, and why.", _button("preview", "Preview")),
        *_inputs(optional=False),
        *_inputs(optional=True),
        {"type": "context", "elements": [mrkdwn("You can change it later.")]},
    ],
}
ERRORS = {f"needed-{name}": f"Say which {name} it is." for name in {**TYPED, **SELECTS, **CHOICES}}

HOME: dict[str, Any] = {
    "type": "home",
    "blocks": [
        {"type": "header", "text": plain("Your beacons")},
        {"type": "actions", "elements": BUTTONS[:3]},
        section("*Pages waiting for you*"),
        section("ESC-12 Fire on the hill", _button("answer", "Acknowledge", style="primary")),
        {"type": "divider"},
        {"type": "context", "elements": [mrkdwn("Updated just now")]},
    ],
}
