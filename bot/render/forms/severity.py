"""The forms that change a severity: the choice, and for a rise who it will page, asked first."""

from collections.abc import Sequence
from typing import Any

from slack_sdk.models.blocks import Option

from bot.domain.answers import WillPage
from bot.domain.controls import Field, Form
from bot.domain.reading import Head
from bot.domain.severity import Severity
from bot.render.blocks import Block, context, lines_within, section
from bot.render.desk import Desk
from bot.render.forms import inputs
from bot.render.forms.modal import asking
from bot.render.forms.work import about
from bot.render.mrkdwn import Mrkdwn


def severity_form(desk: Desk, subject: str, head: Head) -> dict[str, Any]:
    """The severity that it has is chosen; nothing is changed or paged yet."""
    blocks: list[Block] = [*about(desk, head), *_choice(desk, head, head.severity, "")]
    return asking(
        desk, Form.SEVERITY, subject, [*blocks, context(desk.say("forms", "severity_next"))]
    )


def raise_form(
    desk: Desk, subject: str, head: Head, to: Severity, words: str, pages: Sequence[WillPage]
) -> dict[str, Any]:
    """The same again, with the people that it will page. The block_id says for which severity
    they are shown: another choice shows its own first.
    """
    blocks: list[Block] = [
        *about(desk, head),
        section(_who(desk, to, pages)),
        *_choice(desk, head, to, words, since=to.value),
    ]
    return asking(desk, Form.RAISE, subject, blocks)


def _who(desk: Desk, to: Severity, pages: Sequence[WillPage]) -> Mrkdwn:
    if not pages:
        return desk.say("forms", "raise_pages_no_one", severity=to)
    lines = [desk.say("forms", "raise_pages", severity=to)]
    lines += [desk.say("forms", "raise_team", row=row) for row in pages]
    return lines_within(lines, lambda count: desk.say("forms", "preview_more", count=count))


def _choice(
    desk: Desk, head: Head, chosen: Severity, words: str, *, since: str = ""
) -> list[Block]:
    offered = [
        _option(desk, severity, now=severity is head.severity)
        for severity in desk.policy.severities
    ]
    element = inputs.choice(desk, Field.SEVERITY, offered, chosen.value)
    note = inputs.typed(desk, Field.NOTE, initial=words, multiline=True)
    return [
        inputs.labelled(desk, Field.SEVERITY, element, label="new_severity", since=since),
        inputs.labelled(desk, Field.NOTE, note, label="severity_note", optional=True),
    ]


def _option(desk: Desk, severity: Severity, *, now: bool) -> Option:
    rule = desk.policy.severities[severity]
    label = desk.plain("fields", "severity_option", rule=rule, now=now)
    return inputs.option(label, severity.value)
