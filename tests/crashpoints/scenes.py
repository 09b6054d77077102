"""The bot's work when it dies: the events before it, and the action itself."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from sqlmodel import select

from bot.domain.controls import Button
from bot.domain.paging.ladders import RunState
from bot.store.tables import DigestRun, Incident, Page, PagingRun
from playground.driver import texts
from playground.outcomes import Outcome
from tests.crashpoints.stage import Stage


@dataclass(frozen=True)
class Scene:
    """`deed` returns the answer to a person, or None if no person asked.

    `done` tells whether the action is stored. Only then may anyone have been told so.
    """

    name: str
    before: Callable[[Stage], Awaitable[None]]
    deed: Callable[[Stage], Awaitable[Outcome | None]]
    done: Callable[[Stage], bool]


async def _nothing(_stage: Stage) -> None:
    return


async def _open(stage: Stage) -> Outcome:
    return await stage.command("mei", "open p0 Pile-on against a creator")


def _is_opened(stage: Stage) -> bool:
    with stage.db.reading() as tx:
        return bool(tx.all(select(Incident)))


async def _legal_was_paged(stage: Stage) -> None:
    assert (await stage.command("mei", "open p1 Pile-on against a creator")).ok
    await stage.at_rest()


async def _acknowledge(stage: Stage) -> Outcome:
    page = next(one for one in stage.slack.person("priya").dms() if "ESC-1" in texts(one))
    return await stage.slack.person("priya").click(page, Button.ACKNOWLEDGE)


def _is_acknowledged(stage: Stage) -> bool:
    with stage.db.reading() as tx:
        return all(run.state is RunState.ACKNOWLEDGED for run in tx.all(select(PagingRun)))


async def _nobody_answers(stage: Stage) -> None:
    await stage.advance(minutes=15, seconds=1)


def _backup_is_paged(stage: Stage) -> bool:
    with stage.db.reading() as tx:
        return len(tx.all(select(Page))) > 1


async def _a_week_with_an_escalation(stage: Stage) -> None:
    assert (await stage.command("mei", "open p3 A trend to look at")).ok
    await stage.at_rest()


async def _monday_comes(stage: Stage) -> None:
    await stage.advance(days=4, hours=13)


def weeks(stage: Stage) -> int:
    """Return how many weeks were taken. The first look takes the past week and sends nothing."""
    with stage.db.reading() as tx:
        return len(tx.all(select(DigestRun)))


SCENES = (
    Scene("opening", _nothing, _open, _is_opened),
    Scene("acknowledgement", _legal_was_paged, _acknowledge, _is_acknowledged),
    Scene("step of a ladder", _legal_was_paged, _nobody_answers, _backup_is_paged),
    Scene("digest", _a_week_with_an_escalation, _monday_comes, lambda stage: weeks(stage) == 2),
)
