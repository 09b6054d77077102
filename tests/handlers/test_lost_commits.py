"""A request whose commit never arrived at the database is refused, and can be sent again."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.domain.controls import Form
from bot.domain.incidents.timeline import EntryKind
from bot.domain.paging.ladders import RunState
from bot.store import database
from bot.store.database import Database
from tests.databases import fresh_url
from tests.factories import PRIYA, TOM
from tests.handlers.events.test_events import happens
from tests.handlers.modals import block_of, choose, opening_form, words
from tests.handlers.requests import command_body, send
from tests.handlers.stage import Stage
from tests.handlers.test_links import a_page, a_token, acknowledgements, ask, run_of
from tests.waiting import eventually
from tests.wire import Break, Wire, wire

TAKEN = "INSERT INTO inbound"


@pytest.fixture
def broken(tmp_path: Path) -> Iterator[Wire]:
    with fresh_url("postgresql", tmp_path) as url, wire(url) as made:
        yield made


@pytest.fixture
def db(broken: Wire) -> Iterator[Database]:
    db = Database(broken.url)
    yield db
    db.close()


async def test_the_button_behind_a_link_can_be_pressed_again(stage: Stage, broken: Wire) -> None:
    page = a_page(stage)
    broken.break_commit_of(TAKEN, Break.BEFORE)
    refused = await ask(stage, "POST", a_token(page))
    assert (refused.status, broken.broken) == (503, 1)
    assert "Nothing was stored" in refused.text
    assert run_of(stage, page).state is RunState.PAGING
    stage.clock.advance(seconds=5)
    pressed = await ask(stage, "POST", a_token(page))
    assert pressed.status == 200
    assert "You have acknowledged" in pressed.text
    run = run_of(stage, page)
    assert (run.state, run.responder) == (RunState.ACKNOWLEDGED, PRIYA)
    stage.clock.advance(seconds=5)
    assert (await ask(stage, "POST", a_token(page))).status == 200
    assert acknowledgements(stage, page) == 1


async def test_the_page_behind_a_link_says_when_nobody_can_tell_and_takes_it_once(
    stage: Stage, broken: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = a_page(stage)
    monkeypatch.setattr(database, "_ASK_AGAIN", ())
    broken.break_commit_of(TAKEN, Break.AFTER)
    unknown = await ask(stage, "POST", a_token(page))
    assert unknown.status == 503
    assert "This may not have been stored" in unknown.text
    assert unknown.has_button
    await eventually(lambda: acknowledgements(stage, page) == 1)
    pressed = await ask(stage, "POST", a_token(page))
    assert pressed.status == 200
    assert "You have already acknowledged" in pressed.text
    assert acknowledgements(stage, page) == 1


async def test_an_event_that_slack_sends_again_has_its_effect_once(
    stage: Stage, broken: Wire
) -> None:
    opened = stage.opened()
    stage.in_channel(opened)
    pin = {
        "type": "reaction_added",
        "user": "U0MEI",
        "reaction": "pushpin",
        "item": {"type": "message", "channel": "C0ESC1", "ts": "1.1"},
        "item_user": TOM,
    }
    broken.break_commit_of(TAKEN, Break.BEFORE)
    statuses = []
    for _ in range(3):
        statuses.append((await happens(stage, pin)).status)
        stage.clock.advance(seconds=5)
    assert (statuses, broken.broken) == ([503, 200, 200], 1)
    kinds = [entry.kind for entry in stage.details(opened.head.id).entries]
    assert kinds.count(EntryKind.MESSAGE) == 1


async def test_a_form_keeps_what_was_typed_and_can_be_sent_again(
    stage: Stage, broken: Wire
) -> None:
    await opening_form(stage)
    await choose(stage, "category", "harassment")
    view = await choose(stage, "severity", "P1")
    mei = stage.person("mei")
    broken.break_commit_of(TAKEN, Break.BEFORE)
    assert (await mei.submit({block_of(view, "title"): {"title": "Pile-on"}})).ok
    assert "Nothing was stored" in words(mei.modal)
    assert (stage.incidents(), broken.broken) == ([], 1)
    await mei.close_modal()
    stage.clock.advance(seconds=5)
    assert (await mei.submit({})).ok
    assert mei.modal.callback_id == Form.OPENED
    assert [incident.title for incident in stage.incidents()] == ["Pile-on"]


async def test_a_command_that_is_delivered_again_opens_one_escalation(
    stage: Stage, broken: Wire
) -> None:
    broken.break_commit_of(TAKEN, Break.BEFORE)
    said = []
    for _ in range(3):
        said.append((await send(stage.url, command_body("open p1 Pile-on"))).body)
        stage.clock.advance(seconds=5)
    assert "Nothing was stored" in said[0]
    assert "ESC-1" in said[1]
    assert "done already: ESC-1" in said[2]
    assert len(stage.incidents()) == 1
