"""`/escalate help`, for all verbs or for one."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.likeness import near
from bot.render.blocks import context, lines_within, section
from bot.render.desk import Desk
from bot.render.message import Message, message


@dataclass(frozen=True)
class VerbHelp:
    """A verb explains itself: `usage` and `example` are what a person types, `/escalate` included.

    `summary` is one sentence without a full stop.
    """

    name: str
    usage: str
    summary: str
    example: str = ""


def help(desk: Desk, verbs: Sequence[VerbHelp], verb: str | None = None) -> Message:  # noqa: A001
    """All verbs, or one; an unknown one gets the nearest."""
    if verb is None:
        return _all(desk, verbs)
    found = [known for known in verbs if known.name == verb]
    if not found:
        return unknown_verb(desk, verb, [known.name for known in verbs])
    said = desk.say("help", "one", verb=found[0])
    return message(said, [section(said)])


def unknown_verb(desk: Desk, named: str, verbs: Sequence[str]) -> Message:
    nearest = near(named.lower(), verbs)[:3]
    said = desk.say("help", "unknown", named=named, nearest=nearest)
    return message(said, [section(said)])


def _all(desk: Desk, verbs: Sequence[VerbHelp]) -> Message:
    heading = desk.say("help", "heading")
    introduction = desk.say("help", "introduction")
    lines = [desk.say("help", "verb", verb=verb) for verb in verbs]
    blocks = [section(heading), context(introduction)]
    # Sections of eight: Slack folds a longer one behind 'See more'.
    for start in range(0, len(lines), 8):
        said = lines_within(
            lines[start : start + 8], lambda count: desk.say("help", "more", count=count)
        )
        blocks.append(section(said))
    blocks.append(context(desk.say("help", "footer")))
    return message(heading, blocks)
