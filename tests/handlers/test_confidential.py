"""A restricted incident: nothing of it reaches whoever was not invited, by any way."""

import json
import logging

import pytest

from bot.domain.access.visibility import Tier
from bot.domain.controls import Button
from bot.domain.incidents.codenames import codename
from bot.services.incidents import home as incidents_home
from tests.factories import MEI, PRIYA, TOM, an_act
from tests.handlers.requests import click_body, send
from tests.handlers.stage import Stage

TITLE = "Giraffe extortion"


def a_secret(stage: Stage) -> str:
    opened = stage.opened(title=TITLE, tier=Tier.RESTRICTED, category="harassment")
    return str(opened.head.id)


ABOUT_IT = [
    "show ESC-1",
    "ESC-1",
    "note ESC-1 x",
    "update ESC-1 x",
    "page ESC-1 dpo x",
    "page ESC-1",
    "assign ESC-1 me",
    "status ESC-1 investigating x",
    "status ESC-1",
    "severity ESC-1 p0",
    "task ESC-1 me x by 17:00",
    "task ESC-1",
    "handover ESC-1 pr x",
    "handover ESC-1",
    "resolve ESC-1",
    "close ESC-1",
    "reopen ESC-1 x",
    "reopen ESC-1",
    "decline ESC-1 x",
    "duplicate ESC-1 ESC-2",
    "remind ESC-1 in 2h x",
]


async def test_every_verb_tells_an_outsider_only_that_it_can_be_asked_for(stage: Stage) -> None:
    secret = a_secret(stage)
    stage.opened()
    before = stage.details(secret).entries
    for text in ABOUT_IT:
        said = await stage.command("tom", text)
        assert "restricted" in said, text
        assert TITLE not in said, text
        blocks = stage.person("tom").sees("general")[-1].blocks
        [row] = [block for block in blocks if block["type"] == "actions"]
        assert row["elements"][0]["action_id"] == Button.REQUEST_ACCESS
    assert stage.details(secret).entries == before


NAMING_IT = ["duplicate ESC-2 ESC-1", "duplicate ESC-2 of ESC-1", "status ESC-2 duplicate ESC-1"]


async def test_what_is_said_of_another_one_is_refused_in_the_same_way(stage: Stage) -> None:
    a_secret(stage)
    other = stage.opened().head.id
    before = stage.details(other).entries
    for text in NAMING_IT:
        said = await stage.command("tom", text)
        assert ":lock: ESC-1 is restricted" in said, text
        assert TITLE not in said, text
    assert stage.details(other).entries == before


async def test_lists_and_searches_show_the_codename_even_to_the_invited(stage: Stage) -> None:
    secret = a_secret(stage)
    for who in ("tom", "mei"):
        for text in ("list", "list P1", "search ESC-1"):
            said = await stage.command(who, text)
            assert codename(secret) in said, text
            assert TITLE not in said
    for text in ("list team legal", "list mine"):
        assert codename(secret) in await stage.command("mei", text), text
        assert "No open escalations that involve" in await stage.command("tom", text), text
    for word in ("giraffe", "Giraffe extortion", "harassment"):
        assert codename(secret) not in await stage.command("tom", f"search {word}"), word


async def test_the_home_tab_shows_the_codename(stage: Stage) -> None:
    secret = a_secret(stage)
    home = incidents_home.home_of(stage.db, an_act(TOM))
    assert [head.name for head in home.open] == [codename(secret)]


BUTTONS = [
    Button.SHOW,
    Button.TIMELINE,
    Button.UPDATE_STATUS,
    Button.POST_UPDATE,
    Button.PAGE_TEAM,
    Button.ADD_TASK,
    Button.RECORD_DECISION,
    Button.RESOLVE,
    Button.CLOSE,
    Button.REOPEN,
    Button.TAKE_OWNERSHIP,
    Button.UPDATE_STOP,
]


async def test_a_button_pressed_by_an_outsider_shows_and_does_nothing(stage: Stage) -> None:
    secret = a_secret(stage)
    before = stage.details(secret).entries
    await stage.command("tom", "list")
    listing = stage.person("tom").sees("general")[-1]
    [element] = [block["accessory"] for block in listing.blocks if "accessory" in block]
    for button in BUTTONS:
        element["action_id"] = button
        said = await stage.answer_to_click("tom", listing, button)
        assert "restricted" in said, button
        assert TITLE not in said, button
    assert stage.details(secret).entries == before
    assert stage.slack.slack.workspace.open_view(TOM) is None


async def test_the_invited_see_it_and_the_paged_once_they_acknowledge(stage: Stage) -> None:
    a_secret(stage)
    assert TITLE in await stage.command("mei", "show ESC-1")
    assert TITLE not in await stage.command("priya", "show ESC-1")
    await stage.command("priya", "ack ESC-1")
    assert TITLE in await stage.command("priya", "show ESC-1")


async def test_a_page_may_be_forged_but_its_form_shows_no_title(stage: Stage) -> None:
    a_secret(stage)
    page_id = next(d.subject for d in stage.deliveries("page") if d.target == PRIYA)
    await send(stage.url, click_body(Button.CANNOT_TAKE, page_id, user=TOM))
    await stage.settled()
    shown = [call.args for call in stage.slack.calls("views.open")]
    assert TITLE not in json.dumps([dict(args) for args in shown])


async def test_no_title_and_no_text_reaches_the_log(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="tocsin")
    caplog.set_level(logging.INFO)
    a_secret(stage)
    for who in ("mei", "tom", "gus"):
        for text in (f"open p1 {TITLE}", "show ESC-1", f"note ESC-1 {TITLE}", f"search {TITLE}"):
            await stage.command(who, text)
    assert TITLE not in caplog.text
    assert MEI in {incident.opened_by for incident in stage.incidents()}
