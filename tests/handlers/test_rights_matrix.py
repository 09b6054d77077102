"""The matrix of rights: who, by their role and by how they stand to an escalation, may do what.

Each cell is a signed request. One that is refused changes nothing and says why; one that is allowed
does or shows what it says.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from itertools import count
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from sqlalchemy import bindparam, select

from bot.domain.access.rights import Deed, may
from bot.domain.act import Role
from bot.domain.controls import Button, Form
from bot.domain.ids import UserId
from bot.domain.incidents.severity import Severity
from bot.policy import Policy
from bot.services.access import requests
from bot.services.followups import tasks
from bot.services.paging import answers as paging_answers
from bot.store.tables import (
    Delivery,
    Incident,
    Page,
    PagingRun,
    Participant,
    Reminder,
    Task,
    TimelineEntry,
    Timer,
)
from bot.store.tables.states import ReminderState
from bot.store.transaction import core
from handlers.forms import FORMS
from handlers.forms.subjects import typed_as
from handlers.verbs import VERBS as ALL_VERBS
from playground.driver import texts
from tests.factories import DANIEL, MEI, SOFIA, WORKSPACE, an_act
from tests.handlers.requests import click_body, command_body, interaction_body, send
from tests.handlers.rights_standings import (
    PEOPLE,
    STANDINGS,
    TITLE,
    Holds,
    Standing,
    Subject,
    stage_of_the_matrix,
)
from tests.handlers.rights_tries import BUTTONS, ELSEWHERE, VERBS, Try, Way, forms
from tests.handlers.stage import Stage
from tests.kept import Kept

REFUSALS = (
    "you need the role",
    "not yours",
    "you may only read it",
    "is restricted and you have not been invited",
    "You have nothing to hand over",
    "No page waits for you",
    "You have it already",
    "You have no open task",
)
OWNED = (Delivery, Page, PagingRun, Participant, Reminder, Task, TimelineEntry, Timer)
Picture: TypeAlias = list[list[str]]
PICTURE = (
    select(core(Incident)).where(core(Incident).c.id == bindparam("incident")),
    *(select(core(one)).where(core(one).c.incident_id == bindparam("incident")) for one in OWNED),
)
PICTURED = {core(one).name for one in (Incident, *OWNED)}
_number = count(1)


@pytest.fixture
async def stage(tmp_path: Path, policy: Policy) -> AsyncIterator[Stage]:
    async with stage_of_the_matrix(tmp_path, policy) as ready:
        ready.opened()
        yield ready


def test_the_matrix_knows_every_deed_button_and_form(policy: Policy) -> None:
    tries = [*VERBS, *BUTTONS, *forms(policy)]
    of_incidents = set(Deed) - {Deed.OPEN, Deed.DIGEST}
    assert {one.deed for one in tries} == of_incidents
    assert {one.name for one in BUTTONS} == set(Button) - ELSEWHERE
    assert {one.name for one in forms(policy)} == set(FORMS) - {Form.OPEN}
    words = {one.name.split()[0] for one in VERBS} | {words for _, words, _ in ABOUT_NONE}
    assert {verb.name for verb in ALL_VERBS} <= {word.split()[0] for word in words if word}


@pytest.mark.parametrize("standing", STANDINGS, ids=lambda standing: standing.name)
async def test_each_cell(stage: Stage, policy: Policy, standing: Standing) -> None:
    """Whatever a cell has done is put back: each finds its escalation as it was made."""
    wrong = []
    tries = [one for one in (*VERBS, *BUTTONS, *forms(policy)) if standing.name not in one.moot]
    people = {
        role: user for role, user in PEOPLE.items() if not (standing.opens and role is Role.NOBODY)
    }
    states = {one.state for one in tries}
    subjects = {
        (user, state): standing.subject(stage, user, state)
        for user in people.values()
        for state in states
    }
    before = {subject.id: picture(stage, subject.id) for subject in subjects.values()}
    kept = Kept(stage.db)
    for role, user in people.items():
        for one in tries:
            subject = subjects[user, one.state]
            expected = "allowed" if one.allowed(role, standing) else "refused"
            became = await outcome(stage, kept, one, user, subject, before[subject.id])
            if became != expected:
                wrong.append(f"{role.word}, {one.label}: to be {expected}, but {became}")
            kept.put_back()
    assert wrong == []


ABOUT_NONE = (
    (Way.VERB, "open p2 It begins", Deed.OPEN),
    (Way.VERB, "", Deed.OPEN),
    (Way.VERB, "open p2", Deed.OPEN),
    (Way.VERB, "remind in 2h look", Deed.REMIND),
    (Way.VERB, "reminders", Deed.READ),
    (Way.BUTTON, Button.OPEN_FORM, Deed.OPEN),
    (Way.BUTTON, Button.OPEN_AS, Deed.OPEN),
    (Way.BUTTON, Button.OPEN_TYPED, Deed.OPEN),
    (Way.VERB, "digest", Deed.DIGEST),
    (Way.VERB, "digest preview", Deed.READ),
    (Way.VERB, "list", Deed.READ),
    (Way.VERB, "search ESC-1", Deed.READ),
    (Way.VERB, "oncall", Deed.READ),
    (Way.VERB, "help", Deed.READ),
)


@pytest.mark.parametrize("role", Role)
async def test_what_is_about_no_escalation(stage: Stage, role: Role) -> None:
    for way, words, deed in ABOUT_NONE:
        before = len(stage.incidents()), len(stage.deliveries("digest"))
        typed = words in (Button.OPEN_AS, Button.OPEN_TYPED)
        value = typed_as("k1", Severity.P2, "It begins") if typed else words
        one = Try(way, words, deed, lambda _, value=value: value)  # type: ignore[misc]
        said, form = await asked(stage, one, PEOPLE[role], Subject("", ""))
        refused = any(sentence in said for sentence in REFUSALS)
        assert refused is not may(role, deed), (words, said)
        assert not (refused and form), words
        opens = "It begins" in value and words != Button.OPEN_TYPED
        after = len(stage.incidents()), len(stage.deliveries("digest"))
        done = (after[0] > before[0], after[1] > before[1])
        assert done == (opens and not refused, words == "digest" and not refused), words


OF_SOMEBODY = [
    one
    for one in BUTTONS
    if (one.holds is not None and one.name != Button.STEP_IN) or one.deed is Deed.INVITE
]


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.NOBODY])
@pytest.mark.parametrize("name", ["none", "none, restricted"])
async def test_a_foreign_id_gets_the_answer_of_one_that_is_not_there(
    stage: Stage, policy: Policy, role: Role, name: str
) -> None:
    """Whatever has become of it meanwhile: the answer depends on nothing that is not theirs."""
    standing = next(one for one in STANDINGS if one.name == name)
    sent = [one for one in forms(policy) if one.holds not in (None, Holds.PART)]
    answers: dict[str, set[str]] = {}
    foreign = standing.subject(stage, PEOPLE[role])
    settled = standing.subject(stage, PEOPLE[role])
    settle(stage, settled)
    for one in [*OF_SOMEBODY, *sent]:
        if one.allowed(role, standing):
            continue
        for subject in (foreign, settled, NOT_THERE):
            said, form = await asked(stage, one, PEOPLE[role], subject)
            assert not form
            answers.setdefault(one.way.value, set()).add(said)
    assert {way: len(said) for way, said in answers.items()} == {"button": 1, "form": 1}, answers
    assert all("not yours" in text for said in answers.values() for text in said)


NOT_THERE = Subject("01NONE", "ESC-9", *["01NONE"] * 6)


def settle(stage: Stage, subject: Subject) -> None:
    """Its page is acknowledged, its task and its reminder are done, its requests are answered."""
    paging_answers.acknowledge(stage.db, an_act(SOFIA), subject.page)
    tasks.finish_task(stage.db, an_act(DANIEL), subject.task)
    tasks.end_reminder(stage.db, an_act(MEI), subject.reminder, ReminderState.DONE)
    # Both are about one person: one answer is to both.
    requests.answer(stage.db, an_act(MEI), subject.request, granted=False)


async def outcome(
    stage: Stage, kept: Kept, one: Try, user: UserId, subject: Subject, before: Picture
) -> str:
    said, form = await asked(stage, one, user, subject)
    changed = not kept.changed().isdisjoint(PICTURED) and picture(stage, subject.id) != before
    refused = any(sentence in said for sentence in REFUSALS)
    if refused and not changed and not form:
        return "refused"
    shown = form or TITLE in said
    if not refused and (changed if one.changes else shown and not changed):
        return "allowed"
    return f"{said!r}, changed {changed}, form {form}"


async def asked(stage: Stage, one: Try, user: UserId, subject: Subject) -> tuple[str, bool]:
    """Send it; return what the person reads, and whether a form opened before them."""
    workspace, trigger = stage.slack.slack.workspace, stage.slack.slack.triggers.issue(user)
    workspace.view_stacks[user].clear()
    heard = len(stage.person(user).dms())
    body = _body(one, user, one.says(subject), trigger)
    answered = await send(stage.url, body, session=stage.web.session)
    assert answered.status == 200, (one.label, answered)
    await stage.settled()
    told = [texts(message) for message in stage.person(user).dms()[heard:]]
    opened = workspace.open_view(user)
    shown = opened is not None and opened.callback_id != Form.MESSAGE
    inside = str(opened.payload) if opened is not None else ""
    return "\n".join([answered.body, *told, inside]).replace("\\u2019", "’"), shown


def _body(one: Try, user: str, says: str, trigger: str) -> bytes:
    match one.way:
        case Way.VERB:
            return command_body(says, user=user, trigger=trigger)
        case Way.BUTTON:
            return click_body(one.name, says, user=user, trigger=trigger, response_url=None)
        case Way.FORM:
            return interaction_body(_submission(one, user, says, trigger))


def _submission(one: Try, user: str, subject: str, trigger: str) -> Mapping[str, Any]:
    view = {
        "id": f"V{next(_number)}",
        "hash": "1.a",
        "type": "modal",
        "callback_id": one.name,
        "private_metadata": subject,
        "blocks": [{"type": "input", "block_id": block} for block in one.values],
        "state": {
            "values": {
                block: {block.partition(":")[0]: value} for block, value in one.values.items()
            }
        },
    }
    return {
        "type": "view_submission",
        "user": {"id": user, "team_id": WORKSPACE.team_id},
        "team": {"id": WORKSPACE.team_id, "domain": "harbour"},
        "trigger_id": trigger,
        "view": view,
        "response_urls": [],
    }


def picture(stage: Stage, incident_id: str) -> Picture:
    """All that is stored of an escalation, and what is to be sent for it."""
    with stage.db.reading() as tx:
        return [sorted(map(str, tx.execute(rows, {"incident": incident_id}))) for rows in PICTURE]
