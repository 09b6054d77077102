"""Pieces of Block Kit, with Slack's sizes kept and the labels taken from the templates."""

from collections.abc import Callable, Iterable, Sequence

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ContextBlock,
    HeaderBlock,
    InteractiveElement,
    MarkdownTextObject,
    Option,
    PlainTextObject,
    SectionBlock,
    StaticSelectElement,
)

from bot.domain.clockwork import Snooze
from bot.domain.controls import Button
from bot.render import sizes
from bot.render.desk import Desk
from bot.render.mrkdwn import Mrkdwn, cut, fit


def mrkdwn(text: Mrkdwn, limit: int = sizes.SECTION) -> MarkdownTextObject:
    """`verbatim`: Slack resolves what we wrote as a mention or link, and nothing a person typed."""
    return MarkdownTextObject(text=fit(text, limit), verbatim=True)


def plain(text: str, limit: int) -> PlainTextObject:
    return PlainTextObject(text=cut(text, limit), emoji=True)


def header(text: str) -> HeaderBlock:
    return HeaderBlock(text=plain(text, sizes.HEADER))


def section(text: Mrkdwn, accessory: InteractiveElement | None = None) -> SectionBlock:
    return SectionBlock(text=mrkdwn(text), accessory=accessory)


def fields(texts: Iterable[Mrkdwn]) -> list[Block]:
    """A grid of two columns; nothing where there is nothing to say."""
    said = [mrkdwn(text, sizes.FIELD) for text in texts if text]
    return [SectionBlock(fields=said[: sizes.FIELDS])] if said else []


def context(text: Mrkdwn) -> ContextBlock:
    return ContextBlock(elements=[mrkdwn(text, sizes.CONTEXT)])


def button(desk: Desk, name: Button, value: str, style: str | None = None) -> ButtonElement:
    return ButtonElement(
        text=plain(desk.plain("buttons", name.value), sizes.BUTTON),
        action_id=name.value,
        value=value,
        style=style,
    )


def actions(elements: Sequence[InteractiveElement]) -> ActionsBlock:
    return ActionsBlock(elements=list(elements))


def snooze_menu(desk: Desk, name: Button, subject: str) -> StaticSelectElement:
    """The lengths of a snooze; each option's value is `30m:<id>` and so on."""
    return StaticSelectElement(
        action_id=name.value,
        placeholder=plain(desk.plain("buttons", name.value), sizes.PLACEHOLDER),
        options=[
            Option(
                text=plain(desk.plain("buttons", f"snooze_{snooze.name.lower()}"), sizes.OPTION),
                value=f"{snooze.value}:{subject}",
            )
            for snooze in Snooze
        ],
    )


def lines_within(
    lines: Sequence[Mrkdwn], more: Callable[[int], Mrkdwn], limit: int = sizes.SECTION
) -> Mrkdwn:
    """Join as many lines as fit; `more` says how many do not."""
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
