"""The forms of the work: what each does, what it marks as wrong, that nothing typed is lost."""

import dataclasses
from typing import Any

import pytest

from bot.domain.access.visibility import Tier
from bot.domain.controls import Button, Form
from bot.domain.errors import FormErrors
from bot.domain.followups.reminder_messages import UpdateReminder
from bot.domain.ids import TeamKey
from bot.domain.incidents.lifecycle import State
from bot.domain.incidents.results import NewDecision
from bot.domain.incidents.severity import Severity
from bot.domain.incidents.timeline import EntryKind
from bot.render import forms
from bot.render.followups import reminder_messages
from bot.services.decisions import decisions
from bot.services.incidents import lifecycle, opening
from playground.outcomes import Submitted
from playground.state.records import View
from playground.web.faults import FaultKind, FaultRule
from tests.factories import MEI, NOON, PRIYA, SOFIA, TOM, an_act, people
from tests.handlers.buttons.test_buttons import a_card
from tests.handlers.modals import (
    block_of,
    choose,
    opening_form,
    submission_body,
    words,
)
from tests.handlers.requests import send
from tests.handlers.stage import Stage
from tests.problems import in_words


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


async def test_a_rise_shows_who_it_pages_before_anyone_is_paged(stage: Stage) -> None:
    opened = stage.opened(severity=Severity.P3, teams=(TeamKey("operations"),))
    await form(stage, "mei", opened.head.id, Button.CHANGE_SEVERITY)
    assert (await sent_by(stage, "mei", severity="P0", note="threat to life confirmed")).ok
    asked = stage.person("mei").modal
    assert asked.callback_id == Form.RAISE
    assert "If you raise it to P0, these people are paged" in words(asked)
    assert "Operations" in words(asked)
    head = stage.details(opened.head.id).card.head
    assert head.severity is Severity.P3, "asked first"
    assert (await sent_by(stage, "mei")).ok
    said = words(stage.person("mei").modal)
    assert "ESC-1 is now P0" in said
    assert "Operations* — <@U0JOSE>, paged again" in said
    entries = stage.details(opened.head.id).entries
    [changed] = [entry for entry in entries if entry.kind is EntryKind.SEVERITY]
    assert changed.data["reason"] == "threat to life confirmed"


async def test_another_severity_chosen_where_a_rise_is_asked_shows_its_own(stage: Stage) -> None:
    opened = stage.opened(severity=Severity.P3, teams=())
    await form(stage, "mei", opened.head.id, Button.CHANGE_SEVERITY)
    await sent_by(stage, "mei", severity="P1")
    assert (await sent_by(stage, "mei", severity="P0")).ok
    assert "If you raise it to P0, these people are paged" in words(stage.person("mei").modal)
    assert stage.details(opened.head.id).card.head.severity is Severity.P3


async def test_lowering_by_the_form_takes_a_reason_and_pages_no_one(stage: Stage) -> None:
    opened = stage.opened(teams=(TeamKey("legal"),))
    await form(stage, "mei", opened.head.id, Button.CHANGE_SEVERITY)
    assert not (await sent_by(stage, "mei", severity="P2")).ok
    assert (await sent_by(stage, "mei", severity="P2", note="calm again")).ok
    assert "More time to answer" in words(stage.person("mei").modal)
    assert stage.details(opened.head.id).card.head.severity is Severity.P2


async def test_status_unchanged_and_without_a_note_is_marked(stage: Stage) -> None:
    opened = stage.opened()
    await form(stage, "mei", opened.head.id, Button.UPDATE_STATUS)
    sent = await sent_by(stage, "mei")
    assert set(sent.errors) == {"state"}


async def test_status_unchanged_with_a_note_is_an_update(stage: Stage) -> None:
    opened = stage.opened()
    await form(stage, "mei", opened.head.id, Button.UPDATE_STATUS)
    assert (await sent_by(stage, "mei", note="still looking")).ok
    answer = words(stage.person("mei").modal)
    assert "Your update is on the timeline of ESC-1. The next one is due at" in answer
    assert "is now" not in answer
    entry = stage.details(opened.head.id).entries[-1]
    assert (entry.kind.value, entry.data["text"]) == ("update", "still looking")


