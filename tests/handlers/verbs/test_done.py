"""`/escalate done`: what is done is said, and where it may be several, a person chooses."""

from sqlmodel import select

from bot.domain.controls import Button
from bot.store.tables import Task
from bot.store.tables.states import TaskState
from tests.handlers.stage import Stage


def done(stage: Stage) -> set[str]:
    with stage.db.reading() as tx:
        return {task.text for task in tx.all(select(Task)) if task.state is TaskState.DONE}


async def test_the_answer_names_what_is_done(stage: Stage) -> None:
    stage.opened()
    await stage.command("mei", "task ESC-1 me call the school by 17:00")
    said = await stage.command("mei", "done ESC-1")
    assert "*Done:* call the school" in said
    assert "It is on the timeline of ESC-1" in said


async def test_of_several_none_is_done_until_one_is_pressed(stage: Stage) -> None:
    stage.opened()
    await stage.command("mei", "task ESC-1 me call the school by 17:00")
    await stage.command("mei", "task ESC-1 me draft the statement by 16:00")
    await stage.command("mei", "task ESC-1 @tom read the notice by 16:00")
    outcome = await stage.person("mei").command("/escalate done ESC-1", "general")
    assert outcome.message is not None
    said = str(outcome.message.blocks)
    assert "You have 2 open tasks in ESC-1. Which one is done?" in said
    assert said.index("draft the statement") < said.index("call the school")
    assert "read the notice" not in said
    assert done(stage) == set()
    answer = await stage.answer_to_click("mei", outcome.message, Button.TASK_DONE)
    assert "*Done:* draft the statement" in answer
    assert done(stage) == {"draft the statement"}
