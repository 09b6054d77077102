"""The database is away, Slack is slow: the person reads what is true."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot.domain.controls import Button
from bot.domain.errors import StoreUnavailable
from bot.services.incidents import opening
from bot.store.database import Database
from handlers import answers, who
from handlers.forms import late
from playground.driver import texts
from playground.web.faults import FaultKind, FaultRule
from tests.databases import on_both
from tests.handlers.events.test_events import happens
from tests.handlers.modals import block_of, choose, opening_form, words
from tests.handlers.requests import click_body, command_body, send
from tests.handlers.stage import Stage

pytestmark = on_both


@contextmanager
def unreachable(db: Database, folder: Path) -> Iterator[None]:
    """Every connection fails, as when the server or the disk is gone."""
    away = Database(
        f"sqlite:///{folder}/no/such/folder/x.sqlite3"
        if db.is_sqlite
        else "postgresql://127.0.0.1:1/nowhere"
    )
    there, db.engine = db.engine, away.engine
    try:
        yield
    finally:
        db.engine = there
        away.close()


@pytest.mark.parametrize("text", ["open p1 Pile-on", "list", "show ESC-1", "note ESC-1 x", "ack"])
async def test_a_command_without_a_database_is_refused_and_never_opened(
    stage: Stage, tmp_path: Path, text: str
) -> None:
    with unreachable(stage.db, tmp_path):
        answered = await send(stage.url, command_body(text))
    assert answered.status == 200
    assert "Nothing was stored" in answered.body
    assert "is open" not in answered.body
    assert "reference" not in answered.body
    assert "Traceback" not in answered.body
    assert stage.incidents() == []


async def test_a_form_without_a_database_keeps_what_was_typed(stage: Stage, tmp_path: Path) -> None:
    await opening_form(stage)
    await choose(stage, "category", "harassment")
    view = await choose(stage, "severity", "P1")
    title = {block_of(view, "title"): {"title": "Pile-on"}}
    with unreachable(stage.db, tmp_path):
        assert (await stage.person("mei").submit(title)).ok
    assert "Nothing was stored" in words(stage.person("mei").modal)
    await stage.person("mei").close_modal()
    assert stage.person("mei").modal.state[block_of(view, "title")]["title"]["value"] == "Pile-on"
    assert (await stage.person("mei").submit({})).ok
    assert len(stage.incidents()) == 1


async def test_a_click_without_a_database_is_answered(stage: Stage, tmp_path: Path) -> None:
    opened = stage.opened()
    await stage.command("mei", "list")
    listing = stage.person("mei").sees("general")[-1]
    with unreachable(stage.db, tmp_path):
        said = await stage.answer_to_click("mei", listing, Button.SHOW)
    assert "Nothing was stored" in said
    assert stage.details(opened.head.id).entries


async def test_an_event_without_a_database_is_asked_for_again(stage: Stage, tmp_path: Path) -> None:
    home = {"type": "app_home_opened", "user": "U0MEI", "tab": "home"}
    with unreachable(stage.db, tmp_path):
        assert (await happens(stage, home)).status == 503
    assert (await happens(stage, home)).status == 200


# Too slow for Slack


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Opening waits until it is let go; Slack is answered before that."""
    go = threading.Event()

    def later(at_once: Callable[..., Any], *given: Any) -> Any:
        go.wait(20)
        return at_once(*given)

    for name in ("open_incident", "open_as"):
        monkeypatch.setattr(opening, name, partial(later, getattr(opening, name)))
    monkeypatch.setattr(answers, "ACK_WITHIN", 0.2)
    yield go
    go.set()


async def test_a_slow_command_is_acknowledged_and_answered_when_it_is_done(
    stage: Stage, slow: threading.Event
) -> None:
    said = await stage.answered_at_once("mei", "open p1 Pile-on")
    assert "Working on it" in said
    assert "ESC-1" not in said
    slow.set()
    await stage.settled()
    assert "ESC-1" in texts(stage.person("mei").sees("general")[-1])
    assert len(stage.incidents()) == 1


