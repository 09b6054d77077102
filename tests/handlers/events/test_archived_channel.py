"""What people read while a channel is archived, and the events by which it comes back."""

from typing import Any

import pytest

from bot.domain.controls import Button
from bot.services.incidents import lifecycle
from bot.store.tables.states import ChannelState
from tests.factories import an_act
from tests.handlers.buttons.test_buttons import a_page
from tests.handlers.events.test_events import happens
from tests.handlers.forms.test_forms import form, sent_by
from tests.handlers.modals import words
from tests.handlers.stage import Stage

NOWHERE = "Nothing was posted in its channel"
ARCHIVED = {"type": "channel_archive", "channel": "C0ESC1", "user": "U0MEI"}


async def an_archived_one(stage: Stage) -> str:
    opened = stage.opened()
    stage.in_channel(opened)
    assert (await happens(stage, ARCHIVED, "Ev0")).status == 200
    assert stage.incidents()[0].room is ChannelState.ARCHIVED
    return opened.head.reference


def at(second: int, kind: str) -> dict[str, Any]:
    return {**ARCHIVED, "type": kind, "event_ts": f"1796050000.00{second}"}


@pytest.mark.parametrize(
    ("events", "room"),
    [
        (["0 channel_archive", "2 channel_unarchive", "1 channel_archive"], ChannelState.CHANNEL),
        (["0 group_archive", "2 group_unarchive", "3 group_archive"], ChannelState.ARCHIVED),
        (["3 channel_archive", "2 channel_unarchive"], ChannelState.ARCHIVED),
    ],
)
async def test_an_event_that_is_older_than_what_is_known_changes_nothing(
    stage: Stage, events: list[str], room: ChannelState
) -> None:
    """Slack delivers an event again that had no answer, an hour later if need be."""
    stage.in_channel(stage.opened())
    for told in events:
        second, kind = told.split()
        assert (await happens(stage, at(int(second), kind), f"Ev{second}")).status == 200
    assert stage.incidents()[0].room is room


@pytest.mark.parametrize(
    "text",
    [
        "update {} under way",
        "status {} investigating",
        "severity {} p0",
        "decline {} no escalation",
        "handover {} @tom all is said",
        "duplicate {} of ESC-2",
        "status {} duplicate of ESC-2",
        "severity 1 p0",
    ],
)
async def test_an_answer_says_that_nothing_was_posted(stage: Stage, text: str) -> None:
    reference = await an_archived_one(stage)
    stage.opened()
    await stage.command("mei", f"assign {reference} me")
    assert NOWHERE in await stage.command("mei", text.format(reference))


async def test_closing_one_says_it_too(stage: Stage) -> None:
    reference = await an_archived_one(stage)
    root_cause = next(iter(stage.policy.root_causes))
    act = an_act()
    lifecycle.resolve(stage.db, stage.policy, act, stage.incidents()[0].id, root_cause=root_cause)
    assert NOWHERE in await stage.command("mei", f"close {reference}")


async def test_an_answer_of_one_that_has_its_channel_does_not(stage: Stage) -> None:
    opened = stage.opened()
    stage.in_channel(opened)
    assert NOWHERE not in await stage.command("mei", f"update {opened.head.reference} under way")


async def test_a_note_does_not_for_it_is_never_said_aloud(stage: Stage) -> None:
    reference = await an_archived_one(stage)
    said = await stage.command("mei", f"note {reference} for the record")
    assert NOWHERE not in said


async def test_the_button_that_leads_to_the_channel_says_so(stage: Stage) -> None:
    await an_archived_one(stage)
    message, _ = await a_page(stage)
    said = await stage.answer_to_click("priya", message, Button.OPEN_CHANNEL)
    assert "was archived or deleted" in said
    assert "<#C0ESC1>" not in said


async def test_a_form_says_it_too(stage: Stage) -> None:
    await an_archived_one(stage)
    await form(stage, "mei", stage.incidents()[0].id, Button.UPDATE_STATUS)
    assert (await sent_by(stage, "mei", note="under way")).ok
    assert NOWHERE in words(stage.person("mei").modal)


@pytest.mark.parametrize(
    "event",
    [
        {"type": "channel_unarchive", "channel": "C0ESC1", "user": "U0MEI"},
        {"type": "group_unarchive", "channel": "C0ESC1", "user": "U0MEI"},
        {"type": "member_joined_channel", "channel": "C0ESC1", "user": "U0BOT"},
    ],
    ids=lambda event: str(event["type"]),
)
async def test_the_channel_comes_back(stage: Stage, event: dict[str, Any]) -> None:
    reference = await an_archived_one(stage)
    await stage.command("mei", f"update {reference} under way")
    assert (await happens(stage, event)).status == 200
    assert stage.incidents()[0].room is ChannelState.CHANNEL
    again = [row for row in stage.deliveries("room invite") if "U0MEI" in row.args["users"]]
    assert len(again) == 2, "once when it was made, and once when it came back"
    assert NOWHERE not in await stage.command("mei", f"update {reference} still under way")


async def test_another_channel_coming_back_changes_nothing(stage: Stage) -> None:
    await an_archived_one(stage)
    other = {"type": "channel_unarchive", "channel": "C0GENERAL", "user": "U0MEI"}
    assert (await happens(stage, other)).status == 200
    assert stage.incidents()[0].room is ChannelState.ARCHIVED
