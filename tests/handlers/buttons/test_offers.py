"""Nobody is offered a button that must refuse them: in answers, on the Home tab, in messages."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from bot.domain.act import Role
from bot.domain.controls import Button
from bot.domain.offers import TAKES
from bot.kinds.messages import MESSAGES
from bot.kinds.messages import words as in_words
from bot.policy import Policy
from bot.render.incidents import home
from bot.services.access.identity import identify
from bot.services.delivery import outgoing
from bot.services.delivery.content import MessageContent
from bot.services.incidents import home as incidents_home
from bot.store.tables import Delivery
from tests.factories import NOON, WORKSPACE
from tests.handlers.requests import command_body, send
from tests.handlers.rights_standings import (
    PEOPLE,
    STANDINGS,
    Standing,
    Subject,
    stage_of_the_matrix,
)
from tests.handlers.rights_tries import BUTTONS
from tests.handlers.stage import Stage
from tests.truth import as_claimed

LEADS_ON = {Button.SHOW, Button.REQUEST_ACCESS}
"""To those who may not read it, *Show* says so, with a way to ask."""


@pytest.fixture
async def stage(tmp_path: Path, policy: Policy) -> AsyncIterator[Stage]:
    async with stage_of_the_matrix(tmp_path, policy) as ready:
        yield ready


def offered(shown: Any) -> Iterator[tuple[str, str]]:
    """Every button in what was shown: its name and its value."""
    match shown:
        case {"action_id": str(name), "value": str(value)}:
            yield name, value
        case {"action_id": str(name), "options": [{"value": str(value)}, *_]}:
            yield name, value
        case dict():
            for each in shown.values():
                yield from offered(each)
        case list():
            for each in shown:
                yield from offered(each)


def refused(shown: Any, role: Role, standing: Standing, subject: Subject) -> list[str]:
    """The buttons about this subject that would refuse this person."""
    by_name = {one.name: one for one in BUTTONS}
    wrong = []
    for name, value in offered(shown):
        one = by_name.get(name)
        if one is None or name in LEADS_ON or one.says(subject).split(":")[-1] not in value:
            continue
        if not one.allowed(role, standing):
            wrong.append(f"{role.word}, {standing.name}: {name}")
    return wrong


@pytest.mark.parametrize("standing", STANDINGS, ids=lambda standing: standing.name)
async def test_nobody_is_offered_what_must_refuse_them(stage: Stage, standing: Standing) -> None:
    wrong = []
    for role, user in PEOPLE.items():
        if standing.opens and role is Role.NOBODY:
            continue
        subject = standing.subject(stage, user)
        for shown in (
            *await answers(stage, user, subject),
            home_tab(stage, user),
            *(messages(stage, user, subject.id) if role is not Role.NOBODY else ()),
        ):
            wrong += refused(shown, role, standing, subject)
    assert wrong == []


async def answers(stage: Stage, user: str, subject: Subject) -> list[Any]:
    """What commands answer that change nothing."""
    return [
        json.loads((await send(stage.url, command_body(words, user=user))).body)
        for words in (f"show {subject.reference}", "list", f"search {subject.reference}")
    ]


def home_tab(stage: Stage, user: str) -> Any:
    act = identify(stage.db, stage.policy, WORKSPACE, user, NOON)
    assert act is not None
    return home.home(stage.shell.wording, incidents_home.home_of(stage.db, act))


def messages(stage: Stage, user: str, incident_id: str) -> list[Any]:
    """What is to be sent to this person about it, as it would be."""
    mine = (col(Delivery.target) == user, col(Delivery.incident_id) == incident_id)
    with stage.db.reading() as tx:
        rows = tx.all(select(Delivery).where(*mine))
    prepared = (
        outgoing.prepare(
            MESSAGES, stage.db, stage.policy, as_claimed(row, row.kind, row.subject, row.args), NOON
        )
        for row in rows
    )
    letters = [one for one in prepared if isinstance(one, MessageContent)]
    return [in_words(stage.shell.wording, letter)["blocks"] for letter in letters]


async def test_a_viewer_is_not_told_to_open_one(stage: Stage) -> None:
    """Neither by a button nor by a sentence."""
    viewer, member = PEOPLE[Role.VIEWER], PEOPLE[Role.MEMBER]
    for words in ("list mine", "opne a bomb threat", "help a bomb threat", "close call at school"):
        for user, may_open in ((viewer, False), (member, True)):
            said = (await send(stage.url, command_body(words, user=user))).body
            offers = Button.OPEN_TYPED in said or "opens one" in said
            assert offers is may_open, (words, said)


async def test_whoever_may_not_set_a_reminder_is_not_told_how(stage: Stage) -> None:
    """They may have set one where they belong, so they see theirs."""
    for role, told in ((Role.VIEWER, False), (Role.MEMBER, True)):
        said = (await send(stage.url, command_body("reminders", user=PEOPLE[role]))).body
        assert "You have no reminders waiting" in said
        assert ("/escalate remind " in said) is told


def test_what_a_button_takes_is_what_the_matrix_expects_of_it() -> None:
    deeds = {one.name: one.deed for one in BUTTONS}
    assert {button: deeds[button] for button in TAKES} == TAKES
