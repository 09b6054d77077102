"""Offers for unclear commands: nothing happens until the person presses a button."""

from collections.abc import Sequence

from bot.domain.controls import Button
from bot.domain.incidents.results import Meant
from bot.render.blocks import Block, actions, as_typed, button, context, plain, section
from bot.render.message import Message, message
from bot.render.text import sizes
from bot.render.text.mrkdwn import Mrkdwn
from bot.render.wording import Wording


def open_as(
    wording: Wording, unknown: str, meant: Sequence[tuple[Meant, str]], needs: str = ""
) -> Message:
    """A row for each possible meaning: its command to copy, and a button with its value.

    `needs`: the lines after the title.
    """
    rules = list(wording.policy.severities.values())
    said = wording.say(
        "answers", "open_as", unknown=unknown, meant=[one for one, _ in meant], rules=rules
    )
    blocks: list[Block] = [section(said)]
    for one, value in meant:
        pressed = button(wording, Button.OPEN_AS, value)
        label = wording.plain("buttons", Button.OPEN_AS.value, severity=one.severity)
        pressed["text"] = plain(label, sizes.BUTTON)
        blocks.append(section(wording.say("answers", "open_as_row", one=one, needs=needs), pressed))
    return message(said, blocks)


def unknown_command(
    wording: Wording, named: str, nearest: Sequence[str], typed: str = ""
) -> Message:
    """Offer the nearest commands for an unknown verb, and *Open this* if it may be a report."""
    return _perhaps_a_report(
        wording, wording.say("help", "unknown", named=named, nearest=nearest), typed
    )


def undo(
    wording: Wording, named: str, block: str, commands: Sequence[str], typed: str = ""
) -> Message:
    """Say why commands like `unack` do not exist, and which commands help instead."""
    why = wording.say("help", block)
    said = wording.say("help", "undo", named=named, why=why, commands=commands)
    return _perhaps_a_report(wording, said, typed)


def perhaps_a_report(wording: Wording, answer: Message, typed: str) -> Message:
    """Add *Open this* to a refusal, if the text may be a report that starts like a command."""
    said = wording.say("help", "perhaps_a_report")
    press = button(wording, Button.OPEN_TYPED, typed[: sizes.BUTTON_VALUE])
    blocks = [*answer.blocks, section(said), actions([press])]
    return message(Mrkdwn(f"{answer.text} {said}"), blocks)


def with_text(wording: Wording, answer: Message, typed: str) -> Message:
    """Repeat the typed text under the answer as plain text, to copy whole."""
    parts = [typed[at : at + sizes.SECTION] for at in range(0, len(typed), sizes.SECTION)]
    blocks = [*answer.blocks, context(wording.say("help", "typed")), *map(as_typed, parts)]
    return message(Mrkdwn(answer.text), blocks)


def _perhaps_a_report(wording: Wording, said: Mrkdwn, typed: str) -> Message:
    if not typed:
        return message(said, [section(said)])
    nothing = wording.say("help", "nothing_opened")
    press = button(wording, Button.OPEN_TYPED, typed[: sizes.BUTTON_VALUE], "primary")
    return message(Mrkdwn(f"{said} {nothing}"), [section(said), section(nothing), actions([press])])
