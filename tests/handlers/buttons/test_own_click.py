"""The bot's own user acknowledges the page of its canary, and may nothing else."""

from bot.domain.controls import Button
from bot.store.tables import Incident, Page, PagingRun, Task, TimelineEntry
from bot.store.transaction import core
from tests.factories import PRIYA
from tests.handlers.requests import click_body, send
from tests.handlers.stage import Stage
from tests.kept import Kept
from tests.services import scene

OURS = "U0BOT"
RECORD = {core(one).name for one in (Incident, Page, PagingRun, Task, TimelineEntry)}


async def press(stage: Stage, button: Button, value: str, user: str = OURS) -> str:
    trigger = stage.slack.slack.triggers.issue(PRIYA)
    answered = await send(stage.url, click_body(button, value, user=user, trigger=trigger))
    assert answered.status == 200
    await stage.settled()
    return answered.body


async def test_it_does_nothing_by_any_button(stage: Stage) -> None:
    opened = stage.opened()
    page = scene.page_of(stage.db, PRIYA)
    kept = Kept(stage.db)
    for button in Button:
        for value in (opened.head.id, page, f"30m:{opened.head.id}"):
            await press(stage, button, value)
        assert kept.changed().isdisjoint(RECORD), button
        kept.put_back()


async def test_who_may_does_something_by_the_same_requests(stage: Stage) -> None:
    opened = stage.opened()
    kept = Kept(stage.db)
    await press(stage, Button.TAKE_OWNERSHIP, opened.head.id, user=PRIYA)
    assert not kept.changed().isdisjoint(RECORD)
