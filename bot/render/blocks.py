"""Builds Block Kit pieces within Slack's size limits, with labels from the templates.

They are plain dicts. slack_sdk's models take twenty times as long for a message, and accept faults
that `slack_rules` finds. Forms are rare and keep the models.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from bot.domain.controls import Button
from bot.domain.followups.cadence import Snooze
from bot.render.text import sizes
from bot.render.text.mrkdwn import Mrkdwn, bare, cut, fit
from bot.render.wording import Wording

Block = dict[str, Any]
Element = dict[str, Any]
Text = dict[str, Any]


def mrkdwn(text: Mrkdwn, limit: int = sizes.SECTION) -> Text:
    """`verbatim`: Slack resolves the mentions and links in the markup, and none typed by people."""
    return {"type": "mrkdwn", "text": fit(text, limit), "verbatim": True}


def plain(text: str, limit: int) -> Text:
    return {"type": "plain_text", "text": cut(bare(text), limit), "emoji": True}


def header(text: str) -> Block:
    return {"type": "header", "text": plain(text, sizes.HEADER)}


def section(text: Mrkdwn, accessory: Element | None = None) -> Block:
    block: Block = {"type": "section", "text": mrkdwn(text)}
    if accessory is not None:
        block["accessory"] = accessory
    return block


def as_typed(text: str) -> Block:
    """A person's own words to copy. Slack shows no markup, mention or emoji in them."""
    return {"type": "section", "text": {"type": "plain_text", "text": bare(text), "emoji": False}}


def fields(texts: Iterable[Mrkdwn]) -> list[Block]:
    """A grid of two columns, without the empty texts; no block if all are empty."""
    said = [mrkdwn(text, sizes.FIELD) for text in texts if text]
    return [{"type": "section", "fields": said[: sizes.FIELDS]}] if said else []


def context(text: Mrkdwn) -> Block:
    return {"type": "context", "elements": [mrkdwn(text, sizes.CONTEXT)]}


def divider() -> Block:
    return {"type": "divider"}


def button(wording: Wording, name: Button, value: str, style: str | None = None) -> Element:
    element: Element = {
        "type": "button",
        "text": plain(wording.plain("buttons", name.value), sizes.BUTTON),
        "action_id": name.value,
        "value": value,
    }
    if style is not None:
        element["style"] = style
    return element


def actions(elements: Sequence[Element]) -> Block:
    return {"type": "actions", "elements": list(elements)}


def snooze_menu(wording: Wording, name: Button, subject: str) -> Element:
    """A menu of snooze lengths. An option's value is like `30m:<id>`."""
    return {
        "type": "static_select",
        "action_id": name.value,
        "placeholder": plain(wording.plain("buttons", name.value), sizes.PLACEHOLDER),
        "options": [
            {
                "text": plain(
                    wording.plain("buttons", f"snooze_{snooze.name.lower()}"), sizes.OPTION
                ),
                "value": f"{snooze.value}:{subject}",
            }
            for snooze in Snooze
        ],
    }


def lines_within(
    lines: Sequence[Mrkdwn], more: Callable[[int], Mrkdwn], limit: int = sizes.SECTION
) -> Mrkdwn:
    """Join as many lines as fit into `limit`. `more` words how many do not fit."""
    room = limit - len(more(len(lines))) - 1
    taken: list[str] = []
    used = 0
    for line in lines:
        if used + len(line) + 1 > room:
            break
        taken.append(line)
        used += len(line) + 1
    if len(taken) < len(lines):
        taken.append(more(len(lines) - len(taken)))
    return Mrkdwn("\n".join(taken))
