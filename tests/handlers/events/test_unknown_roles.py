"""Slack's directory has not been read yet: nobody is told that they have no role."""

import pytest

from bot.domain.controls import Button
from bot.domain.incidents.timeline import EntryKind
from bot.services.people import directory
from bot.store.database import Database
from tests.factories import WORKSPACE
from tests.handlers.events.test_events import happens
from tests.handlers.requests import click_body, command_body, send
from tests.handlers.stage import BYSTANDER, GUEST, Stage

NOT_YET = "not known yet"


@pytest.fixture(autouse=True)
def unread(stage: Stage) -> None:
    stage.roles_known = False


@pytest.mark.parametrize("text", ["open p1 Pile-on", "list", "ack", "oncall", ""])
async def test_a_command_is_told_to_try_again_and_does_nothing(stage: Stage, text: str) -> None:
    answered = await send(stage.url, command_body(text, BYSTANDER))
    assert NOT_YET in answered.body
    assert "no role" not in answered.body
    assert stage.incidents() == []


async def test_a_role_that_does_not_reach_may_be_a_higher_one(stage: Stage, db: Database) -> None:
    """One group has been read so far, and it makes a member."""
    directory.remember_group(db, WORKSPACE, "S0TNS", [BYSTANDER])
    opened = stage.opened()
    typed = f"decline {opened.head.reference}: no escalation"
    answered = await send(stage.url, command_body(typed, BYSTANDER))
    assert NOT_YET in answered.body
    assert stage.incidents()[0].ended_at is None


async def test_who_has_a_role_by_now_is_served(stage: Stage) -> None:
    assert "is open as P1" in await stage.command("mei", "open p1 Pile-on")


async def test_a_guest_has_no_role_whatever_a_group_says(stage: Stage) -> None:
    answered = await send(stage.url, command_body("list", GUEST))
    assert "no role here" in answered.body
    assert NOT_YET not in answered.body


async def test_a_person_from_elsewhere_is_refused_as_ever(stage: Stage) -> None:
    sender = {"id": BYSTANDER, "team_id": "T0ELSEWHERE"}
    opened = stage.opened()
    pressed = click_body(Button.SHOW.value, opened.head.id, sender=sender)
    assert NOT_YET not in (await send(stage.url, pressed)).body


async def test_work_is_not_refused_to_somebody_for_want_of_a_role_either(stage: Stage) -> None:
    opened = stage.opened()
    said = await stage.command("mei", f"assign {opened.head.reference} @nick")
    assert NOT_YET in said


async def test_a_pushpin_is_asked_for_again_and_kept_then(stage: Stage, db: Database) -> None:
    opened = stage.opened()
    stage.in_channel(opened)
    pin = {
        "type": "reaction_added",
        "user": BYSTANDER,
        "reaction": "pushpin",
        "item": {"type": "message", "channel": "C0ESC1", "ts": "1.1"},
    }
    assert (await happens(stage, pin)).status == 503
    directory.remember_group(db, WORKSPACE, "S0LEADS", [BYSTANDER])
    stage.roles_known = True
    assert (await happens(stage, pin)).status == 200
    kinds = [entry.kind for entry in stage.details(opened.head.id).entries]
    assert EntryKind.MESSAGE in kinds


async def test_once_it_has_been_read_the_refusal_is_the_usual_one(stage: Stage) -> None:
    stage.roles_known = True
    answered = await send(stage.url, command_body("list", BYSTANDER))
    assert "no role here" in answered.body
