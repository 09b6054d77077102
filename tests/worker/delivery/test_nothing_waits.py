"""Nothing waits behind anything else: calls that hang keep no page from being sent."""

import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.concurrency.threads import READERS
from bot.domain.act import Act, Role, Workspace
from bot.domain.delivery.delivery_states import DeliveryState
from bot.domain.kinds import DeliveryKind
from bot.services.digests import digest, digest_message
from bot.services.people.directory import remember_people
from bot.store.delivery import limits
from playground.web.faults import FaultKind, FaultRule
from tests.databases import on_both
from tests.factories import MEI, PRIYA, SOFIA, an_incident
from tests.waiting import eventually
from tests.worker.conftest import BRISK, Rig
from tests.worker.delivery.test_relay import deliveries

pytestmark = on_both

# Long enough that what hangs still hangs when the page has come, on a busy machine too.
PATIENT = replace(BRISK, http_timeout=timedelta(seconds=8), lease=timedelta(seconds=16))


def states(rig: Rig, kind: DeliveryKind) -> set[DeliveryState]:
    return {row.state for row in deliveries(rig, kind)}


async def test_a_method_that_hangs_leaves_room_for_pages(rig: Rig) -> None:
    rig.slack.slack.faults.add(FaultRule(FaultKind.HANG, "conversations.create", seconds=60))
    for _ in range(6):
        an_incident(rig.db, rig.policy, rig.act(MEI), teams=())
    pace = replace(PATIENT, in_flight=4, for_pages=2, slow_after=60.0)
    async with rig.working(pace, ticking=False):
        await eventually(lambda: DeliveryState.SENDING in states(rig, DeliveryKind.CHANNEL_CREATE))
        an_incident(rig.db, rig.policy, rig.act(MEI), teams=("legal",))
        await eventually(lambda: rig.dms_of(PRIYA))
        assert DeliveryState.UNKNOWN not in states(rig, DeliveryKind.CHANNEL_CREATE), (
            "still hanging"
        )
        rig.slack.slack.closing.set()  # What hangs ends, or the relay's end would wait for it.


async def test_a_person_whose_messages_hang_keeps_nobody_else_waiting(rig: Rig) -> None:
    dm = await rig.slack.person(PRIYA).dm_with_app()
    fault = FaultRule(FaultKind.HANG, "chat.postMessage", channel=dm, seconds=60)
    rig.slack.slack.faults.add(fault)
    an_incident(rig.db, rig.policy, rig.act(MEI), teams=("legal",))
    pace = replace(PATIENT, in_flight=1, for_pages=0, slow_after=0.2)
    async with rig.working(pace, ticking=False):
        await eventually(lambda: fault.hits)
        an_incident(rig.db, rig.policy, rig.act(MEI), teams=("pr",))
        await eventually(lambda: rig.dms_of(SOFIA))
        mine = [row for row in deliveries(rig, DeliveryKind.PAGE) if row.target == PRIYA]
        assert {row.state for row in mine} == {DeliveryState.SENDING}, "still hanging"
        rig.slack.slack.closing.set()


@pytest.mark.parametrize("opened", ["before", "meanwhile"])
async def test_a_digest_that_takes_long_to_write_delays_no_page(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, opened: str
) -> None:
    """As many digests as threads to read with; the page is claimed with them, or later."""
    reading, go_on = threading.Event(), threading.Event()
    view_of = digest.planned_view

    def slowly(*given: Any) -> Any:
        reading.set()
        assert go_on.wait(120)
        return view_of(*given)

    monkeypatch.setattr(digest_message, "planned_view", slowly)
    rig.slack.channel("C0LEADERSHIP").members.append(rig.slack.slack.app.user_id)
    for schedule in ("leadership", "content-policy"):
        digest.send_now(rig.db, rig.policy, rig.act(MEI), schedule)
    assert len({row.lane for row in deliveries(rig, DeliveryKind.DIGEST)}) >= READERS
    if opened == "before":
        an_incident(rig.db, rig.policy, rig.act(MEI), teams=("legal",))
    async with rig.working(PATIENT, ticking=False):
        try:
            await eventually(reading.is_set)
            if opened == "meanwhile":
                an_incident(rig.db, rig.policy, rig.act(MEI), teams=("legal",))
            await eventually(lambda: rig.dms_of(PRIYA))
            assert DeliveryState.SENT not in states(rig, DeliveryKind.DIGEST), "still being written"
        finally:
            go_on.set()
        await eventually(lambda: states(rig, DeliveryKind.DIGEST) == {DeliveryState.SENT})


def somewhere_else(rig: Rig) -> Act:
    """Mei, in a second workspace whose rows stand in the same database."""
    other = Workspace("T0ELSEWHERE")
    members = [{"id": user, "name": user.lower()} for user in (MEI, SOFIA)]
    remember_people(rig.db, rig.policy, other, members, rig.clock.now())
    return Act(other, MEI, Role.MANAGER, rig.clock.now(), None)


def is_blocked(rig: Rig, scope: str) -> bool:
    with rig.db.reading() as tx:
        known = limits.blocked(tx, rig.clock.real())
    return set(known) == {f"{rig.workspace.team_id}:{scope}"}


async def test_a_workspace_whose_token_is_lost_keeps_no_other_waiting(rig: Rig) -> None:
    slack, elsewhere = rig.slack.slack, somewhere_else(rig)
    dm = await rig.slack.person(PRIYA).dm_with_app()
    slack.faults.add(FaultRule(FaultKind.ERROR, channel=dm, error="token_revoked"))
    slack.faults.add(FaultRule(FaultKind.ERROR, "auth.test", error="token_revoked"))
    an_incident(rig.db, rig.policy, rig.act(MEI), teams=("legal",))
    async with rig.working(replace(BRISK, token_rest=timedelta(hours=1)), ticking=False):
        await eventually(lambda: is_blocked(rig, limits.WORKSPACE))
        an_incident(rig.db, rig.policy, elsewhere, teams=("pr",))
        an_incident(rig.db, rig.policy, rig.act(MEI), teams=("legal",))
        await eventually(lambda: rig.dms_of(SOFIA))
        await eventually(lambda: rig.slack.calls("pins.add"), "the other's channel is set up")
        assert {row.team_id for row in deliveries(rig, DeliveryKind.PAGE) if row.sent_at} == {
            elsewhere.workspace.team_id
        }


async def test_a_method_that_one_workspace_has_to_leave_alone_another_may_use(rig: Rig) -> None:
    slack, elsewhere = rig.slack.slack, somewhere_else(rig)
    slack.faults.add(
        FaultRule(FaultKind.RATE_LIMITED, "conversations.create", count=1, seconds=3_600)
    )
    an_incident(rig.db, rig.policy, rig.act(MEI), teams=())
    async with rig.working(ticking=False):
        await eventually(lambda: is_blocked(rig, "conversations.create"))
        an_incident(rig.db, rig.policy, elsewhere, teams=())
        await eventually(lambda: rig.slack.calls("pins.add"))
        made = [row for row in deliveries(rig, DeliveryKind.CHANNEL_CREATE) if row.sent_at]
        assert [row.team_id for row in made] == [elsewhere.workspace.team_id]
    assert len(rig.slack.calls("conversations.create")) == 2
