"""Every button, pressed on a message as the relay posts it."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import select

from bot.domain.access.visibility import Tier
from bot.domain.controls import Button, Form
from bot.domain.followups.reminder_messages import ReminderMessage, TaskReminder, UpdateReminder
from bot.domain.incidents.lifecycle import State
from bot.domain.paging.ladders import RunState
from bot.render.followups import reminder_messages
from bot.render.incidents import answers, card
from bot.render.paging import page_messages
from bot.services.followups import tasks
from bot.services.incidents import lifecycle, queries
from bot.services.paging import answers as paging_answers
from bot.services.people.directory import remember_people
from bot.store.incidents import incident_rows
from bot.store.paging import pages as store_pages
from bot.store.tables import Reminder, Task
from bot.store.tables.states import ReminderState, TaskState
from playground.state.records import Message
from tests.factories import DANIEL, NOON, PRIYA, SOFIA, TOM, WORKSPACE, an_act
from tests.handlers.requests import click_body, send
from tests.handlers.stage import Stage
from tests.services import scene

# Pages


async def a_page(stage: Stage, who: str = PRIYA) -> tuple[Message, str]:
    """The page of whoever it went to, as posted; and its id."""
    page_id = next(d.subject for d in stage.deliveries("page") if d.target == who)
    view = queries.page(stage.db, an_act(who), page_id)
    return await stage.post(page_messages.page(stage.shell.wording, view).blocks), page_id


async def test_acknowledge_says_nothing_more_as_the_page_is_edited(stage: Stage) -> None:
    opened = stage.opened()
    message, page_id = await a_page(stage)
    with stage.db.transaction() as tx:
        store_pages.record_sent(tx, NOON, (page_id, message.channel, message.ts))
    assert await stage.answer_to_click("priya", message, Button.ACKNOWLEDGE) == ""
    rows = {str(row.team): row for row in stage.details(opened.head.id).card.teams}
    assert rows["legal"].responder == PRIYA


async def test_acknowledge_is_answered_while_it_is_not_known_that_slack_has_the_page(
    stage: Stage,
) -> None:
    stage.opened()
    message, _ = await a_page(stage)
    said = await stage.answer_to_click("priya", message, Button.ACKNOWLEDGE)
    assert "You acknowledged ESC-1 for Legal and are now its responder." in said


async def test_whoever_is_slower_reads_who_was_faster(stage: Stage) -> None:
    stage.opened()
    message, _ = await a_page(stage)
    await stage.command("tom", "page ESC-1 @tom")
    await stage.answer_to_click("priya", message, Button.ACKNOWLEDGE)
    said = await stage.answer_to_click("tom", message, Button.ACKNOWLEDGE)
    assert f"<@{PRIYA}> acknowledged ESC-1 for Legal" in said


async def test_a_page_of_others_cannot_be_acknowledged(stage: Stage) -> None:
    opened = stage.opened()
    message, _ = await a_page(stage)
    said = await stage.answer_to_click("sofia", message, Button.ACKNOWLEDGE)
    assert "not yours" in said
    assert "Legal" not in said
    rows = {str(row.team): row for row in stage.details(opened.head.id).card.teams}
    assert rows["legal"].state is RunState.PAGING


async def test_the_same_click_delivered_twice_is_one_deed(stage: Stage) -> None:
    tasks.add_reminder(stage.db, an_act(), text="ask Legal", due_at=NOON)
    body = click_body(Button.REMINDER_SNOOZE, f"30m:{_reminder(stage).id}")
    await send(stage.url, body)
    await send(stage.url, body)
    assert _reminder(stage).times == 1


async def test_cannot_take_it_asks_why_and_pages_the_next_one(stage: Stage) -> None:
    opened = stage.opened()
    message, _ = await a_page(stage, SOFIA)
    await stage.answer_to_click("sofia", message, Button.CANNOT_TAKE)
    await stage.person("sofia").until_modal(lambda view: view.callback_id == "form_cannot_take")
    sent = await stage.person("sofia").submit({"why": {"why": "on a plane"}})
    assert sent.ok, sent
    rows = {str(row.team): row for row in stage.details(opened.head.id).card.teams}
    assert rows["pr"].paged[-1] == DANIEL


async def test_hand_over_from_the_page(stage: Stage) -> None:
    opened = stage.opened()
    message, _ = await a_page(stage)
    await stage.answer_to_click("priya", message, Button.HAND_OVER)
    await stage.person("priya").until_modal(lambda view: view.callback_id == "form_hand_over")
    sent = await stage.person("priya").submit(
        {"person": {"person": TOM}, "summary": {"summary": "notice is drafted"}}
    )
    assert sent.ok, sent
    rows = {str(row.team): row for row in stage.details(opened.head.id).card.teams}
    assert rows["legal"].state is RunState.CANCELLED
    assert rows[f"person:{TOM}"].paged == (TOM,)


@pytest.mark.parametrize("button", [Button.CANNOT_TAKE, Button.HAND_OVER])
async def test_too_late_is_said_before_anything_is_typed(stage: Stage, button: Button) -> None:
    stage.opened()
    message, _ = await a_page(stage)
    await stage.command("priya", "ack ESC-1")
    said = await stage.answer_to_click("priya", message, button)
    assert "You have it already" in said


def let_it_go_by(stage: Stage, incident_id: str) -> None:
    """Nobody of the escalation's team answers, until its ladder is at its end."""
    for quarter in range(8):
        scene.tick(stage.db, stage.policy, NOON + timedelta(minutes=15 * quarter))
    [team] = stage.details(incident_id).card.teams
    assert team.state is RunState.EXHAUSTED


