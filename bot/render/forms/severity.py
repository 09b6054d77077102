"""The forms that change a severity. Before a rise, a second form shows who will be paged."""

from collections.abc import Sequence
from typing import Any

from slack_sdk.models.blocks import Option

from bot.domain.controls import Field, Form
from bot.domain.incidents.results import WillPage
from bot.domain.incidents.severity import Severity
from bot.domain.incidents.views import Head
from bot.render.blocks import Block, context, lines_within, section
from bot.render.forms import inputs
from bot.render.forms.modal import asking
from bot.render.forms.work import about
from bot.render.text.mrkdwn import Mrkdwn
from bot.render.wording import Wording


def severity_form(wording: Wording, subject: str, head: Head) -> dict[str, Any]:
    """The form with the current severity chosen. It changes and pages nothing yet."""
    blocks: list[Block] = [*about(wording, head), *_choice(wording, head, head.severity, "")]
    return asking(
        wording, Form.SEVERITY, subject, [*blocks, context(wording.say("forms", "severity_next"))]
    )


def raise_form(
    wording: Wording, subject: str, head: Head, to: Severity, words: str, pages: Sequence[WillPage]
) -> dict[str, Any]:
    """The same form, with the people that the rise will page.

    The block_id says which severity they belong to. After another choice, the form first shows
    that one's people.
    """
    blocks: list[Block] = [
        *about(wording, head),
        section(_who(wording, to, pages)),
        *_choice(wording, head, to, words, since=to.value),
    ]
    return asking(wording, Form.RAISE, subject, blocks)


def _who(wording: Wording, to: Severity, pages: Sequence[WillPage]) -> Mrkdwn:
    if not pages:
        return wording.say("forms", "raise_pages_no_one", severity=to)
    lines = [wording.say("forms", "raise_pages", severity=to)]
    lines += [wording.say("forms", "raise_team", row=row) for row in pages]
    return lines_within(lines, lambda count: wording.say("forms", "preview_more", count=count))


def _choice(
    wording: Wording, head: Head, chosen: Severity, words: str, *, since: str = ""
) -> list[Block]:
    offered = [
        _option(wording, severity, now=severity is head.severity)
        for severity in wording.policy.severities
    ]
    element = inputs.choice(wording, Field.SEVERITY, offered, chosen.value)
    note = inputs.typed(wording, Field.NOTE, initial=words, multiline=True)
    return [
        inputs.labelled(wording, Field.SEVERITY, element, label="new_severity", since=since),
        inputs.labelled(wording, Field.NOTE, note, label="severity_note", optional=True),
    ]


def _option(wording: Wording, severity: Severity, *, now: bool) -> Option:
    rule = wording.policy.severities[severity]
    label = wording.plain("fields", "severity_option", rule=rule, now=now)
    return inputs.option(label, severity.value)
