"""`/escalate help`, for all verbs or for one."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from bot.domain.controls import COMMAND
from bot.domain.text.likeness import near
from bot.render.blocks import Block, context, section
from bot.render.message import Message, message
from bot.render.text import sizes
from bot.render.text.fitting import Growing
from bot.render.text.mrkdwn import Mrkdwn, fit
from bot.render.wording import Wording

_IN_A_SECTION = 8
_BEGINS = {
    "open": "group_opening",
    "ack": "group_paging",
    "status": "group_working",
    "task": "group_later",
    "resolve": "group_ending",
    "digest": "group_digest",
}
"""The verb with which each group of the help begins, and the group's heading in help.j2."""


@dataclass(frozen=True)
class VerbHelp:
    """The help on one verb. `usage` and `example` are what a person types, `/escalate` included.

    `summary` is one sentence without a full stop.
    """

    name: str
    usage: str
    summary: str
    example: str = ""
    lines: bool = False
    """Whether further lines of the command say what the paged teams are needed for."""


def verb_help(wording: Wording, name: str, *, lines: bool = False) -> VerbHelp:
    say = partial(wording.plain, "verbs")
    usage, example = say(f"{name}_usage"), say(f"{name}_example")
    return VerbHelp(name, f"{COMMAND} {usage}", say(name), f"{COMMAND} {example}", lines)


def help(wording: Wording, verbs: Sequence[VerbHelp], verb: str | None = None) -> Message:  # noqa: A001
    """Explain all verbs or one. An unknown verb gets the nearest matches."""
    if verb is None:
        return _all(wording, verbs)
    found = [known for known in verbs if known.name == verb]
    if not found:
        return unknown_verb(wording, verb, [known.name for known in verbs])
    said = wording.say("help", "one", verb=found[0])
    return message(said, [section(said)])


def unknown_verb(wording: Wording, named: str, verbs: Sequence[str]) -> Message:
    nearest = [f"help {name}" for name in near(named.lower(), verbs)[:3]]
    said = wording.say("help", "unknown", named=named, nearest=nearest)
    return message(said, [section(said)])


def _all(wording: Wording, verbs: Sequence[VerbHelp]) -> Message:
    heading = wording.say("help", "heading")
    introduction = wording.say("help", "introduction")
    footer = context(wording.say("help", "footer"))
    return message(
        heading, [section(heading), context(introduction), _list(wording, verbs), footer]
    )


def _list(wording: Wording, verbs: Sequence[VerbHelp]) -> Growing:
    """A section for each group, of eight lines at most: Slack folds longer ones."""
    longest = sizes.SECTION // _IN_A_SECTION - 1
    said = [fit(wording.say("help", "verb", verb=verb), longest) for verb in verbs]

    def draw(shown: int) -> list[Block]:
        groups: list[list[Mrkdwn]] = []
        headings = dict(_BEGINS)
        for verb, line in zip(verbs[:shown], said, strict=False):
            heading = headings.pop(verb.name, None)
            if heading is not None:
                groups.append([wording.say("help", heading)])
            elif not groups or len(groups[-1]) == _IN_A_SECTION:
                groups.append([])
            groups[-1].append(line)
        left = len(said) - shown
        more = [context(wording.say("help", "more", count=left))] if left else []
        return [*(section(Mrkdwn("\n".join(group))) for group in groups), *more]

    return Growing(len(said), draw)
