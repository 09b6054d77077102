"""The opening form: its proposal and preview, and that nothing typed is lost."""

import pytest

from bot.domain.access.visibility import Tier
from bot.domain.controls import Button, Form, Shortcut
from bot.domain.incidents.severity import Severity
from bot.render import forms
from playground.driver import texts
from playground.state.records import View
from tests.factories import PRIYA
from tests.handlers.modals import (
    block_of,
    choose,
    chosen_teams,
    opening_form,
    submission_body,
    words,
)
from tests.handlers.requests import send
from tests.handlers.stage import Stage


async def test_the_form_proposes_teams_and_previews_who_is_paged(stage: Stage) -> None:
    await opening_form(stage)
    await choose(stage, "category", "harassment")
    view = await choose(stage, "severity", "P1")
    assert chosen_teams(view) == set(stage.policy.proposed_teams("harassment", Severity.P1))
    assert f"<@{PRIYA}>" in words(view)
    worse = await choose(stage, "criteria", ["imminent-threat"])
    assert chosen_teams(worse) == set(stage.policy.proposed_teams("harassment", Severity.P0))


async def test_what_was_typed_survives_each_redrawing(stage: Stage) -> None:
    await opening_form(stage)
    person = stage.person("mei")
    block = block_of(person.modal, "title")
    await person.click_view("category", "harassment", values={block: {"title": "A title & more"}})
    await stage.settled()
    view = await person.until_modal(lambda view: "harassment" in block_of(view, "teams"))
    assert view.state[block]["title"]["value"] == "A title & more"


async def test_sending_the_form_opens_the_incident_and_shows_it(stage: Stage) -> None:
    await opening_form(stage)
    await choose(stage, "category", "harassment")
    await choose(stage, "severity", "P1")
    view = await choose(stage, "teams", ["legal", "dpo"])
    sent = await stage.person("mei").submit(
        {
            block_of(view, "title"): {"title": "Pile-on <!here> 👩‍👩‍👧"},
            block_of(view, "references"): {"references": "item-1\n\n https://case.example/2 "},
            block_of(view, "surface"): {"surface": next(iter(stage.policy.surfaces))},
        }
    )
    assert sent.ok, sent
    became = stage.person("mei").modal
    assert became.callback_id == Form.OPENED
    assert "ESC-1" in words(became)
    assert "&lt;!here&gt;" in words(became)
    [incident] = stage.incidents()
    assert incident.title == "Pile-on <!here> 👩‍👩‍👧"
    assert incident.references == ["item-1", "https://case.example/2"]
    teams = {str(row.team) for row in stage.details(incident.id).card.teams}
    assert teams == {"legal", "dpo"}


async def test_a_form_sent_before_its_proposal_arrives_pages_the_proposed_teams(
    stage: Stage,
) -> None:
    """Slack sends the form as the person sees it: still without teams."""
    await opening_form(stage)
    view = stage.person("mei").modal
    sent = await stage.person("mei").submit(
        {
            block_of(view, "title"): {"title": "Pile-on"},
            block_of(view, "category"): {"category": "harassment"},
            block_of(view, "severity"): {"severity": "P1"},
        }
    )
    assert sent.ok, sent
    [incident] = stage.incidents()
    teams = {str(row.team) for row in stage.details(incident.id).card.teams}
    assert teams == set(stage.policy.proposed_teams("harassment", Severity.P1))


async def test_a_category_of_references_only_asks_for_no_title_and_stores_none(
    stage: Stage,
) -> None:
    category = next(c for c in stage.policy.categories.values() if c.references_only)
    await opening_form(stage)
    await choose(stage, "category", category.key)
    view = await choose(stage, "severity", "P1")
    assert "title" not in view.state
    sent = await stage.person("mei").submit(
        {block_of(view, "references"): {"references": "item-4711"}}
    )
    assert sent.ok, sent
    [incident] = stage.incidents()
    assert (incident.title, incident.tier) == (category.label, Tier.RESTRICTED)


async def test_a_wrong_field_is_marked_and_the_form_stays(stage: Stage) -> None:
    await opening_form(stage)
    await choose(stage, "category", "harassment")
    view = await choose(stage, "severity", "P1")
    sent = await stage.person("mei").submit(
        {
            block_of(view, "title"): {"title": "   "},
            block_of(view, "references"): {"references": "x" * 501},
        }
    )
    assert not sent.ok
    assert set(sent.errors) == {block_of(view, "title"), block_of(view, "references")}
    assert stage.person("mei").modal.callback_id == Form.OPEN
    assert stage.incidents() == []
    mended = await stage.person("mei").submit(
        {
            block_of(view, "title"): {"title": "Pile-on"},
            block_of(view, "references"): {"references": ""},
        }
    )
    assert mended.ok, mended
    assert len(stage.incidents()) == 1


