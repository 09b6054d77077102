"""Modals: how they open, what they send, and what the app's answer does to the stack."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

from playground.testing import RunningPlayground, running_playground
from tests.playground.bolt_app import MODAL, BoltApp, running_bolt
from tests.playground.conftest import WORKSPACE

Json = dict[str, Any]


def error_of(failed: pytest.ExceptionInfo[SlackApiError]) -> str:
    return str(failed.value.response["error"])


async def opened_form(slack: RunningPlayground, bolt: BoltApp, view: Json | None = None) -> None:
    """Ada opens the form with a command."""

    @bolt.app.command("/form")
    async def form(ack: Any, command: Any) -> None:
        await ack()
        await bolt.web.views_open(trigger_id=command["trigger_id"], view=view or MODAL)

    await slack.person("ada").command("/form")
    await slack.person("ada").until_modal()


async def test_a_form_goes_out_with_what_was_filled_in_and_what_was_preset(
    slack: RunningPlayground, bolt: BoltApp
) -> None:
    @bolt.app.view("form")
    async def sent(ack: Any, view: Any) -> None:
        bolt.heard.append(view)
        await ack()

    await opened_form(slack, bolt)
    ada = slack.person("ada")
    result = await ada.submit({"title": {"text": "A title"}})
    assert result.ok
    assert slack.slack.workspace.open_view(ada.id) is None
    view = bolt.heard[0]
    assert view["private_metadata"] == "kept"
    assert view["state"]["values"]["title"]["text"]["value"] == "A title"
    picked = view["state"]["values"]["team"]["pick"]["selected_option"]
    assert picked["value"] == "legal"


@pytest.mark.parametrize(
    ("typed", "words"),
    [(None, "required"), ("ab", "at least 3"), ("x" * 21, "at most 20")],
)
async def test_the_clients_own_checks_come_before_the_app(
    slack: RunningPlayground, bolt: BoltApp, typed: str | None, words: str
) -> None:
    await opened_form(slack, bolt)
    result = await slack.person("ada").submit({"title": {"text": typed}})
    assert not result.ok
    assert words in result.errors["title"]
    assert slack.person("ada").modal.errors == result.errors
    assert slack.deliveries("view_submission") == []


async def test_errors_of_the_app_stay_at_their_field(
    slack: RunningPlayground, bolt: BoltApp
) -> None:
    @bolt.app.view("form")
    async def sent(ack: Any) -> None:
        await ack(response_action="errors", errors={"title": "Say more"})

    await opened_form(slack, bolt)
    result = await slack.person("ada").submit({"title": {"text": "short"}})
    assert result.errors == {"title": "Say more"}
    assert slack.person("ada").modal.state["title"]["text"]["value"] == "short"


@pytest.mark.parametrize(
    "answer",
    [
        {"response_action": "errors", "errors": {"nowhere": "?"}},
        {"response_action": "errors", "errors": {}},
        {"response_action": "dance"},
        {"response_action": "update", "view": {"type": "modal", "blocks": []}},
    ],
)
async def test_an_answer_that_slack_does_not_take_keeps_the_form_open(
    slack: RunningPlayground, bolt: BoltApp, answer: Json
) -> None:
    @bolt.app.view("form")
    async def sent(ack: Any) -> None:
        await ack(**answer)

    await opened_form(slack, bolt)
    result = await slack.person("ada").submit({"title": {"text": "A title"}})
    assert (result.ok, result.error is None) == (False, False)
    shown = slack.slack.workspace.open_view(slack.person("ada").id)
    assert shown is not None
    assert shown.callback_id == "form"
    assert shown.failure == result.error, "a redraw takes away what went wrong"


async def test_update_push_and_clear_work_on_the_stack_of_three(
    slack: RunningPlayground, bolt: BoltApp
) -> None:
    answers: list[Json] = []

    @bolt.app.view("form")
    async def sent(ack: Any) -> None:
        await ack(**answers.pop(0))

    await opened_form(slack, bolt)
    ada = slack.person("ada")
    filled = {"title": {"text": "A title"}}
    root = ada.modal.id
    answers += [
        {"response_action": "update", "view": MODAL | {"private_metadata": "second"}},
        {"response_action": "push", "view": MODAL},
        {"response_action": "push", "view": MODAL},
        {"response_action": "push", "view": MODAL},
        {},
        {"response_action": "clear"},
    ]
    assert (await ada.submit(filled)).ok
    assert (ada.modal.id, ada.modal.private_metadata) == (root, "second")
    assert ada.modal.state["title"]["text"]["value"] == "A title"
    assert (await ada.submit(filled)).ok
    assert ada.modal.previous_view_id == root
    assert (await ada.submit(filled)).ok
    assert len(slack.slack.workspace.view_stacks[ada.id]) == 3
    assert (await ada.submit(filled)).error == "push_limit_reached"
    assert (await ada.submit(filled)).ok
    assert len(slack.slack.workspace.view_stacks[ada.id]) == 2
    assert (await ada.submit(filled)).ok
    assert slack.slack.workspace.view_stacks[ada.id] == []


async def test_a_view_can_be_updated_with_its_hash_and_not_with_an_old_one(
    slack: RunningPlayground, bolt: BoltApp
) -> None:
    await opened_form(slack, bolt)
    view = slack.person("ada").modal
    old = view.hash
    await bolt.web.views_update(view_id=view.id, hash=old, view=MODAL)
    assert slack.person("ada").modal.hash != old
    with pytest.raises(SlackApiError) as failed:
        await bolt.web.views_update(view_id=view.id, hash=old, view=MODAL)
    assert error_of(failed) == "hash_conflict"
    with pytest.raises(SlackApiError) as failed:
        await bolt.web.views_update(view_id="V404", view=MODAL)
    assert error_of(failed) == "not_found"


async def test_a_button_in_a_modal_can_push_and_sees_the_form_as_it_stands(
    slack: RunningPlayground, bolt: BoltApp
) -> None:
    @bolt.app.action("deeper")
    async def deeper(ack: Any, body: Any) -> None:
        await ack()
        bolt.heard.append(body)
        await bolt.web.views_push(trigger_id=body["trigger_id"], view=MODAL)

    await opened_form(slack, bolt)
    ada = slack.person("ada")
    root = ada.modal
    await ada.click_view("deeper", values={"title": {"text": "half"}})
    pushed = await ada.until_modal(lambda view: view.id != root.id)
    assert pushed.root_view_id == root.id
    body = bolt.heard[0]
    assert body["container"] == {"type": "view", "view_id": root.id}
    assert body["view"]["state"]["values"]["title"]["text"]["value"] == "half"
    assert "response_url" not in body


async def test_a_trigger_opens_one_view_for_its_person(
    slack: RunningPlayground, bolt: BoltApp
) -> None:
    await opened_form(slack, bolt)
    used = slack.deliveries("/form")[0].payload["trigger_id"]
    for trigger, code in ((used, "exchanged_trigger_id"), ("1.2.3", "invalid_trigger_id")):
        with pytest.raises(SlackApiError) as failed:
            await bolt.web.views_open(trigger_id=trigger, view=MODAL)
        assert error_of(failed) == code
    assert slack.slack.workspace.open_view(slack.person("bob").id) is None


async def test_a_trigger_expires_and_a_refused_view_does_not_use_it_up() -> None:
    async with (
        running_playground(workspace=WORKSPACE, trigger_lifetime=0.0) as slack,
        running_bolt(slack) as bolt,
    ):
        await slack.person("ada").command("/form")
        trigger = slack.deliveries("/form")[0].payload["trigger_id"]
        with pytest.raises(SlackApiError) as failed:
            await bolt.web.views_open(trigger_id=trigger, view=MODAL)
        assert error_of(failed) == "expired_trigger_id"
        slack.slack.triggers.lifetime = 60.0
        bad = MODAL | {"title": {"type": "plain_text", "text": "x" * 25}}
        with pytest.raises(SlackApiError) as failed:
            await bolt.web.views_open(trigger_id=trigger, view=bad)
        assert error_of(failed) == "invalid_arguments"
        assert failed.value.response["response_metadata"]["messages"] == [
            "[ERROR] must be less than 25 characters [json-pointer:/view/title/text]"
        ]
        assert (await bolt.web.views_open(trigger_id=trigger, view=MODAL))["ok"]


async def test_an_external_id_is_unique_and_finds_its_view(
    slack: RunningPlayground, bolt: BoltApp
) -> None:
    await opened_form(slack, bolt, MODAL | {"external_id": "one"})
    await bolt.web.views_update(external_id="one", view=MODAL | {"external_id": "one"})
    with pytest.raises(SlackApiError) as failed:
        await bolt.web.views_publish(
            user_id=slack.person("bob").id,
            view={"type": "home", "blocks": [], "external_id": "one"},
        )
    assert error_of(failed) == "duplicate_external_id"


@pytest.mark.parametrize("clear", [False, True])
async def test_a_closed_view_is_told_when_it_asked_for_it(
    slack: RunningPlayground, bolt: BoltApp, clear: bool
) -> None:
    @bolt.app.view_closed("form")
    async def closed(ack: Any, body: Any) -> None:
        bolt.heard.append(body["is_cleared"])
        await ack()

    await opened_form(slack, bolt, MODAL | {"notify_on_close": True, "clear_on_close": clear})
    await slack.person("ada").close_modal()
    assert bolt.heard == [clear]
    assert slack.slack.workspace.open_view(slack.person("ada").id) is None
