"""Fills in forms as a person does in Slack."""

from typing import Any

from bot.domain.controls import Form
from playground.state.records import View
from tests.handlers.requests import interaction_body
from tests.handlers.stage import Stage


def words(view: View) -> str:
    return str(view.payload)


async def opening_form(stage: Stage, who: str = "mei") -> None:
    await stage.command(who, "")
    await stage.person(who).until_modal(lambda view: view.callback_id == Form.OPEN)


async def choose(stage: Stage, field: str, value: Any, who: str = "mei") -> View:
    """Choose in the opening form, and return the redrawn form."""
    person = stage.person(who)
    block = next(
        block["block_id"] for block in person.modal.blocks if block["block_id"].startswith(field)
    )
    before = person.modal.hash
    outcome = await person.click_view(field, value, block_id=block)
    assert outcome.ok, outcome
    await stage.settled()
    return await person.until_modal(lambda view: view.hash != before)


def block_of(view: View, field: str) -> str:
    return next(
        str(block["block_id"])
        for block in view.blocks
        if str(block.get("block_id")).split(":")[0] == field
    )


def chosen_teams(view: View) -> set[str]:
    entry = view.state[block_of(view, "teams")]["teams"]
    return {option["value"] for option in entry["selected_options"]}


def submission_body(view: dict[str, Any], user: str = "U0MEI") -> bytes:
    payload = {
        "type": "view_submission",
        "user": {"id": user, "team_id": "T0TOCSIN"},
        "team": {"id": "T0TOCSIN", "domain": "harbour"},
        "trigger_id": "1.2.3",
        "view": view,
        "response_urls": [],
    }
    return interaction_body(payload)
