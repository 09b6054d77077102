"""Climbs Legal's ladder step after step, without an answer."""

from functools import partial

from sqlmodel import col, select

from bot.domain.paging.ladders import RunState
from bot.store.tables import PagingRun
from tests.waiting import eventually
from tests.worker.conftest import Rig


def legal_run(rig: Rig) -> PagingRun:
    with rig.db.reading() as tx:
        run = tx.first(select(PagingRun).where(col(PagingRun.team_key) == "legal"))
    assert run is not None
    return run


def has_gone_on(rig: Rig, since: PagingRun) -> bool:
    now = legal_run(rig)
    return (now.state, now.round, now.step) != (since.state, since.round, since.step)


async def until_nobody_is_left(rig: Rig) -> None:
    """Let every step of the ladder pass without an answer."""
    for _ in range(40):
        if legal_run(rig).state is RunState.EXHAUSTED:
            return
        step = legal_run(rig)
        await rig.slack.advance(20 * 60)
        await eventually(partial(has_gone_on, rig, step), "no step was taken")
    raise AssertionError("the ladder has no end")
