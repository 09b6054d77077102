"""A channel whose making got no answer: ours is found again, and nobody else's is taken for it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from playground.state.records import Channel
from playground.web.faults import FaultKind, FaultRule
from tests.factories import MEI, TOM, an_incident
from tests.waiting import eventually
from tests.worker.conftest import BRISK, Rig

BOT = "UAPP00001"
CREATE = "conversations.create"
SEARCH = "users.conversations"
STRANGERS = {
    "a person's, whom the bot has joined": Channel("C0THEIRS", "esc-1", members=[TOM, BOT]),
    "a person's, who has left": Channel("C0THEIRS", "esc-1", is_private=True, members=[BOT]),
    "ours, of another incident": Channel(
        "C0THEIRS", "esc-1", is_private=True, members=[BOT, TOM], creator=BOT
    ),
    "ours, open to all": Channel("C0THEIRS", "esc-1", members=[BOT], creator=BOT),
}


@pytest.mark.parametrize("theirs", STRANGERS.values(), ids=STRANGERS)
async def test_ours_is_found_under_its_second_name_and_no_other_is_taken_for_it(
    rig: Rig, theirs: Channel
) -> None:
    slack = rig.slack.slack
    assert slack.app.user_id == BOT, "the strangers are made before it"
    stranger = slack.workspace.add_channel(replace(theirs, members=list(theirs.members)))
    slack.faults.add(FaultRule(FaultKind.ERROR, CREATE, error="name_taken", count=1))
    lost = slack.faults.add(FaultRule(FaultKind.RESET_STORED, CREATE, count=1))
    an_incident(rig.db, rig.policy, rig.act(MEI))
    async with rig.working(ticking=False):
        await eventually(lambda: rig.slack.calls("pins.add"))
    assert lost.hits == 1
    assert stranger.members == theirs.members
    assert not rig.slack.messages(stranger.id)
    assert MEI in rig.slack.channel("esc-1-2").members
    assert slack.workspace.channel("esc-1-3") is None


async def test_one_that_slack_does_not_list_at_once_is_looked_for_twice(rig: Rig) -> None:
    slack = rig.slack.slack
    lost = slack.faults.add(FaultRule(FaultKind.RESET_STORED, CREATE, count=1))
    slack.faults.history_lag = 3_600.0
    an_incident(rig.db, rig.policy, rig.act(MEI), teams=())
    pace = replace(BRISK, between_lookups=timedelta(seconds=1))
    async with rig.working(ticking=False, pace=pace):
        await eventually(lambda: rig.slack.calls(SEARCH))
        slack.faults.history_lag = 0.0
        await eventually(lambda: rig.slack.calls("pins.add"))
    assert lost.hits == 1
    assert len(rig.slack.calls(SEARCH)) == 2
    assert MEI in rig.slack.channel("esc-1").members
    assert slack.workspace.channel("esc-1-2") is None


async def test_a_429_on_the_search_for_one_holds_it_for_all(rig: Rig) -> None:
    slack = rig.slack.slack
    lost = slack.faults.add(FaultRule(FaultKind.RESET_STORED, CREATE, count=3))
    slack.faults.add(FaultRule(FaultKind.RATE_LIMITED, SEARCH, count=1, seconds=1))
    for _ in range(3):
        an_incident(rig.db, rig.policy, rig.act(MEI), teams=())
    async with rig.working(ticking=False, pace=replace(BRISK, in_flight=1)):
        await eventually(lambda: len(rig.slack.calls("pins.add")) == 3)
    assert lost.hits == 3
    refused, *later = rig.slack.calls(SEARCH)
    assert [call.ok for call in (refused, *later)] == [False, True, True, True]
    assert all(call.at - refused.at >= 1 for call in later)
