"""An invitation that Slack refuses to one person: both sides are told once, and it is tried on."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import timedelta

from bot.domain.kinds import DeliveryKind
from bot.services.channels import channel
from bot.store.access import participants
from playground.driver import texts
from playground.state.records import Channel
from tests.factories import MEI, TOM, an_incident
from tests.services import scene
from tests.waiting import eventually
from tests.worker.conftest import BRISK, Rig

INVITE = "conversations.invite"
PACE = replace(BRISK, first_refusal=timedelta(seconds=0.1), longest_refusal=timedelta(seconds=0.2))


@contextmanager
def kept_out_by_slack(rig: Rig, user: str) -> Iterator[None]:
    """Slack lets such a guest into one channel alone, and they are in one."""
    workspace = rig.slack.slack.workspace
    workspace.add_channel(Channel("C0ELSEWHERE", "elsewhere", members=[user]))
    workspace.people[user] = replace(workspace.people[user], is_ultra_restricted=True)
    yield
    workspace.people[user] = replace(workspace.people[user], is_ultra_restricted=False)


def an_incident_with_tom(rig: Rig) -> str:
    """He is in it, and so is Mei, who opened it."""
    incident_id = an_incident(rig.db, rig.policy, rig.act(MEI), teams=()).head.id
    incident = scene.incident(rig.db, incident_id)
    with rig.db.transaction() as tx:
        participants.invite(tx, incident, [TOM], None, rig.clock.now(), belongs=True)
    return incident_id


@asynccontextmanager
async def refused_and_told(rig: Rig) -> AsyncIterator[str]:
    """An incident into whose channel Slack does not let Tom, where both have heard of it."""
    incident_id = an_incident_with_tom(rig)
    with kept_out_by_slack(rig, TOM):
        async with rig.working(ticking=False, pace=PACE):
            await eventually(lambda: told(rig, TOM) and told(rig, MEI))
            yield incident_id


def told(rig: Rig, user: str) -> list[str]:
    return [said for said in map(texts, rig.dms_of(user)) if "did not let Tocsin add" in said]


async def comes_in(rig: Rig) -> None:
    async with rig.working(ticking=False, pace=PACE):
        await eventually(lambda: TOM in rig.slack.channel("esc-1").members)


async def test_who_is_refused_and_who_answers_are_told_once_and_it_works_in_the_end(
    rig: Rig,
) -> None:
    async with refused_and_told(rig) as incident_id:
        before = len(rig.slack.calls(INVITE))
        await eventually(lambda: len(rig.slack.calls(INVITE)) >= before + 2)
        assert MEI in rig.slack.channel("esc-1").members, "she was asked for with him"
    await comes_in(rig)
    [to_him], [to_her] = told(rig, TOM), told(rig, MEI)
    assert "add you to" in to_him
    assert "ESC-1" in to_him
    assert f"<@{TOM}>" in to_her
    assert "ura_max_channels" in to_her
    assert not scene.waiting(rig.db, DeliveryKind.CHANNEL_INVITE), incident_id


async def test_a_channel_that_comes_back_is_a_reason_to_try_again_and_none_to_tell_again(
    rig: Rig,
) -> None:
    async with refused_and_told(rig) as incident_id:
        room = rig.slack.channel("esc-1").id
        with rig.db.transaction() as tx:
            channel.channel_lost(tx, rig.policy, rig.act(MEI), incident_id, room, "is_archived")
        await eventually(lambda: not scene.waiting(rig.db, DeliveryKind.CHANNEL_INVITE))
    with rig.db.transaction() as tx:
        channel.channel_restored(tx, rig.act(MEI), incident_id, room)
    await comes_in(rig)
    assert len(told(rig, TOM)) == len(told(rig, MEI)) == 1