async def test_a_page_whose_ladder_is_at_its_end_is_taken_or_handed_over(stage: Stage) -> None:
    opened = stage.opened(teams=("legal",))
    older, page_id = await a_page(stage)
    let_it_go_by(stage, opened.head.id)
    view = queries.page(stage.db, an_act(PRIYA), page_id)
    drawn = page_messages.page(stage.shell.wording, view).blocks
    assert Button.CANNOT_TAKE.value not in str(drawn)
    said = await stage.answer_to_click("priya", older, Button.CANNOT_TAKE)
    assert "No one is left to page after you" in said
    assert "press *Hand over* on the page" in said
    await stage.answer_to_click("priya", await stage.post(drawn), Button.HAND_OVER)
    sent = await stage.person("priya").submit(
        {"person": {"person": TOM}, "summary": {"summary": "notice is drafted"}}
    )
    assert sent.ok, sent
    rows = {str(row.team): row for row in stage.details(opened.head.id).card.teams}
    assert rows[f"person:{TOM}"].paged == (TOM,)


async def test_a_double_click_reads_that_it_is_theirs_already(stage: Stage) -> None:
    stage.opened()
    message, _ = await a_page(stage)
    await stage.answer_to_click("priya", message, Button.ACKNOWLEDGE)
    for button in (Button.ACKNOWLEDGE, Button.CANNOT_TAKE, Button.HAND_OVER):
        said = await stage.answer_to_click("priya", message, button)
        assert "You have it already" in said
        assert "faster" not in said


async def test_open_channel_links_to_it_once_it_is_there(stage: Stage) -> None:
    opened = stage.opened()
    message, _ = await a_page(stage)
    assert "has no channel yet" in await stage.answer_to_click(
        "priya", message, Button.OPEN_CHANNEL
    )
    stage.in_channel(opened)
    assert "<#C0ESC1>" in await stage.answer_to_click("priya", message, Button.OPEN_CHANNEL)
    assert PRIYA in stage.invited(opened), "a link alone would lead nowhere: it is private"


async def test_open_channel_of_a_restricted_one_tells_an_outsider_nothing(stage: Stage) -> None:
    """By a page that stands from before it was made restricted: a later one has no such button."""
    opened = stage.opened(title="Secret")
    stage.in_channel(opened)
    message, _ = await a_page(stage)
    with stage.db.transaction() as tx:
        incident_rows.change(tx, opened.head.id, {"tier": Tier.RESTRICTED})
    said = await stage.answer_to_click("tom", message, Button.OPEN_CHANNEL)
    assert "C0ESC1" not in said
    assert "restricted" in said


@pytest.mark.parametrize("tier", Tier)
@pytest.mark.parametrize("button", [Button.HAND_OVER, Button.ACKNOWLEDGE])
async def test_who_took_a_page_is_told_to_those_who_read_it_or_were_paged(
    stage: Stage, tier: Tier, button: Button
) -> None:
    """To be on the team's list is not enough, whichever button is pressed."""
    opened = stage.opened(tier=tier)
    message, page_id = await a_page(stage)
    paging_answers.acknowledge(stage.db, an_act(PRIYA), page_id)
    said = await stage.answer_to_click("tom", message, button)
    assert (f"<@{PRIYA}>" in said) is (tier is Tier.STANDARD)
    assert opened.head.reference in said


# The card


async def a_card(stage: Stage, incident_id: str) -> Message:
    return await stage.post(card.card(stage.shell.wording, stage.details(incident_id).card).blocks)