@pytest.mark.parametrize(
    ("button", "needed"), [(Button.UPDATE_STATUS, "state"), (Button.POST_UPDATE, "note")]
)
async def test_an_update_of_a_reopened_escalation_leaves_it_reopened(
    stage: Stage, button: Button, needed: str
) -> None:
    opened = stage.opened()
    lifecycle.decline(stage.db, an_act(), opened.head.id, "not ours")
    lifecycle.reopen(stage.db, an_act(), opened.head.id, "it is back")
    head = stage.details(opened.head.id).card.head
    asked = reminder_messages.update_reminder(stage.shell.wording, UpdateReminder(head, NOON, NOON))
    message = (
        await stage.post(asked.blocks)
        if button is Button.POST_UPDATE
        else await a_card(stage, head.id)
    )
    await stage.answer_to_click("mei", message, button)
    assert set((await sent_by(stage, "mei")).errors) == {needed}
    assert (await sent_by(stage, "mei", note="still looking")).ok
    details = stage.details(opened.head.id)
    assert details.card.head.state is State.REOPENED
    assert (details.entries[-1].kind.value, details.entries[-1].data["text"]) == (
        "update",
        "still looking",
    )


@pytest.mark.parametrize(
    ("state", "note", "wrong"),
    [
        ("duplicate", "", "note"),
        ("duplicate", "ESC-99", "note"),
        ("duplicate", "ESC-2 or ESC-3", "note"),
        ("duplicate", "ESC-2 ESC-3", "note"),
        ("duplicate", "ESC-2?", "note"),
        ("duplicate", "ESC-2 I think", "note"),
        ("duplicate", "ESC-1", "note"),
        ("declined", "", "note"),
    ],
)
async def test_an_ending_without_what_it_takes_is_marked(
    stage: Stage, state: str, note: str, wrong: str
) -> None:
    opened = stage.opened()
    for _ in range(2):
        stage.opened()
    await form(stage, "mei", opened.head.id, Button.UPDATE_STATUS)
    sent = await sent_by(stage, "mei", state=state, note=note)
    assert set(sent.errors) == {wrong}, sent
    assert stage.details(opened.head.id).card.head.state is State.NEW


@pytest.mark.parametrize("way", ["form", "command"])
async def test_the_duplicate_of_a_restricted_one_that_all_may_read_is_warned_of(
    stage: Stage, way: str
) -> None:
    stage.opened(tier=Tier.RESTRICTED)
    duplicate = stage.opened()
    if way == "form":
        await form(stage, "mei", duplicate.head.id, Button.UPDATE_STATUS)
        assert (await sent_by(stage, "mei", state="duplicate", note="ESC-1")).ok
        said = words(stage.person("mei").modal)
    else:
        said = await stage.command("mei", "duplicate ESC-2 ESC-1")
    assert "`/escalate edit ESC-2 restricted`" in said
    assert "restricted now" in await stage.command("mei", "edit ESC-2 restricted")


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
    sent = await sent_by(stage, "mei", team="legal")
    assert sent.errors == {"team": "Legal is already being paged for ESC-1."}


async def test_paging_a_person_twice_is_marked_at_the_person(stage: Stage) -> None:
    opened = stage.opened(teams=())
    await form(stage, "mei", opened.head.id, Button.PAGE_TEAM)
    assert (await sent_by(stage, "mei", person=TOM)).ok
    await form(stage, "mei", opened.head.id, Button.PAGE_TEAM)
    sent = await sent_by(stage, "mei", person=TOM)
    assert set(sent.errors) == {"person"}
    assert "is already being paged for ESC-1." in sent.errors["person"]


async def test_task_with_a_time_that_cannot_be_read_is_marked(stage: Stage) -> None:
    opened = stage.opened()
    await form(stage, "mei", opened.head.id, Button.ADD_TASK)
    for due in ("never", "tomorrow 9:00 or so", "in 2² h", "friday 17h"):
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
    assert sent.errors["person"].startswith("Gus"), "by their name: a form shows no mention"
    assert " is a guest, " in sent.errors["person"]


