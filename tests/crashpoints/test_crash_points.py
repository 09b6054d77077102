"""The process dies at every point that a run has, and the end is the same as if it had not.

The points are found by an undisturbed run: around each commit that stores something, around each
call to Slack. Then one run dies at each of them, a bot is started again, and the end states are
compared: what stands in Slack and what is stored.
"""

import asyncio
from dataclasses import dataclass
from itertools import chain, pairwise
from pathlib import Path

import pytest

from handlers.answers import ACK_WITHIN
from playground.driver import texts
from playground.outcomes import Outcome
from tests.crashpoints.bots import Begetter, Bot, nursery
from tests.crashpoints.picture import Picture, end_state
from tests.crashpoints.scenes import SCENES, Scene, weeks
from tests.crashpoints.stage import RESTART, Stage, a_stage
from tests.databases import KINDS

LEAST_POINTS = 10
AT_ONCE = 8
"""Runs side by side: most of each is spent waiting."""


@dataclass(frozen=True)
class Undisturbed:
    points: list[str]
    picture: Picture


async def on_stage(stage: Stage, scene: Scene, die_at: str | None = None) -> Bot:
    """A bot that has come to rest in the scene; from now on its points count."""
    bot = await stage.start(die_at=die_at)
    await stage.met_slack()
    await stage.until(lambda: weeks(stage) == 1)
    await scene.before(stage)
    bot.arm()
    return bot


async def undisturbed(stage: Stage, scene: Scene) -> Undisturbed:
    bot = await on_stage(stage, scene)
    outcome = await scene.deed(stage)
    assert outcome is None or was_told(outcome)
    await stage.until(lambda: scene.done(stage))
    await stage.at_rest()
    return Undisturbed(list(bot.points), end_state(stage.db, stage.slack))


async def dying(stage: Stage, scene: Scene, point: str) -> Picture:
    """The end state of a run in which the bot died at `point` and was started again."""
    bot = await on_stage(stage, scene, die_at=point)
    outcome = await scene.deed(stage)
    await stage.dead()
    assert bot.killed
    told = outcome is not None and was_told(outcome)
    assert scene.done(stage) or not told, "somebody was told what is not stored"
    await stage.start(later=RESTART)
    if outcome is not None and not told:
        # A person, or a proxy, sends the very same request again.
        assert outcome.delivery is not None
        assert (await stage.slack.slack.redeliver(outcome.delivery.seq)).ok
    await stage.until(lambda: scene.done(stage))
    await stage.at_rest()
    return end_state(stage.db, stage.slack)


def was_told(outcome: Outcome) -> bool:
    """Whether a person may take it for done: an answer that came late promises nothing yet."""
    assert outcome.delivery is not None
    if not outcome.ok or outcome.delivery.took >= ACK_WITHIN:
        return False
    return outcome.message is None or "ESC-1" in texts(outcome.message)


def differences(expected: Picture, found: Picture) -> list[str]:
    return [
        f"{part}:\n  expected {expected.get(part)}\n  found    {found.get(part)}"
        for part in sorted({*expected, *found})
        if expected.get(part) != found.get(part)
    ]


def one_in_each_gap(points: list[str]) -> list[str]:
    """Nothing is stored or sent between the end of one commit or call and the begin of the next:
    a bot that dies at either leaves the same. So each is visited from one of its two sides."""
    return [
        point
        for previous, point in pairwise(["", *points])
        if not (previous.startswith("after ") and point.startswith("before "))
    ]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
async def test_a_bot_that_dies_at_any_point_leaves_what_it_would_have_left(
    scene: Scene, kind: str, begetter: Begetter, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    async with nursery(begetter) as bots:
        async with a_stage(bots, kind, tmp_path) as stage:
            whole = await undisturbed(stage, scene)
        assert len(whole.points) > LEAST_POINTS, whole.points
        every = bool(pytestconfig.getoption("--soak"))
        points = whole.points if every else one_in_each_gap(whole.points)
        room = asyncio.Semaphore(AT_ONCE)

        async def verdict(point: str) -> list[str]:
            async with room, a_stage(bots, kind, tmp_path) as stage:
                try:
                    found = await dying(stage, scene, point)
                except (AssertionError, TimeoutError) as error:
                    return [f"{point}: {type(error).__name__}: {error}"]
            return [f"{point}: {what}" for what in differences(whole.picture, found)]

        found = await asyncio.gather(*(verdict(point) for point in points))
    assert list(chain.from_iterable(found)) == [], "see bots.log beside the test's folder"