async def test_a_late_answer_comes_directly_when_its_address_has_expired(
    stage: Stage, slow: threading.Event
) -> None:
    await stage.answered_at_once("mei", "open p1 Pile-on")
    stage.slack.slack.responses.lifetime = -1.0
    slow.set()
    await stage.settled()
    assert "ESC-1" in texts(await stage.person("mei").until_dm())


async def test_a_slow_form_says_opening_and_then_what_was_opened(
    stage: Stage, slow: threading.Event
) -> None:
    await opening_form(stage)
    await choose(stage, "category", "harassment")
    view = await choose(stage, "severity", "P1")
    assert (await stage.person("mei").submit({block_of(view, "title"): {"title": "Pile-on"}})).ok
    assert "Opening…" in str(stage.person("mei").modal.blocks)
    slow.set()
    await stage.settled()
    assert "ESC-1" in words(stage.person("mei").modal)


async def send_the_form(stage: Stage) -> None:
    await opening_form(stage)
    await choose(stage, "category", "harassment")
    view = await choose(stage, "severity", "P1")
    assert (await stage.person("mei").submit({block_of(view, "title"): {"title": "Pile-on"}})).ok
    assert "Opening…" in str(stage.person("mei").modal.blocks)


async def test_a_slow_form_that_was_closed_says_directly_what_was_opened(
    stage: Stage, slow: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(late, "LOOK_AGAIN", (0.01, 0.01))
    await send_the_form(stage)
    await stage.person("mei").close_modal(all_views=True)
    slow.set()
    await stage.settled()
    assert "ESC-1" in texts(await stage.person("mei").until_dm())


@pytest.mark.parametrize(
    ("kind", "error"), [(FaultKind.ERROR, "not_found"), (FaultKind.HTTP_500, "")]
)
async def test_that_nothing_was_stored_is_said_wherever_it_can_be(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, kind: FaultKind, error: str
) -> None:
    monkeypatch.setattr(late, "LOOK_AGAIN", (0.01, 0.01))
    let_go = threading.Event()

    def unavailable(*_given: object) -> None:
        let_go.wait(20)
        raise StoreUnavailable("", "")

    monkeypatch.setattr(opening, "open_incident", unavailable)
    monkeypatch.setattr(answers, "ACK_WITHIN", 0.0)
    await send_the_form(stage)
    stage.slack.slack.faults.add(FaultRule(kind, "views.update", error=error))
    let_go.set()
    await stage.settled()
    assert "Nothing was stored" in texts(await stage.person("mei").until_dm())


async def test_an_outcome_that_is_there_before_its_view_is_shown_all_the_same(
    stage: Stage, slow: threading.Event
) -> None:
    """Slack makes the view when our answer has reached it; until then there is none to update."""
    await send_the_form(stage)
    too_soon = FaultRule(FaultKind.ERROR, "views.update", count=1, error="not_found")
    stage.slack.slack.faults.add(too_soon)
    slow.set()
    await stage.settled()
    assert too_soon.hits == 1
    assert "ESC-1" in words(stage.person("mei").modal)
    assert stage.person("mei").dms() == []


async def test_a_slow_click_is_acknowledged_in_time(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "ACK_WITHIN", 0.0)
    opened = stage.opened()
    answered = await asyncio.wait_for(
        send(stage.url, click_body(Button.TAKE_OWNERSHIP, opened.head.id)), 3
    )
    assert answered.status == 200


async def test_a_slack_that_does_not_describe_somebody_is_not_waited_for(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who cannot be looked up in time has no role that is known; the command is answered anyway."""
    monkeypatch.setattr(who, "ASK_SLACK_WITHIN", 0.05)
    stage.slack.slack.faults.latency_ms["users.info"] = 60_000
    said = await stage.answered_at_once("new", "list")
    assert "Your role is not known yet" in said
