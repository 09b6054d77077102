"""What people write is shown as they wrote it: escaped once, calling nobody, linking nowhere."""

import re
from collections.abc import Iterator
from typing import Any

from sqlmodel import col, select

from bot.domain.controls import Form
from bot.domain.delivery.delivery_states import DeliveryState
from bot.store.delivery.outbox import UNSENT
from bot.store.tables import Delivery
from slack_rules import mrkdwn
from slack_rules.mrkdwn import ChannelMention, GroupMention, Link, LoudMention, UserMention
from tests.fuzz.running import RunningBot
from tests.fuzz.specimens import Specimen, Things, encoded, specimens
from tests.handlers.requests import command_body
from tests.waiting import eventually

TYPED = "<!channel> <@U0EVIL> <#C0EVIL> <!subteam^S0EVIL> <https://evil.example|x> &lt; &amp; {{7}}"
"""As a person types it; Slack escapes it on its way to us."""
_MARK = "qz"
_MARKED = re.compile(rf"{_MARK}(\d+)(.*?)(?:{_MARK}\1|…)", re.DOTALL)
LOUD = (LoudMention, GroupMention, ChannelMention)
COMMANDS = (
    "open p1 {}",
    "note {ref} {}",
    "update {ref} {}",
    "status {ref} investigating {}",
    "severity {ref} p0 {}",
    "page {ref} legal {}",
    "page {ref} <@U0TOM> {}",
    "handover {ref} pr {}",
    "decline {ref} {}",
    "task {ref} me {} by tomorrow 9:00",
    "remind {ref} in 2h {}",
    "reopen {ended} {}",
    "search {}",
    "list {}",
    "oncall {}",
    "digest {}",
    "assign {ref} {}",
    "duplicate {ref} {}",
    "{}",
    "help {}",
)


class Marks:
    """Each text has a number, so that a sentence that lacks its end is found too."""

    def __init__(self) -> None:
        self.count = 0

    def next(self) -> str:
        self.count += 1
        return f"{_MARK}{self.count}{TYPED}{_MARK}{self.count}"


async def _commands(bot: RunningBot, marks: Marks) -> None:
    things, write = Things(bot), bot.tocsin.threads.write
    for number, template in enumerate(COMMANDS):
        reference = f"ESC-{things.number(await write(things.owned))}"
        ended = (
            f"ESC-{things.number(await write(things.resolved))}" if "{ended}" in template else ""
        )
        text = template.format(mrkdwn.escape(marks.next()), ref=reference, ended=ended)
        team = bot.slack.slack.workspace.team_id
        body = command_body(text, team_id=team, trigger=f"9.{number}")
        answered = await bot.post(body)
        assert answered.status == 200, (template, answered)
        _check_answer(answered.json if answered.body else {})
        await bot.settled()


async def _forms(bot: RunningBot, marks: Marks, found: list[Specimen]) -> None:
    """Every text of every form; what is chosen stays as it was chosen."""
    for specimen in found:
        if specimen.kind != "view_submission":
            continue
        payload = await specimen.renewed(bot)
        for entries in payload["view"]["state"]["values"].values():
            for field, entry in entries.items():
                if isinstance(entry.get("value"), str) and field not in ("due", "policy_version"):
                    entry["value"] = marks.next()
        body, content_type = encoded(specimen.kind, payload)
        answered = await bot.post(body, {"content-type": content_type})
        assert answered.status == 200, specimen.name
        _check_answer(answered.json)
        if specimen.name != f"form {Form.OPEN}":
            assert '"errors"' not in answered.body, (specimen.name, answered.body)
        await bot.settled()


async def _renamed(bot: RunningBot, found: list[Specimen], marks: Marks) -> None:
    """A person's name is shown where that person is paged."""
    changed = next(one for one in found if one.name == "event user_change")
    payload = await changed.renewed(bot)
    payload["event"]["user"]["real_name"] = marks.next()
    body, content_type = encoded(changed.kind, payload)
    assert (await bot.post(body, {"content-type": content_type})).status == 200


def _said(node: Any) -> Iterator[tuple[bool, str]]:
    """Yield every text of a payload, and whether Slack parses it."""
    match node:
        case {"type": "mrkdwn" | "plain_text" as kind, "text": str(text)}:
            yield kind == "mrkdwn", text
        case dict():
            for name, inside in node.items():
                if name == "text" and isinstance(inside, str):
                    yield True, inside
                elif name not in ("value", "private_metadata", "initial_value"):
                    yield from _said(inside)
        case list():
            for inside in node:
                yield from _said(inside)


def _check_answer(payload: Any) -> int:
    """Fail where a text calls or links; return how many of ours were found whole."""
    found = 0
    for parsed, text in _said(payload):
        if parsed:
            for token in mrkdwn.walk(mrkdwn.parse(text)):
                assert not isinstance(token, LOUD), text
                assert not (isinstance(token, UserMention) and "EVIL" in token.user), text
                assert not (isinstance(token, Link) and "evil" in token.url), text
        for piece in _MARKED.finditer(text):
            shown = mrkdwn.unescape(piece[2]) if parsed else piece[2]
            shown = shown.replace("\n>", "\n")
            assert TYPED.startswith(shown.rstrip()), f"escaped twice or not at all: {text}"
            found += shown == TYPED
    return found


def _unsent(bot: RunningBot) -> list[Delivery]:
    now = bot.tocsin.time_source.now()
    with bot.tocsin.db.reading() as tx:
        return tx.all(
            select(Delivery).where(col(Delivery.state).in_(UNSENT), col(Delivery.due_at) <= now)
        )


def _dead(bot: RunningBot) -> list[Delivery]:
    with bot.tocsin.db.reading() as tx:
        return tx.all(select(Delivery).where(col(Delivery.state) == DeliveryState.DEAD))


async def test_what_people_write_is_shown_as_written_and_calls_nobody(bot: RunningBot) -> None:
    marks = Marks()
    found = await specimens(bot)
    await _renamed(bot, found, marks)
    await _commands(bot, marks)
    await _forms(bot, marks, found)
    await eventually(lambda: not _unsent(bot), "not everything was sent", within=120)
    assert _dead(bot) == []
    space = bot.slack.slack.workspace
    shown = 0
    for channel in list(space.channels.values()):
        for message in space.all_messages(channel.id):
            if message.bot_id == bot.slack.slack.app.bot_id:
                assert message.loud is None
                shown += _check_answer({"text": message.text, "blocks": message.blocks})
    for call in bot.slack.calls():
        if call.method.startswith("views.") and isinstance(call.args.get("view"), dict):
            shown += _check_answer(call.args["view"])
    assert shown >= marks.count, "the texts are shown somewhere"
