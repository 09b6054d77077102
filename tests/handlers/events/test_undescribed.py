"""Slack does not say who a person is: no one reads that they have no role while it is not known."""

import pytest
from sqlalchemy import delete
from sqlmodel import col

from bot.domain.controls import Button
from bot.store.tables import Person
from playground.web.faults import FaultKind, FaultRule
from tests.factories import people
from tests.handlers.events.test_events import happens
from tests.handlers.requests import click_body, command_body, send
from tests.handlers.stage import GUEST, NEWCOMER, Stage

NOT_YET = "role* is not known yet"
ADMIN = "U0MEI"


def silent(stage: Stage, how: str = "internal_error") -> None:
    stage.slack.slack.faults.add(FaultRule(FaultKind.ERROR, "users.info", error=how))


def forget(stage: Stage, user: str) -> None:
    with stage.db.transaction() as tx:
        tx.execute(delete(Person).where(col(Person.user_id) == user))


@pytest.mark.parametrize("text", ["open p1 Pile-on", "list", "ack", "oncall", ""])
@pytest.mark.parametrize("who", [ADMIN, NEWCOMER])
async def test_a_command_says_that_slack_does_not_answer(stage: Stage, text: str, who: str) -> None:
    forget(stage, ADMIN)
    silent(stage)
    answered = await send(stage.url, command_body(text, who))
    assert "role is not known yet" in answered.body
    assert "Slack does not say who you are" in answered.body
    assert "no role" not in answered.body
    assert "reference" not in answered.body
    assert stage.incidents() == []


async def test_a_click_and_a_pushpin_too(stage: Stage) -> None:
    opened = stage.opened()
    stage.in_channel(opened)
    forget(stage, ADMIN)
    silent(stage)
    answered = await send(stage.url, click_body(Button.SHOW.value, opened.head.id, ADMIN))
    assert "no role" not in answered.body
    pin = {
        "type": "reaction_added",
        "user": ADMIN,
        "reaction": "pushpin",
        "item": {"type": "message", "channel": "C0ESC1", "ts": "1.1"},
    }
    assert (await happens(stage, pin)).status == 503, "Slack sends it again"


async def test_once_slack_answers_they_are_served(stage: Stage) -> None:
    forget(stage, ADMIN)
    silent(stage)
    assert "not known yet" in await stage.command("mei", "open p1 Pile-on")
    stage.slack.slack.faults.clear()
    assert "is open as P1" in await stage.command("mei", "open p1 Pile-on")


async def test_whom_slack_does_not_know_has_no_role(stage: Stage) -> None:
    forget(stage, NEWCOMER)
    silent(stage, "user_not_found")
    answered = await send(stage.url, command_body("list", NEWCOMER))
    assert "no role here" in answered.body


async def test_who_counts_as_gone_and_acts_is_not_refused_for_it(stage: Stage) -> None:
    people(stage.db, stage.policy, U0MEI={"deleted": True})
    silent(stage)
    for text in ("list", "open p1 Pile-on"):
        answered = await send(stage.url, command_body(text, ADMIN))
        assert "not known yet" in answered.body, text


async def test_a_guest_stays_a_guest(stage: Stage) -> None:
    silent(stage)
    answered = await send(stage.url, command_body("list", GUEST))
    assert "no role here" in answered.body


async def test_work_for_a_person_whom_slack_does_not_describe_is_not_refused_for_good(
    stage: Stage,
) -> None:
    opened = stage.opened()
    silent(stage)
    said = await stage.command("mei", f"assign {opened.head.reference} <@{NEWCOMER}>")
    assert "Slack does not say who this is" in said
    assert "guest" not in said