@pytest.mark.parametrize(
    ("state", "note", "says"),
    [
        ("duplicate", "ESC-1", "ESC-2 is closed as a duplicate of ESC-1."),
        ("declined", "not ours", "ESC-2 is now declined. 1 open task was withdrawn"),
    ],
)
async def test_a_form_says_of_an_end_what_the_command_says(
    stage: Stage, state: str, note: str, says: str
) -> None:
    stage.opened()
    opened = stage.opened()
    await stage.command("mei", "task ESC-2 me call by 17:00")
    await form(stage, "mei", opened.head.id, Button.UPDATE_STATUS)
    assert (await sent_by(stage, "mei", state=state, note=note)).ok
    assert says in words(stage.person("mei").modal).replace("_", "")


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


@pytest.mark.parametrize(("length", "taken"), [(80, True), (81, False)])
async def test_a_policys_version_has_one_limit(stage: Stage, length: int, taken: bool) -> None:
    """The form asks for no more than the record takes, and whoever goes past it reads how much."""
    opened = stage.opened()
    view = await form(stage, "mei", opened.head.id, Button.RECORD_DECISION)
    [asked] = [block for block in view.blocks if block.get("block_id") == "policy_version"]
    assert asked["element"]["max_length"] == 80
    made = NewDecision(
        actions=(next(iter(stage.policy.actions)),),
        scope="Global",
        clause="Harassment 3.2",
        policy_version="x" * length,
        rationale="It names her school.",
        approvers=(),
        precedent=next(iter(stage.policy.precedents)),
    )
    given = (stage.db, stage.policy, an_act(), opened.head.id)
    if taken:
        assert decisions.record_decision(*given, made) == "ESC-1"
        return
    with pytest.raises(FormErrors) as refused:
        decisions.record_decision(*given, made)
    [problem] = refused.value.errors.values()
    assert in_words(problem) == "81 characters are too many; there is room for 80."


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


async def test_without_a_chosen_owner_the_follow_ups_go_to_the_owner(stage: Stage) -> None:
    opened = stage.opened()
    lifecycle.assign(stage.db, an_act(), opened.head.id, SOFIA)
    await form(stage, "mei", opened.head.id, Button.RESOLVE)
    cause = next(iter(stage.policy.root_causes))
    assert (await sent_by(stage, "mei", root_cause=cause, follow_ups=["7"], owner=None)).ok
    [follow_up] = stage.details(opened.head.id).card.tasks
    assert follow_up.assignee == SOFIA


async def test_a_person_who_has_left_slack_gets_no_follow_up(stage: Stage) -> None:
    opened = stage.opened()
    await form(stage, "mei", opened.head.id, Button.RESOLVE)
    people(stage.db, stage.policy, U0SOFIA={"deleted": True})
    unknown = FaultRule(FaultKind.ERROR, "users.info", user=SOFIA, error="user_not_found")
    stage.slack.slack.faults.add(unknown)
    cause = next(iter(stage.policy.root_causes))
    await sent_by(stage, "mei", root_cause=cause, follow_ups=["7"], owner=SOFIA)
    assert "can't be given work" in words(stage.person("mei").modal)
    details = stage.details(opened.head.id)
    assert details.card.head.state is State.NEW
    assert details.card.tasks == ()


async def test_reopen_asks_why(stage: Stage) -> None:
    opened = stage.opened()
    lifecycle.decline(stage.db, an_act(), opened.head.id, "no escalation")
    await form(stage, "mei", opened.head.id, Button.REOPEN)
    assert (await sent_by(stage, "mei", why="It is back")).ok
    assert stage.details(opened.head.id).card.head.state is State.REOPENED


async def test_handover_from_the_incident(stage: Stage) -> None:
    opened = stage.opened(teams=())
    lifecycle.assign(stage.db, an_act(), opened.head.id, MEI)
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
    wording = stage.shell.wording
    view = forms.reopen_form(wording, opened.head.id) | {
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
    view = forms.status_form(stage.shell.wording, head.id, head) | {
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
