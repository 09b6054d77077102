"""Reminders through signed requests: set, listed, changed, cancelled."""

from sqlmodel import select

from bot.domain.controls import Button, Form
from bot.store.tables import Reminder
from bot.store.tables.states import ReminderState
from playground.driver import texts
from playground.state.records import Message
from tests.factories import NOON
from tests.handlers.stage import Stage


async def told(stage: Stage, command: str, who: str = "mei") -> Message:
    outcome = await stage.person(who).command(f"/escalate {command}", "general")
    assert outcome.ok
    assert outcome.message is not None
    return outcome.message


async def became(stage: Stage, message: Message) -> str:
    """What stands in the place of an answer after its *Cancel* was pressed."""
    assert await stage.answer_to_click("mei", message, Button.REMINDER_CANCEL) == ""
    [now] = [one for one in stage.slack.messages(message.channel) if one.ts == message.ts]
    return texts(now) + str([block for block in now.blocks if block["type"] == "actions"])


def reminder(stage: Stage) -> Reminder:
    with stage.db.reading() as tx:
        [row] = tx.all(select(Reminder))
    return row


async def test_the_answer_to_remind_cancels_it(stage: Stage) -> None:
    answer = await told(stage, "remind tomorrow noon ask Legal")
    said = await became(stage, answer)
    assert "Cancelled" in said
    assert "ask Legal" in said
    assert Button.REMINDER_CHANGE not in said
    assert reminder(stage).state is ReminderState.STOPPED
    assert "You have no reminders waiting" in await stage.command("mei", "reminders")


async def test_the_answer_to_remind_changes_it(stage: Stage) -> None:
    answer = await told(stage, "remind tomorrow noon ask Legal")
    await stage.answer_to_click("mei", answer, Button.REMINDER_CHANGE)
    mei = stage.person("mei")
    await mei.until_modal(lambda view: view.callback_id == Form.REMINDER)
    wrong = await mei.submit({"due": {"due": "17:00 or 18:00"}, "text": {"text": "ask PR"}})
    assert "looks like a time too" in str(wrong.errors)
    sent = await mei.submit({"due": {"due": "5pm friday"}, "text": {"text": "ask PR"}})
    assert sent.ok, sent
    row = reminder(stage)
    local = row.due_at.astimezone(stage.policy.default_zone)
    assert (f"{local:%a %H:%M}", row.text) == ("Fri 17:00", "ask PR")


async def test_an_outdated_answer_does_not_cancel_the_changed_reminder(stage: Stage) -> None:
    answer = await told(stage, "remind tomorrow noon ask Legal")
    await stage.answer_to_click("mei", answer, Button.REMINDER_CHANGE)
    mei = stage.person("mei")
    await mei.until_modal(lambda view: view.callback_id == Form.REMINDER)
    assert (await mei.submit({"due": {"due": "5pm friday"}, "text": {"text": "ask PR"}})).ok
    said = await stage.answer_to_click("mei", answer, Button.REMINDER_CANCEL)
    assert "You changed this reminder after that message" in said
    assert reminder(stage).state is ReminderState.WAITING
    listed = await told(stage, "reminders")
    assert "Cancelled" in await became(stage, listed)


async def test_the_list_has_a_cancel_for_each(stage: Stage) -> None:
    await stage.command("mei", "remind in 2h first")
    await stage.command("mei", "remind in 1h second")
    await stage.command("tom", "remind in 1h of another person")
    listed = await told(stage, "reminders")
    said = texts(listed)
    assert "2 reminders waiting" in said
    assert said.index("second") < said.index("first")
    assert "another person" not in said


async def test_the_list_stays_true_when_one_is_cancelled(stage: Stage) -> None:
    await stage.command("mei", "remind in 2h first")
    await stage.command("mei", "remind in 1h second")
    listed = await told(stage, "reminders")
    said = await became(stage, listed)
    assert "Cancelled. You will not get this reminder: second" in said
    assert "1 reminder waiting" in said
    assert said.count("second") == 1
    assert said.count(Button.REMINDER_CANCEL.value) == 1
    [now] = [one for one in stage.slack.messages(listed.channel) if one.ts == listed.ts]
    assert "You have no reminders waiting" in await became(stage, now)


async def test_reminders_takes_no_text(stage: Stage) -> None:
    await stage.command("mei", "remind in 2h first")
    assert "takes no text" in await stage.command("mei", "reminders all of them")


async def test_unremind_names_the_list(stage: Stage) -> None:
    assert "reminders" in await stage.command("mei", "unremind")


async def test_a_reminder_that_is_due_is_not_cancelled(stage: Stage) -> None:
    answer = await told(stage, "remind in 2h first")
    with stage.db.transaction() as tx:
        tx.connection.exec_driver_sql("UPDATE reminder SET state = 'spoken'")
    said = await stage.answer_to_click("mei", answer, Button.REMINDER_CANCEL)
    assert "it has been sent, or is on its way" in said
    assert reminder(stage).due_at > NOON


async def test_another_person_cannot_press_it(stage: Stage) -> None:
    answer = await told(stage, "remind in 2h first")
    value = reminder(stage).id
    posted = await stage.post(answer.blocks)
    await stage.answer_to_click("tom", posted, Button.REMINDER_CANCEL, value=value)
    assert reminder(stage).state is ReminderState.WAITING