@pytest.mark.parametrize(
    ("button", "form"),
    [
        (Button.UPDATE_STATUS, Form.STATUS),
        (Button.PAGE_TEAM, Form.PAGE),
        (Button.ADD_TASK, Form.TASK),
        (Button.RECORD_DECISION, Form.DECISION),
        (Button.RESOLVE, Form.RESOLVE),
        (Button.TIMELINE, Form.TIMELINE),
    ],
)
async def test_a_button_of_the_card_opens_its_form(
    stage: Stage, button: Button, form: Form
) -> None:
    opened = stage.opened()
    message = await a_card(stage, opened.head.id)
    assert await stage.answer_to_click("mei", message, button) == ""
    assert (await stage.person("mei").until_modal()).callback_id == form


async def test_take_ownership(stage: Stage) -> None:
    opened = stage.opened()
    message = await a_card(stage, opened.head.id)
    assert "ESC-1" in await stage.answer_to_click("tom", message, Button.TAKE_OWNERSHIP)
    assert stage.details(opened.head.id).card.head.owner == TOM


@pytest.mark.parametrize(
    "button", [Button.UPDATE_STATUS, Button.PAGE_TEAM, Button.TAKE_OWNERSHIP, Button.RESOLVE]
)
async def test_a_button_of_an_ended_incident_says_so(stage: Stage, button: Button) -> None:
    opened = stage.opened()
    message = await a_card(stage, opened.head.id)
    lifecycle.decline(stage.db, an_act(), opened.head.id, "no escalation")
    said = await stage.answer_to_click("mei", message, button)
    assert "ESC-1 is _declined_" in said
    assert "reopen" in said


async def test_close_and_reopen_on_the_card_of_a_resolved_incident(stage: Stage) -> None:
    opened = stage.opened()
    cause = next(iter(stage.policy.root_causes))
    lifecycle.resolve(stage.db, stage.policy, an_act(), opened.head.id, root_cause=cause)
    message = await a_card(stage, opened.head.id)
    assert "closed" in await stage.answer_to_click("mei", message, Button.CLOSE)
    await stage.answer_to_click("mei", message, Button.REOPEN)
    assert (await stage.person("mei").until_modal()).callback_id == Form.REOPEN


async def test_show_in_a_list_answers_with_the_card_and_its_buttons(stage: Stage) -> None:
    stage.opened(title="About spam")
    await stage.command("tom", "list")
    listing = stage.person("tom").sees("general")[-1]
    said = await stage.answer_to_click("tom", listing, Button.SHOW)
    assert "About spam" in said
    assert Button.RECORD_DECISION in str(stage.person("tom").sees("general")[-1].blocks)


# Reminders


async def test_an_update_reminder_is_answered_snoozed_and_stopped(stage: Stage) -> None:
    opened = stage.opened()
    head = stage.details(opened.head.id).card.head
    view = UpdateReminder(head, NOON, NOON)
    message = await stage.post(reminder_messages.update_reminder(stage.shell.wording, view).blocks)
    option = f"30m:{head.id}"
    said = await stage.answer_to_click("mei", message, Button.UPDATE_SNOOZE, value=option)
    assert "Snoozed until" in said
    due = stage.details(head.id).card.head.update_due_at
    assert due == NOON + timedelta(minutes=30)
    assert "Stopped" in await stage.answer_to_click("mei", message, Button.UPDATE_STOP)
    assert stage.details(head.id).card.head.update_due_at is None
    await stage.answer_to_click("mei", message, Button.POST_UPDATE)
    assert (await stage.person("mei").until_modal()).callback_id == Form.STATUS


async def test_ownership_is_taken_from_the_update_reminder(stage: Stage) -> None:
    head = stage.details(stage.opened().head.id).card.head
    asked = reminder_messages.update_reminder(stage.shell.wording, UpdateReminder(head, NOON, NOON))
    message = await stage.post(asked.blocks)
    assert "ESC-1" in await stage.answer_to_click("tom", message, Button.TAKE_OWNERSHIP)
    assert stage.details(head.id).card.head.owner == "U0TOM"


def _reminder(stage: Stage) -> Reminder:
    with stage.db.reading() as tx:
        [row] = tx.all(select(Reminder))
    return row


@pytest.mark.parametrize(
    ("button", "state"),
    [(Button.REMINDER_DONE, ReminderState.DONE), (Button.REMINDER_STOP, ReminderState.STOPPED)],
)
async def test_a_reminder_is_done_or_stopped_by_its_owner_alone(
    stage: Stage, button: Button, state: ReminderState
) -> None:
    tasks.add_reminder(stage.db, an_act(), text="ask Legal", due_at=NOON)
    row = _reminder(stage)
    view = ReminderMessage(row.id, row.text, row.due_at, late=False)  # type: ignore[arg-type]
    message = await stage.post(reminder_messages.reminder(stage.shell.wording, view).blocks)
    assert "not yours" in await stage.answer_to_click("tom", message, button)
    assert _reminder(stage).state is ReminderState.WAITING
    assert await stage.answer_to_click("mei", message, button)
    assert _reminder(stage).state is state
    assert "already" in await stage.answer_to_click("mei", message, button)