async def test_a_form_sent_twice_opens_one_incident(stage: Stage) -> None:
    await opening_form(stage)
    await choose(stage, "category", "harassment")
    view = await choose(stage, "severity", "P1")
    sent = await stage.person("mei").submit({block_of(view, "title"): {"title": "Pile-on"}})
    assert sent.delivery is not None
    again = await stage.slack.slack.redeliver(sent.delivery.seq)
    assert "done already: ESC-1" in str(again.delivery.answer if again.delivery else "")
    assert len(stage.incidents()) == 1


async def test_a_late_redrawing_never_brings_a_form_back_that_was_sent(stage: Stage) -> None:
    """Whoever sees it again sends it again, and everybody is paged a second time."""
    await opening_form(stage)
    view = await choose(stage, "category", "harassment")
    mei = stage.person("mei")
    stage.slack.slack.faults.latency_ms["views.update"] = 700
    assert (await mei.click_view("severity", "P1", block_id=block_of(view, "severity"))).ok
    assert (await mei.submit({block_of(view, "title"): {"title": "Pile-on"}})).ok
    assert mei.modal.callback_id == Form.OPENED
    await stage.settled()
    assert mei.modal.callback_id == Form.OPENED
    await mei.submit({})
    assert len(stage.incidents()) == 1


async def test_a_form_that_was_redrawn_while_it_was_sent_opens_one_incident(stage: Stage) -> None:
    """The redrawing changes the hash, Slack loses our answer, and the form is sent again."""
    await opening_form(stage)
    await choose(stage, "category", "harassment")
    await choose(stage, "severity", "P1")
    shown = stage.slack.slack.shapes.view(stage.person("mei").modal)
    values = shown["state"]["values"]
    values["title"] = {"title": {"type": "plain_text_input", "value": "Pile-on"}}
    first = await send(stage.url, submission_body(shown))
    assert "ESC-1" in first.body
    again = await send(stage.url, submission_body(shown | {"hash": "another"}))
    assert again.json["response_action"] == "update"
    assert "done already: ESC-1" in again.body
    assert len(stage.incidents()) == 1


async def test_choices_in_quick_succession_end_with_the_proposal_for_all_of_them(
    stage: Stage,
) -> None:
    """Each was made in the form as it stood before the first was drawn."""
    await opening_form(stage)
    mei = stage.person("mei")
    view = mei.modal
    stage.slack.slack.faults.latency_ms["views.update"] = 300
    for field, value in (("category", "harassment"), ("severity", "P1"), ("severity", "P0")):
        assert (await mei.click_view(field, value, block_id=block_of(view, field))).ok
    await stage.settled()
    assert chosen_teams(mei.modal) == set(stage.policy.proposed_teams("harassment", Severity.P0))
    choosing = await choose(stage, "severity", "P1")
    assert chosen_teams(choosing) == set(stage.policy.proposed_teams("harassment", Severity.P1))


async def test_a_forged_choice_is_marked_not_stored(stage: Stage) -> None:
    view = forms.open_form(stage.shell.wording) | {
        "id": "V1",
        "hash": "h1",
        "state": {
            "values": {
                "title": {"title": {"value": "x"}},
                "category": {"category": {"selected_option": {"value": "no-such"}}},
                "severity": {"severity": {"selected_option": {"value": "P9"}}},
            }
        },
    }
    answered = await send(stage.url, submission_body(view))
    assert set(answered.json["errors"]) == {"category", "severity"}
    assert stage.incidents() == []


async def test_a_form_of_another_version_says_so_and_keeps_the_text(stage: Stage) -> None:
    view = {"id": "V1", "hash": "h1", "callback_id": "form_of_next_year", "type": "modal"}
    answered = await send(stage.url, submission_body(view))
    assert answered.json["response_action"] == "push"
    assert "another version" in answered.body


