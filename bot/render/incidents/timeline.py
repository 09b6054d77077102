"""Timeline entries in words."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.domain.ids import UserId
from bot.domain.incidents.views import EntryLine
from bot.domain.paging.ladders import person_of
from bot.render.blocks import context
from bot.render.message import Message
from bot.render.text import sizes
from bot.render.text.mrkdwn import Mrkdwn, person
from bot.render.wording import Wording

IN_A_LINE = 200
IN_A_NOTICE = 1_200


class Recorded(dict[str, Any]):
    """An entry's data. A missing value is empty, because older entries may hold less."""

    def __missing__(self, key: str) -> str:
        return ""


def dated(wording: Wording, said: Message, at: datetime) -> Message:
    """Add to a late message the moment it reports on."""
    when = context(wording.say("notice", "late", at=at))
    return replace(said, blocks=[*said.blocks[: sizes.BLOCKS_IN_MESSAGE - 1], when])


def line(wording: Wording, entry: EntryLine) -> Mrkdwn:
    """One line of the timeline: when, who, what."""
    return wording.say(
        "timeline", "line", entry=entry, sentence=sentence(wording, entry, IN_A_LINE)
    )


def sentence(wording: Wording, entry: EntryLine, most: int, *, aloud: bool = False) -> Mrkdwn:
    return wording.say(
        "timeline",
        block_of(entry),
        entry=entry,
        data=recorded(wording, entry),
        who=person(entry.actor),
        most=most,
        aloud=aloud,
        person=_asked_for(wording, entry),
    )


def block_of(entry: EntryLine) -> str:
    return entry.kind.value.replace(" ", "_")


def recorded(wording: Wording, entry: EntryLine) -> Mapping[str, Any]:
    """An entry's data, with people in place of the personal keys that earlier releases wrote."""
    data = Recorded({key: value for key, value in entry.data.items() if value is not None})
    handed_to = person_of(str(data["to_team"]))
    if handed_to is not None:
        data.update(to_team="", to_person=handed_to)
    if _person_by(wording, data["name"]) is not None:
        data["name"] = ""
    return data


def _asked_for(wording: Wording, entry: EntryLine) -> UserId | None:
    """The person who was asked for, if no team was."""
    by_key = person_of(str(entry.data.get("team") or ""))
    return by_key or _person_by(wording, entry.data.get("name"))


def _person_by(wording: Wording, name: object) -> UserId | None:
    """The person whose key a name is; None if it is a real name or a team's.

    A key is `person:U0MEI`, or `mei` as the policy writes it.
    """
    key = str(name or "")
    if any(key == team.name for team in wording.policy.teams.values()):
        return None
    return person_of(key) or wording.policy.people.get(key.removeprefix("@"))