async def test_tomorrow_is_nine_in_the_persons_own_zone(stage: Stage) -> None:
    remember_people(
        stage.db, stage.policy, WORKSPACE, [{"id": TOM, "name": "tom", "tz": "Pacific/Apia"}], NOON
    )
    tasks.add_reminder(stage.db, an_act(TOM), text="ask Legal", due_at=NOON)
    row = _reminder(stage)
    view = ReminderMessage(row.id, row.text, row.due_at, late=False)  # type: ignore[arg-type]
    message = await stage.post(reminder_messages.reminder(stage.shell.wording, view).blocks)
    await stage.answer_to_click("tom", message, Button.REMINDER_SNOOZE, value=f"tomorrow:{row.id}")
    zone = ZoneInfo("Pacific/Apia")
    local = _reminder(stage).due_at.astimezone(zone)
    assert (local.hour, local.date()) == (9, NOON.astimezone(zone).date() + timedelta(days=1))


def _task(stage: Stage) -> Task:
    with stage.db.reading() as tx:
        [row] = tx.all(select(Task))
    return row


async def a_task_reminder(stage: Stage, due: datetime = NOON + timedelta(hours=1)) -> Message:
    opened = stage.opened()
    tasks.add_task(
        stage.db,
        stage.policy,
        an_act(),
        opened.head.id,
        assignee=TOM,
        text="call the agency",
        due_at=due,
    )
    line = queries.task(stage.db, an_act(TOM), _task(stage).id)
    return await stage.post(
        reminder_messages.task_reminder(stage.shell.wording, TaskReminder(line, NOON)).blocks
    )


async def test_a_task_is_snoozed_and_done(stage: Stage) -> None:
    message = await a_task_reminder(stage)
    option = f"2h:{_task(stage).id}"
    said = await stage.answer_to_click("tom", message, Button.TASK_SNOOZE, value=option)
    assert "Snoozed until" in said
    assert "Done" in await stage.answer_to_click("tom", message, Button.TASK_DONE)
    assert _task(stage).state is TaskState.DONE
    assert "already" in await stage.answer_to_click("tom", message, Button.TASK_DONE)


async def test_a_task_is_handed_over(stage: Stage) -> None:
    message = await a_task_reminder(stage)
    await stage.answer_to_click("tom", message, Button.TASK_HAND_OVER)
    await stage.person("tom").until_modal(lambda view: view.callback_id == Form.TASK_HAND_OVER)
    known = "the agency has not answered"
    sent = await stage.person("tom").submit(
        {"person": {"person": SOFIA}, "summary": {"summary": known}}
    )
    assert sent.ok, sent
    task = _task(stage)
    assert task.assignee == SOFIA
    assert stage.details(task.incident_id).entries[-1].data["summary"] == known


# What should not be


FORGED = ("", "01JUNK", "30m:01JUNK", "01JUNK:U0TOM", "incident:01JUNK", "x" * 300, "'; DROP --")


async def test_a_forged_value_is_refused_and_breaks_nothing(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    opened = stage.opened()
    before = stage.details(opened.head.id).entries
    for number, button in enumerate(Button):
        for turn, value in enumerate(FORGED):
            body = click_body(button, value, trigger=f"{number}.{turn}", response_url=None)
            assert (await send(stage.url, body)).status == 200
    await stage.settled()
    assert stage.details(opened.head.id).entries == before
    assert not [r for r in caplog.records if r.name == "tocsin.handlers"], caplog.text


async def test_a_button_of_an_unknown_name_says_that_it_does_nothing(stage: Stage) -> None:
    message = await stage.post(
        [
            {
                "type": "actions",
                "elements": [
                    {
                        "type": "button",
                        "action_id": "button_of_next_year",
                        "value": "1",
                        "text": {"type": "plain_text", "text": "Future"},
                    }
                ],
            }
        ]
    )
    said = await stage.answer_to_click("mei", message, "button_of_next_year")
    assert "another version" in said


async def test_an_answer_with_buttons_passes_slacks_own_checks(stage: Stage) -> None:
    """The playground refuses what Slack would: that every answer arrived is the proof."""
    opened = stage.opened()
    shown = answers.details(stage.shell.wording, stage.details(opened.head.id))
    assert (await stage.post(shown.blocks)).blocks


async def test_states_stay_what_they_are_when_a_form_is_only_opened(stage: Stage) -> None:
    opened = stage.opened()
    message = await a_card(stage, opened.head.id)
    await stage.answer_to_click("mei", message, Button.RESOLVE)
    assert stage.details(opened.head.id).card.head.state is State.NEW
