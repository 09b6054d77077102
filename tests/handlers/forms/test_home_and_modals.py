"""Buttons where no message is: on the home tab, and on top of a modal."""

from typing import Any

from bot.domain.controls import Button, Form
from bot.domain.paging.ladders import RunState
from bot.render import forms
from bot.render.incidents import answers
from bot.render.incidents import home as render
from bot.services.incidents import home as incidents_home
from playground.driver import texts
from tests.factories import PRIYA, TOM, an_act
from tests.handlers.stage import Stage


async def home_of(stage: Stage, user: str) -> None:
    """The home tab as the relay would have published it."""
    view = render.home(stage.shell.wording, incidents_home.home_of(stage.db, an_act(user)))
    await stage.web.views_publish(user_id=user, view=view)


async def press(stage: Stage, who: str, button: str, **more: Any) -> None:
    outcome = await stage.person(who).click_view(button, home=True, **more)
    assert outcome.ok, outcome
    await stage.settled()


async def test_acknowledging_at_home_has_the_tab_drawn_anew(stage: Stage) -> None:
    opened = stage.opened()
    await home_of(stage, PRIYA)
    await press(stage, "priya", Button.ACKNOWLEDGE)
    rows = {str(row.team): row for row in stage.details(opened.head.id).card.teams}
    assert rows["legal"].state is RunState.ACKNOWLEDGED
    assert [home.target for home in stage.deliveries("home")] == [PRIYA]


async def test_showing_at_home_opens_a_modal(stage: Stage) -> None:
    stage.opened(title="About spam")
    await home_of(stage, TOM)
    await press(stage, "tom", Button.SHOW)
    view = await stage.person("tom").until_modal()
    assert view.callback_id == Form.SHOW
    assert "About spam" in str(view.payload)


async def test_what_a_modal_leads_to_lies_on_top_of_it(stage: Stage) -> None:
    opened = stage.opened(title="About spam")
    tom = stage.person("tom")
    await home_of(stage, TOM)
    await press(stage, "tom", Button.SHOW)
    await tom.until_modal(lambda view: view.callback_id == Form.SHOW)
    view = forms.message_view(stage.shell.wording, answers.opened(stage.shell.wording, opened))
    await stage.web.views_update(view_id=tom.modal.id, view=view)
    assert (await tom.click_view(Button.SHOW)).ok
    await stage.settled()
    await tom.until_modal(lambda view: view.callback_id == Form.SHOW)
    await tom.close_modal()
    assert tom.modal.callback_id == Form.MESSAGE


async def test_opening_and_refreshing_at_home(stage: Stage) -> None:
    await home_of(stage, TOM)
    await press(stage, "tom", Button.HOME_REFRESH)
    assert [home.target for home in stage.deliveries("home")] == [TOM]
    await press(stage, "tom", Button.OPEN_FORM)
    assert (await stage.person("tom").until_modal()).callback_id == Form.OPEN


async def test_a_refusal_at_home_is_shown_in_a_modal(stage: Stage) -> None:
    stage.opened()
    await home_of(stage, PRIYA)
    await stage.command("priya", "ack ESC-1")
    await press(stage, "priya", Button.ACKNOWLEDGE)
    view = await stage.person("priya").until_modal()
    assert view.callback_id == Form.MESSAGE
    assert "acknowledged ESC-1" in str(view.payload)


async def test_a_refusal_at_home_comes_directly_when_no_modal_can_be_opened(
    stage: Stage,
) -> None:
    stage.opened()
    await home_of(stage, PRIYA)
    await stage.command("priya", "ack ESC-1")
    stage.slack.slack.triggers.lifetime = -1.0
    await press(stage, "priya", Button.ACKNOWLEDGE)
    said = await stage.person("priya").until_dm()
    assert "acknowledged ESC-1" in texts(said)
