"""What becomes of a page when things around it go on: its ladder ends, or a process dies."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import col, select

from bot.domain.delivery.delivery_states import DeliveryState
from bot.domain.errors import StoreUnavailable
from bot.domain.kinds import DeliveryKind
from bot.store.delivery import claims
from bot.store.tables import Delivery, Lane
from playground.driver import texts
from playground.state.records import Message
from playground.web.faults import FaultKind, FaultRule
from tests.factories import MEI, PRIYA, TOM, an_incident
from tests.waiting import eventually
from tests.worker.conftest import BRISK, Rig
from tests.worker.delivery.test_relay import deliveries, ended
from tests.worker.ladder import until_nobody_is_left

STUBBORN = replace(BRISK, lease=timedelta(minutes=2))
"""Whatever needs a lease to run out does not come within the test."""


async def test_a_page_that_is_unsent_when_its_ladder_ends_is_sent_once_and_says_so(
    rig: Rig,
) -> None:
    """Slack was away for all of it: whoever was asked still learns that they were."""
    away = rig.slack.slack.faults.add(FaultRule(FaultKind.HTTP_500, "*"))
    an_incident(rig.db, rig.policy, rig.act(MEI))
    async with rig.working():
        await until_nobody_is_left(rig)
        assert not rig.dms_of(PRIYA)
        assert not rig.dms_of(TOM)
        rig.slack.slack.faults.rules.remove(away)
        await eventually(lambda: ended(rig, DeliveryKind.PAGE), within=90)
    pages = deliveries(rig, DeliveryKind.PAGE)
    sent = [page for page in pages if page.state is DeliveryState.SENT]
    assert [rig.posts_of(page.id) for page in sent] == [1] * len(sent)
    assert {page.target for page in sent} == {page.target for page in pages} >= {PRIYA, TOM}
    # Those of earlier rounds gave way to it, before Slack had taken them.
    [hers] = asked(rig, PRIYA)
    assert "You can still take it" in texts(hers)


def asked(rig: Rig, user: str) -> list[Message]:
    return [message for message in rig.dms_of(user) if "page_acknowledge" in str(message.blocks)]


async def test_a_process_that_dies_between_paging_a_backup_and_freeing_the_lane_delays_nobody(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lane that stays leased is the one of the person who cannot be reached."""

    def dies(*_given: object, **_named: object) -> None:
        raise StoreUnavailable("", "")

    monkeypatch.setattr(claims, "let_go", dies)
    rig.slack.slack.workspace.people[PRIYA].deleted = True
    rig.slack.slack.faults.add(
        FaultRule(FaultKind.ERROR, "conversations.open", user=PRIYA, error="user_disabled")
    )
    an_incident(rig.db, rig.policy, rig.act(MEI))
    async with rig.working(STUBBORN, ticking=False):
        await eventually(lambda: asked(rig, TOM))
    with rig.db.reading() as tx:
        [hers] = [lane for lane in tx.all(select(Lane)) if lane.key.endswith(f"person/{PRIYA}")]
    leased = hers.busy_until - rig.clock.real()
    assert leased > timedelta(0), "it was not freed, and nobody waited for that"
    assert not unsent(rig, hers.key)


def unsent(rig: Rig, lane: str) -> list[Delivery]:
    ended = (DeliveryState.SENT, DeliveryState.DEAD, DeliveryState.CANCELLED)
    with rig.db.reading() as tx:
        return [
            row
            for row in tx.all(select(Delivery).where(col(Delivery.lane) == lane))
            if row.state not in ended
        ]
