"""Every form: what it does, what it marks as wrong, and that nothing typed is lost."""

import dataclasses
from typing import Any

import pytest

from bot.domain.controls import Button, Form, Shortcut
from bot.domain.lifecycle import State
from bot.domain.severity import Severity
from bot.domain.visibility import Tier
from bot.render import forms
from bot.services import lifecycle, opening
from playground.driver import texts
from playground.outcomes import Submitted
from playground.records import View
from tests.factories import PRIYA, SOFIA, TOM, an_act
from tests.handlers.stage import Stage, interaction_body, send
from tests.handlers.test_buttons import a_card


def words(view: View) -> str:
    return str(view.payload)


async def opening_form(stage: Stage, who: str = "mei") -> None:
    await stage.command(who, "")
    await stage.person(who).until_modal(lambda view: view.callback_id == Form.OPEN)


async def choose(stage: Stage, field: str, value: Any, who: str = "mei") -> View:
    """Choose in the opening form, as it is then drawn anew."""
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


# The opening form


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


async def test_a_forged_choice_is_marked_not_stored(stage: Stage) -> None:
    view = forms.open_form(stage.shell.desk) | {
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


# The forms of the work


async def form(stage: Stage, who: str, incident_id: str, button: Button) -> View:
    message = await a_card(stage, incident_id)
    await stage.answer_to_click(who, message, button)
    return await stage.person(who).until_modal()


async def sent_by(stage: Stage, who: str, **fields: Any) -> Submitted:
    """Fill in by field; the block_ids are looked up."""
    view = stage.person(who).modal
    values = {block_of(view, name): {name: value} for name, value in fields.items()}
    return await stage.person(who).submit(values)


async def test_status_with_a_note(stage: Stage) -> None:
    opened = stage.opened()
    await form(stage, "mei", opened.head.id, Button.UPDATE_STATUS)
    sent = await sent_by(stage, "mei", state="awaiting decision", note="Legal reads it")
    assert sent.ok, sent
    assert "awaiting decision" in words(stage.person("mei").modal)
    details = stage.details(opened.head.id)
    assert details.card.head.state is State.AWAITING_DECISION
    assert details.entries[-1].data["note"] == "Legal reads it"


async def test_status_unchanged_and_without_a_note_is_marked(stage: Stage) -> None:
    opened = stage.opened()
    await form(stage, "mei", opened.head.id, Button.UPDATE_STATUS)
    sent = await sent_by(stage, "mei")
    assert set(sent.errors) == {"state"}


async def test_status_unchanged_with_a_note_is_an_update(stage: Stage) -> None:
    opened = stage.opened()
    await form(stage, "mei", opened.head.id, Button.UPDATE_STATUS)
    assert (await sent_by(stage, "mei", note="still looking")).ok
    entry = stage.details(opened.head.id).entries[-1]
    assert (entry.kind.value, entry.data["text"]) == ("update", "still looking")


@pytest.mark.parametrize(
    ("state", "note", "wrong"),
    [("duplicate", "", "note"), ("duplicate", "ESC-99", "note"), ("declined", "", "note")],
)
async def test_an_ending_without_what_it_takes_is_marked(
    stage: Stage, state: str, note: str, wrong: str
) -> None:
    opened = stage.opened()
    await form(stage, "mei", opened.head.id, Button.UPDATE_STATUS)
    sent = await sent_by(stage, "mei", state=state, note=note)
    assert set(sent.errors) == {wrong}, sent
    assert stage.details(opened.head.id).card.head.state is State.NEW


async def test_page_a_team_and_not_two_things_at_once(stage: Stage) -> None:
    opened = stage.opened(teams=())
    await form(stage, "mei", opened.head.id, Button.PAGE_TEAM)
    assert set((await sent_by(stage, "mei")).errors) == {"team"}
    both = await sent_by(stage, "mei", team="legal", person=TOM)
    assert set(both.errors) == {"person"}
    assert (await sent_by(stage, "mei", team="legal", person=None, why="read it")).ok
    assert stage.details(opened.head.id).card.teams[0].team == "legal"


async def test_paging_a_team_twice_is_marked_at_the_team(stage: Stage) -> None:
    opened = stage.opened()
    await form(stage, "mei", opened.head.id, Button.PAGE_TEAM)
    assert set((await sent_by(stage, "mei", team="legal")).errors) == {"team"}


async def test_task_with_a_time_that_cannot_be_read_is_marked(stage: Stage) -> None:
    opened = stage.opened()
    await form(stage, "mei", opened.head.id, Button.ADD_TASK)
    for due in ("never", "tomorrow 9:00 or so"):
        sent = await sent_by(stage, "mei", text="call", person=TOM, due=due)
        assert set(sent.errors) == {"due"}, due
    assert (await sent_by(stage, "mei", text="call", person=TOM, due="tomorrow 9:00")).ok
    [task] = stage.details(opened.head.id).card.tasks
    assert (task.assignee, task.text) == (TOM, "call")


async def test_a_task_for_a_guest_is_marked_at_the_person(stage: Stage) -> None:
    opened = stage.opened()
    await form(stage, "mei", opened.head.id, Button.ADD_TASK)
    sent = await sent_by(stage, "mei", text="call", person="U0GUS", due="in 2h")
    assert set(sent.errors) == {"person"}


async def test_a_decision_is_recorded(stage: Stage) -> None:
    opened = stage.opened()
    await form(stage, "mei", opened.head.id, Button.RECORD_DECISION)
    sent = await sent_by(
        stage,
        "mei",
        actions=[next(iter(stage.policy.actions))],
        scope="Global",
        clause="Harassment 3.2",
        policy_version="2026-10",
        rationale="It names her school.",
        approvers=[PRIYA],
        precedent=next(iter(stage.policy.precedents)),
    )
    assert sent.ok, sent
    [decision] = stage.details(opened.head.id).card.decisions
    assert (decision.clause, decision.approvers) == ("Harassment 3.2", (PRIYA,))


async def test_resolve_plans_the_chosen_follow_ups(stage: Stage) -> None:
    opened = stage.opened()
    await form(stage, "mei", opened.head.id, Button.RESOLVE)
    cause = next(iter(stage.policy.root_causes))
    sent = await sent_by(
        stage, "mei", root_cause=cause, note="All gone", follow_ups=["7"], owner=SOFIA
    )
    assert sent.ok, sent
    details = stage.details(opened.head.id)
    assert details.card.head.state is State.RESOLVED
    [follow_up] = details.card.tasks
    assert (follow_up.assignee, follow_up.follow_up) == (SOFIA, True)


async def test_reopen_asks_why(stage: Stage) -> None:
    opened = stage.opened()
    lifecycle.decline(stage.db, an_act(), opened.head.id, "no escalation")
    await form(stage, "mei", opened.head.id, Button.REOPEN)
    assert (await sent_by(stage, "mei", why="It is back")).ok
    assert stage.details(opened.head.id).card.head.state is State.REOPENED


async def test_handover_from_the_incident(stage: Stage) -> None:
    opened = stage.opened(teams=())
    await stage.command("mei", "handover ESC-1")
    await stage.person("mei").until_modal()
    assert (await sent_by(stage, "mei", team="pr", summary="Statement drafted")).ok
    assert stage.details(opened.head.id).card.teams[0].team == "pr"


async def test_a_stale_form_is_refused_on_top_of_what_was_typed(stage: Stage) -> None:
    opened = stage.opened()
    await form(stage, "mei", opened.head.id, Button.PAGE_TEAM)
    lifecycle.decline(stage.db, an_act(), opened.head.id, "no escalation")
    sent = await sent_by(stage, "mei", team="dpo", why="a long explanation")
    assert sent.ok
    top = stage.person("mei").modal
    assert "ESC-1 is _declined_" in words(top)
    await stage.person("mei").close_modal()
    beneath = stage.person("mei").modal
    assert beneath.callback_id == Form.PAGE
    assert beneath.state["why"]["why"]["value"] == "a long explanation"


async def test_a_form_of_another_person_with_a_forged_subject_is_refused(stage: Stage) -> None:
    opened = stage.opened(title="Secret", tier=Tier.RESTRICTED)
    desk = stage.shell.desk
    view = forms.reopen_form(desk, opened.head.id) | {
        "id": "V1",
        "hash": "h1",
        "state": {"values": {"why": {"why": {"value": "because"}}}},
    }
    answered = await send(stage.url, submission_body(view, "U0TOM"))
    assert answered.json["response_action"] == "push"
    assert "restricted" in answered.body
    assert "Secret" not in answered.body
    junk = view | {"private_metadata": "01JUNK", "hash": "h2"}
    assert (await send(stage.url, submission_body(junk))).json["response_action"] == "push"


async def test_an_unexpected_error_in_a_form_keeps_the_form_beneath(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*given: object) -> None:
        raise RuntimeError(str(given))

    await opening_form(stage)
    await choose(stage, "category", "harassment")
    view = await choose(stage, "severity", "P1")
    monkeypatch.setattr(opening, "open_incident", broken)
    sent = await stage.person("mei").submit({block_of(view, "title"): {"title": "Pile-on"}})
    assert sent.ok
    assert "reference" in words(stage.person("mei").modal)
    await stage.person("mei").close_modal()
    monkeypatch.undo()
    again = await stage.person("mei").submit({block_of(view, "title"): {"title": "Pile-on"}})
    assert again.ok, again
    assert [incident.title for incident in stage.incidents()] == ["Pile-on"]


async def test_the_3001st_character_is_refused_at_the_field(stage: Stage) -> None:
    """A client stops it; whoever sends it all the same gets the field marked."""
    opened = stage.opened()
    head = dataclasses.replace(opened.head)
    view = forms.status_form(stage.shell.desk, head.id, head) | {
        "id": "V1",
        "hash": "h1",
        "state": {
            "values": {
                "state": {"state": {"selected_option": {"value": "investigating"}}},
                "note": {"note": {"value": "x" * 3_001}},
            }
        },
    }
    answered = await send(stage.url, submission_body(view))
    assert "3,001" in answered.json["errors"]["note"]
    assert stage.details(head.id).card.head.state is State.NEW
