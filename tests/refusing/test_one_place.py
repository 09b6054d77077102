"""One place that Slack refuses keeps no one else waiting, and is told of by name."""

import logging

import pytest
from sqlmodel import col, select

from bot.domain.delivery.delivery_states import DeliveryState
from bot.domain.delivery.lanes import LaneNames
from bot.domain.incidents.timeline import EntryKind
from bot.domain.kinds import DeliveryKind
from bot.domain.paging.ladders import PageState
from bot.services.incidents import lifecycle
from bot.store.tables import TimelineEntry
from tests.refusing.conftest import Refusing
from tests.waiting import eventually
from tests.watch.conftest import until

INCIDENTS = 20
PAGES = 3 * INCIDENTS
MAY_MEAN_ONE_PLACE = ["no_permission", "account_inactive", "ekm_access_denied", "on_holiday"]
"""Two that may mean the whole workspace, one that does not, and one that nobody knows."""


@pytest.mark.parametrize("code", MAY_MEAN_ONE_PLACE)
async def test_a_channel_that_refuses_an_update_holds_no_page(
    refusing: Refusing, code: str
) -> None:
    slack = refusing.slack
    poisoned = refusing.open([60])
    await eventually(lambda: slack.called("pins.add"))
    slack.refuse(code, channel="CESC1")
    lifecycle.post_update(refusing.db, refusing.act(), poisoned.head.id, "The clips are gone")
    await eventually(lambda: [call for call in slack.calls if call.code == code])
    beside = [refusing.open(range(3 * n, 3 * n + 3)) for n in range(INCIDENTS)]
    await refusing.all_paged(beside, PAGES)
    first = [page for page in refusing.pages(beside) if page.step == 0]
    assert len(first) == PAGES
    assert {page.state for page in first} == {PageState.WAITING}
    assert refusing.bot.figures.lost_token is None
    lane = LaneNames(refusing.bot.settings.bot_token).name(f"T0OTHER/incident/{poisoned.head.id}")
    told = await refusing.refused()
    said = f"Slack refuses the lane {lane} ({code}): "
    assert told == [f"{said}what goes there waits, all else is sent"]
    assert (
        f'tocsin_lane_refused{{code="{code}",lane="{lane}"}} 1.0'
        in (await refusing.get("/metrics"))[1]
    )
    slack.heal()
    update = DeliveryKind.NOTICE
    await eventually(
        lambda: all(row.state is DeliveryState.SENT for row in refusing.deliveries(update))
    )
    await until(refusing.refused, lambda told: told == [])


@pytest.mark.parametrize("code", MAY_MEAN_ONE_PLACE)
async def test_a_direct_message_that_refuses_a_page_has_the_backup_paged_at_once(
    refusing: Refusing, code: str, caplog: pytest.LogCaptureFixture
) -> None:
    slack = refusing.slack
    caplog.set_level(logging.WARNING)
    slack.refuse(code, "chat.postMessage", channel="DU0FIRST60")
    poisoned = refusing.open([60])
    beside = [refusing.open(range(3 * n, 3 * n + 3)) for n in range(INCIDENTS)]
    await refusing.all_paged(beside, PAGES)
    await eventually(lambda: slack.told("U0SECOND60"), "the backup was not paged")
    dead, backup = refusing.pages([poisoned])
    assert (dead.target, dead.state, dead.reason) == ("U0FIRST60", PageState.UNREACHABLE, code)
    assert backup.created_at == dead.answered_at, "in the same transaction"
    assert refusing.bot.figures.lost_token is None
    said = {record.message for record in caplog.records}
    assert "Slack refuses one lane; the others go on" in said
    assert not [one for one in said if "token" in one]
    # Slack is asked again, and says that it is there when it is.
    slack.heal()
    await eventually(lambda: slack.told("U0FIRST60"), "the page was lost")
    await eventually(lambda: EntryKind.REACHED in kinds(refusing, poisoned.head.id))
    taken, _ = refusing.pages([poisoned])
    assert (taken.state, taken.reason, taken.answered_at) == (PageState.WAITING, "", None)
    assert len(slack.told("U0FIRST60")) == 1


def kinds(refusing: Refusing, incident_id: str) -> list[EntryKind]:
    with refusing.db.reading() as tx:
        mine = col(TimelineEntry.incident_id) == incident_id
        return [entry.kind for entry in tx.all(select(TimelineEntry).where(mine))]


async def test_the_workspace_is_held_where_auth_test_refuses_too(refusing: Refusing) -> None:
    slack = refusing.slack
    slack.refuse("token_revoked")
    opened = [refusing.open(range(3 * n, 3 * n + 3)) for n in range(INCIDENTS)]
    await eventually(lambda: refusing.bot.figures.lost_token)
    status, why = await refusing.get("/readyz")
    assert (status, "Slack refuses the bot token (token_revoked)" in why) == (503, True)
    assert {page.state for page in refusing.pages(opened)} == {PageState.WAITING}
    slack.heal()
    await refusing.all_paged(opened, PAGES)
    assert len(refusing.pages(opened)) == PAGES, "no ladder was used up"


async def test_rows_that_are_refused_together_ask_once(refusing: Refusing) -> None:
    slack = refusing.slack
    for n in range(PAGES):
        slack.refuse("account_inactive", "chat.postMessage", channel=f"DU0FIRST{n}")
    before = len(slack.called("auth.test"))
    opened = [refusing.open(range(3 * n, 3 * n + 3)) for n in range(INCIDENTS)]
    await refusing.all_paged(opened, PAGES)
    refused = [call for call in slack.calls if call.code == "account_inactive"]
    asked = slack.called("auth.test")[before:]
    assert len(refused) >= PAGES
    assert 0 < len(asked) < len(refused) / 3


async def test_a_slack_that_refuses_everything_but_the_token_is_a_problem(
    refusing: Refusing,
) -> None:
    """No one can be paged: then no load balancer and no heartbeat should believe otherwise."""
    slack = refusing.slack
    slack.refuse("missing_scope", "chat.postMessage")
    refusing.open([0, 1, 2])

    async def says() -> str | None:
        # While channels are made, Slack accepts something in between.
        status, why = await refusing.get("/readyz")
        return why if status == 503 else None

    why = await eventually(says)
    assert "Slack refuses every message (missing_scope)" in why
    slack.heal()
    await eventually(lambda: refusing.bot.figures.refusals.everywhere() is None)
    await refusing.refused()
