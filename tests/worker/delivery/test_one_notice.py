"""Several teams of one escalation do not answer: a manager is told of each, and one message, the
newest, lists them all.
"""

from sqlmodel import col, select

from bot.domain.controls import Button
from bot.domain.ids import TeamKey
from bot.domain.paging.ladders import RunState
from bot.render.text.templates import Templates
from bot.render.wording import Wording
from bot.services.paging import answers
from bot.store.tables import Page
from playground.driver import texts
from playground.state.records import Message
from tests.factories import DANIEL, MEI, an_incident
from tests.services import scene
from tests.truth import untrue
from tests.waiting import eventually
from tests.worker.conftest import Rig
from tests.worker.test_staleness import rest

TEAMS = (TeamKey("legal"), TeamKey("pr"), TeamKey("content-policy"))
NEWER = "The newer message below"


def notices(rig: Rig) -> list[Message]:
    """What Mei was told of teams that did not answer, the oldest first."""
    told = [one for one in rig.dms_of(MEI) if "no one from" in one.text]
    return sorted(told, key=lambda one: float(one.ts))


def pressable(message: Message) -> str:
    return str([block for block in message.blocks if block["type"] == "actions"])


def page_of(rig: Rig, run_id: str) -> Page:
    with rig.db.reading() as tx:
        return tx.all(select(Page).where(col(Page.run_id) == run_id))[0]


def no_step_is_due(rig: Rig) -> bool:
    paging = [run for run in scene.runs(rig.db) if run.state is RunState.PAGING]
    return all(run.next_at is None or run.next_at > rig.clock.now() for run in paging)


def all_are_exhausted(rig: Rig) -> bool:
    runs = scene.runs(rig.db)
    return len(runs) == len(TEAMS) and all(run.state is RunState.EXHAUSTED for run in runs)


async def test_the_newest_message_lists_every_team_and_is_kept_true(rig: Rig) -> None:
    an_incident(rig.db, rig.policy, rig.act(DANIEL), teams=TEAMS)
    async with rig.working():
        for _ in range(40):
            await rig.slack.advance(20 * 60)
            await eventually(lambda: no_step_is_due(rig), "a step was not taken")
        assert all_are_exhausted(rig)
        await eventually(lambda: len(notices(rig)) == len(TEAMS), "each is told")
        await rest(rig)
        *earlier, newest = notices(rig)
        assert all(NEWER in texts(one) and not pressable(one).strip("[]") for one in earlier)
        assert NEWER not in texts(newest)
        assert all(name in texts(newest) for name in ("Legal", "PR", "Content Policy"))
        assert Button.PAGE_TEAM in pressable(newest)
        for run in reversed(scene.runs(rig.db)):
            assert Button.PAGE_TEAM in pressable(notices(rig)[-1])
            page = page_of(rig, run.id)
            answers.acknowledge(rig.db, rig.act(page.target), page.id)
            await rest(rig)
    *earlier, newest = notices(rig)
    assert all(NEWER in texts(one) for one in earlier)
    assert "There is nothing left for you to do here" in texts(newest)
    assert not pressable(newest).strip("[]")
    wording = Wording(rig.policy, Templates())
    assert not untrue(rig.db, wording, rig.policy, rig.posted(), rig.clock.now())
