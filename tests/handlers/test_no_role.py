"""Whoever is told that they have no role also reads how to report an emergency all the same."""

from dataclasses import replace

import pytest

from bot.domain.access.rights import Deed
from bot.domain.act import Role
from bot.domain.errors import NotPermitted
from bot.render.fallback import outside_slack
from bot.render.incidents import home
from bot.render.incidents.answers import refusal
from bot.services.incidents import home as incidents_home
from tests.factories import an_act
from tests.handlers.stage import BYSTANDER, Stage


@pytest.mark.parametrize("command", ["", "open p1 bomb threat", "show ESC-1", "list", "help"])
async def test_a_refusal_says_how_to_report_an_emergency(stage: Stage, command: str) -> None:
    stage.opened()
    said = await stage.command("nick", command)
    emergency = stage.policy.roles.emergency.replace("&", "&amp;")
    assert ("you have no role here" in said) == (emergency in said)
    assert emergency in said or command == "help"
    if "you have no role here" in said:
        assert said.index(emergency) < said.index("you need the role")


async def test_so_do_the_home_tab_and_the_page_behind_a_link(stage: Stage) -> None:
    view = incidents_home.home_of(stage.db, an_act(BYSTANDER, role=Role.NOBODY))
    emergency = stage.policy.roles.emergency.replace("&", "&amp;")
    assert emergency in str(home.home(stage.shell.wording, view))
    assert emergency in outside_slack.refused(
        stage.shell.wording, NotPermitted("viewer", "nobody", Deed.READ)
    )


async def test_a_guest_is_not_sent_to_an_administrator(stage: Stage) -> None:
    wording, guest = stage.shell.wording, an_act(BYSTANDER, role=Role.NOBODY)
    shown = str(home.home(wording, incidents_home.home_of(stage.db, replace(guest, kept_out=True))))
    refused = NotPermitted("viewer", "nobody", Deed.READ, kept_out=True)
    for said in (shown, refusal(wording, refused), outside_slack.refused(wording, refused)):
        assert "administrator" not in said
    assert "ask a full member of this workspace" in shown


async def test_a_viewer_who_may_not_open_reads_it_and_others_do_not(stage: Stage) -> None:
    wording = stage.shell.wording
    emergency = stage.policy.roles.emergency.replace("&", "&amp;")
    opening = NotPermitted("member", "viewer", Deed.OPEN)
    assert emergency in refusal(wording, opening)
    assert emergency not in refusal(wording, NotPermitted("manager", "member", Deed.DIGEST))