async def test_a_shortcut_whose_trigger_expired_keeps_the_messages_address(stage: Stage) -> None:
    await stage.person("tom").say("hello", "general")
    message = stage.slack.messages("general")[-1]
    stage.slack.slack.triggers.lifetime = -1.0
    await stage.person("mei").shortcut(Shortcut.ESCALATE_MESSAGE, message)
    await stage.settled()
    offer = stage.person("mei").sees("general")[-1]
    stage.slack.slack.triggers.lifetime = 3.0
    await stage.answer_to_click("mei", offer, Button.OPEN_FORM)
    view = await stage.person("mei").until_modal()
    assert view.private_metadata.endswith(f"p{message.ts.replace('.', '')}")


async def test_the_message_shortcut_takes_the_address_and_not_the_text(stage: Stage) -> None:
    await stage.person("tom").say("a very private sentence", "general")
    message = stage.slack.messages("general")[-1]
    await stage.person("mei").shortcut(Shortcut.ESCALATE_MESSAGE, message)
    await stage.settled()
    view = await stage.person("mei").until_modal()
    link = f"https://harbour.slack.example/archives/C0GENERAL/p{message.ts.replace('.', '')}"
    assert view.private_metadata == link
    assert link in str(view.state)
    assert "private sentence" not in words(view)
    await choose(stage, "category", "harassment")
    drawn = await choose(stage, "severity", "P1")
    await stage.person("mei").submit({block_of(drawn, "title"): {"title": "Pile-on"}})
    [incident] = stage.incidents()
    assert stage.details(incident.id).entries[0].data["message"] == link


async def test_the_global_shortcut_opens_the_form(stage: Stage) -> None:
    await stage.person("mei").shortcut(Shortcut.OPEN_FORM)
    await stage.settled()
    assert (await stage.person("mei").until_modal()).callback_id == Form.OPEN


async def test_a_guests_shortcut_is_refused(stage: Stage) -> None:
    await stage.person("mei").say("hello", "general")
    message = stage.slack.messages("general")[-1]
    await stage.person("gus").shortcut(Shortcut.ESCALATE_MESSAGE, message)
    await stage.settled()
    assert "no role here" in texts(stage.person("gus").sees("general")[-1])


def shown_severity(view: View) -> str:
    return str(view.state[block_of(view, "severity")]["severity"]["selected_option"]["value"])


async def test_the_form_shows_the_severity_that_it_opens_with(stage: Stage) -> None:
    """What a criterion, a person affected or the category demands; else the person's own choice."""
    await opening_form(stage)
    await choose(stage, "category", "harassment")
    await choose(stage, "severity", "P3")
    raised = await choose(stage, "criteria", ["imminent-threat"])
    assert shown_severity(raised) == "P0"
    assert "This will be opened as *P0*, because of" in words(raised)
    for _ in range(3):
        again = await choose(stage, "severity", "P3")
        assert shown_severity(again) == "P0"
    lowered = await choose(stage, "severity", "P2")
    assert shown_severity(lowered) == "P0"
    own = await choose(stage, "criteria", [])
    assert shown_severity(own) == "P2"
    category = next(c for c in stage.policy.categories.values() if c.least_severity)
    demanded = await choose(stage, "category", category.key)
    assert shown_severity(demanded) == category.least_severity
    assert f"the lowest severity for {category.label}" in words(demanded)
    assert shown_severity(await choose(stage, "category", "harassment")) == "P2"


async def test_what_is_shown_without_a_choice_may_be_sent(stage: Stage) -> None:
    await opening_form(stage)
    await choose(stage, "category", "harassment")
    view = await choose(stage, "criteria", ["imminent-threat"])
    assert shown_severity(view) == "P0"
    sent = await stage.person("mei").submit({block_of(view, "title"): {"title": "Pile-on"}})
    assert sent.ok, sent
    assert stage.incidents()[0].severity == "P0"


@pytest.mark.parametrize("callback", [Form.OPEN, Form.EDIT])
async def test_an_unknown_tier_changes_nothing(stage: Stage, callback: Form) -> None:
    """Slack sends only what the form offers. An unknown tier is not taken for the open one."""
    opened = stage.opened(tier=Tier.RESTRICTED)
    chosen = {"category": "harassment", "severity": "P1", "tier": "loose"}
    values = {key: {key: {"selected_option": {"value": value}}} for key, value in chosen.items()}
    view = {
        **forms.reopen_form(stage.shell.wording, opened.head.id),
        "id": "V1",
        "hash": "h1",
        "callback_id": callback.value,
        "state": {"values": {**values, "title": {"title": {"value": "Pile-on"}}}},
    }
    answered = await send(stage.url, submission_body(view))
    assert "Choose who may read it." in answered.body
    assert stage.incidents()[0].title != "Pile-on"
    assert len(stage.incidents()) == 1
