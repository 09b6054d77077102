"""The relay against a Slack that fails: every page is accepted exactly once."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlmodel import col, select

from bot.domain.delivery.delivery_states import DeliveryState
from bot.domain.kinds import DeliveryKind
from bot.domain.paging.ladders import RunState
from bot.kinds.messages import MESSAGES
from bot.services.digests import digest
from bot.services.incidents import lifecycle, queries
from bot.services.paging import answers, starting
from bot.store.delivery import claims, outbox
from bot.store.tables import Delivery
from bot.time_source import TimeSource
from playground.driver import texts
from playground.web.faults import FaultKind, FaultRule
from tests.databases import on_both
from tests.factories import MEI, PRIYA, SOFIA, TOM, an_incident
from tests.waiting import eventually
from tests.worker.conftest import BRISK, Rig

UNCLEAR = [
    kind
    for kind in FaultKind
    if kind not in (FaultKind.RATE_LIMITED, FaultKind.ERROR, FaultKind.DELAY)
]


def deliveries(rig: Rig, kind: DeliveryKind) -> list[Delivery]:
    with rig.db.reading() as tx:
        those = select(Delivery).where(col(Delivery.kind) == kind)
        return tx.all(those.order_by(col(Delivery.id)))


def all_sent(rig: Rig, kind: DeliveryKind) -> bool:
    return all(row.state is DeliveryState.SENT for row in deliveries(rig, kind))


def ended(rig: Rig, kind: DeliveryKind) -> bool:
    return all(row.state not in outbox.UNSENT for row in deliveries(rig, kind))


async def test_every_team_is_paged_once_and_the_card_is_pinned(rig: Rig) -> None:
    opened = an_incident(rig.db, rig.policy, rig.act(MEI))
    async with rig.working():
        await eventually(lambda: rig.slack.calls("pins.add"))
        await eventually(lambda: all_sent(rig, DeliveryKind.PAGE))
    for row in opened.paged:
        assert len(rig.dms_of(row.paged[0])) == 1
    channel = rig.slack.channel("esc-1")
    assert channel.is_private
    assert MEI in channel.members


async def test_slack_shows_no_preview_of_a_link_that_a_message_quotes(rig: Rig) -> None:
    """Slack would fetch the page of whoever is reported, and show it to all who read here."""
    title = "Threats at https://evil.example/post/1"
    an_incident(rig.db, rig.policy, rig.act(MEI), title=title)
    async with rig.working():
        await eventually(lambda: rig.slack.calls("pins.add"))
        await eventually(lambda: all_sent(rig, DeliveryKind.PAGE))
    posts = rig.slack.calls("chat.postMessage")
    assert any(title in str(call.args) for call in posts)
    unfurled = {(call.args.get("unfurl_links"), call.args.get("unfurl_media")) for call in posts}
    assert unfurled == {(False, False)}


@pytest.mark.parametrize(
    ("database_url", "fault"),
    [
        # Each way to end a call on SQLite; on PostgreSQL those that end it differently for us.
        *(("sqlite", kind) for kind in UNCLEAR),
        *(("postgresql", kind) for kind in (FaultKind.FATAL_ERROR, FaultKind.RESET_STORED)),
    ],
    indirect=["database_url"],
)
async def test_a_page_is_accepted_exactly_once_whatever_the_call_ended_with(
    rig: Rig, fault: FaultKind
) -> None:
    rig.slack.slack.faults.add(FaultRule(fault, "chat.postMessage", count=3, seconds=3.0))
    an_incident(rig.db, rig.policy, rig.act(MEI))
    async with rig.working(ticking=False):
        await eventually(lambda: all_sent(rig, DeliveryKind.PAGE), within=40)
    pages = deliveries(rig, DeliveryKind.PAGE)
    assert len(pages) == 3
    assert [rig.posts_of(page.id) for page in pages] == [1, 1, 1]


async def test_a_429_on_one_person_delays_nobody_else(rig: Rig) -> None:
    dm = await rig.slack.person(PRIYA).dm_with_app()
    rig.slack.slack.faults.add(
        FaultRule(FaultKind.RATE_LIMITED, "chat.postMessage", channel=dm, count=1, seconds=2)
    )
    an_incident(rig.db, rig.policy, rig.act(MEI))
    async with rig.working(ticking=False):
        await eventually(lambda: rig.dms_of(SOFIA))
        assert not rig.dms_of(PRIYA)
        await eventually(lambda: rig.dms_of(PRIYA))
    refused = [call for call in rig.slack.calls("chat.postMessage") if not call.ok]
    assert len(refused) == 1, "nobody called again before Retry-After was over"


async def test_a_dead_target_pages_the_backup(rig: Rig) -> None:
    rig.slack.slack.faults.add(
        FaultRule(FaultKind.ERROR, "conversations.open", user=PRIYA, error="user_disabled")
    )
    opened = an_incident(rig.db, rig.policy, rig.act(MEI))
    async with rig.working(ticking=False):
        await eventually(lambda: rig.dms_of(TOM))
    assert not rig.dms_of(PRIYA)
    card = queries.details(rig.db, rig.act(MEI), opened.head.id).card
    legal = next(row for row in card.teams if row.team == "legal")
    assert legal.paged == (TOM,)


async def test_a_revoked_token_loses_nothing(rig: Rig) -> None:
    rig.slack.slack.app.revoked = True
    an_incident(rig.db, rig.policy, rig.act(MEI))
    async with rig.working(ticking=False):
        await eventually(lambda: rig.figures.lost_token)
        rig.slack.slack.app.revoked = False
        await eventually(lambda: all_sent(rig, DeliveryKind.PAGE), within=40)
    assert [rig.posts_of(page.id) for page in deliveries(rig, DeliveryKind.PAGE)] == [1, 1, 1]


async def test_an_acknowledgement_withdraws_what_is_not_sent(rig: Rig) -> None:
    opened = an_incident(rig.db, rig.policy, rig.act(MEI))
    page = next(p for p in deliveries(rig, DeliveryKind.PAGE) if p.target == PRIYA)
    answers.acknowledge(rig.db, rig.act(PRIYA), page.subject)
    async with rig.working(ticking=False):
        await eventually(lambda: rig.dms_of(SOFIA))
        await eventually(lambda: rig.slack.calls("pins.add"))
    assert not rig.dms_of(PRIYA)
    card = queries.details(rig.db, rig.act(MEI), opened.head.id).card
    assert {row.state for row in card.teams if row.team == "legal"} == {RunState.ACKNOWLEDGED}


async def test_nobody_answers_and_the_backup_is_paged_when_time_is_up(rig: Rig) -> None:
    an_incident(rig.db, rig.policy, rig.act(MEI))
    async with rig.working():
        await eventually(lambda: rig.dms_of(PRIYA))
        await rig.slack.advance(16 * 60)
        await eventually(lambda: rig.dms_of(TOM))
    assert len(rig.dms_of(PRIYA)) == 1


async def test_an_incident_without_a_channel_lives_in_a_thread_and_repairs_itself(
    rig: Rig,
) -> None:
    rig.slack.slack.faults.add(
        FaultRule(FaultKind.ERROR, "conversations.create", error="restricted_action", count=1)
    )
    an_incident(rig.db, rig.policy, rig.act(MEI))
    async with rig.working():
        await eventually(lambda: rig.slack.messages("C0ESCALATIONS"))
        await rig.slack.advance(31 * 60)
        await eventually(lambda: rig.slack.calls("pins.add"))
    assert rig.slack.channel("esc-1").members


async def test_a_page_that_slack_rejects_pages_the_backup(rig: Rig) -> None:
    rig.slack.slack.faults.add(
        FaultRule(FaultKind.ERROR, "conversations.open", user=PRIYA, error="restricted_action")
    )
    an_incident(rig.db, rig.policy, rig.act(MEI))
    async with rig.working(ticking=False):
        await eventually(lambda: rig.dms_of(TOM))


async def test_a_429_on_a_method_holds_it_for_every_incident(rig: Rig) -> None:
    rig.slack.slack.faults.add(
        FaultRule(FaultKind.RATE_LIMITED, "conversations.create", count=1, seconds=1)
    )
    for _ in range(3):
        an_incident(rig.db, rig.policy, rig.act(MEI), teams=())
    async with rig.working(ticking=False, pace=replace(BRISK, in_flight=1)):
        await eventually(lambda: all_sent(rig, DeliveryKind.CHANNEL_CREATE))
    refused, *later = rig.slack.calls("conversations.create")
    assert [call.ok for call in (refused, *later)] == [False, True, True, True]
    assert all(call.at - refused.at >= 1 for call in later)


class AheadClock(TimeSource):
    """The wall clock of a replica that is two hours fast."""

    def real(self) -> datetime:
        return super().real() + timedelta(hours=2)


async def test_a_clock_that_is_hours_ahead_sends_no_page_twice(rig: Rig) -> None:
    rig.clock = AheadClock()
    fault = FaultRule(FaultKind.RESET_STORED, "chat.postMessage", count=1)
    rig.slack.slack.faults.add(fault)
    an_incident(rig.db, rig.policy, rig.act(MEI), teams=("legal",))
    async with rig.working(ticking=False):
        await eventually(lambda: all_sent(rig, DeliveryKind.PAGE))
    assert fault.hits == 1
    assert [rig.posts_of(page.id) for page in deliveries(rig, DeliveryKind.PAGE)] == [1]


async def test_a_page_is_found_behind_hundreds_of_later_messages(rig: Rig) -> None:
    """A look-up reads on: what stands on the second page of the history is not absent."""
    fault = FaultRule(FaultKind.RESET_STORED, "chat.postMessage", count=1)
    rig.slack.slack.faults.add(fault)
    an_incident(rig.db, rig.policy, rig.act(MEI), teams=("legal",))
    async with rig.working(ticking=False):
        [page] = await eventually(lambda: rig.dms_of(PRIYA))
        for number in range(220):
            outcome = await rig.slack.person(PRIYA).say(f"noise {number}", page.channel)
            assert outcome.ok
        await eventually(lambda: all_sent(rig, DeliveryKind.PAGE))
    assert [rig.posts_of(sent.id) for sent in deliveries(rig, DeliveryKind.PAGE)] == [1]


async def test_a_digest_that_was_claimed_and_never_sent_goes_out_into_a_channel_not_yet_joined(
    rig: Rig,
) -> None:
    """Nobody can read the history of a channel that they are not in: it is joined first."""
    digest.send_now(rig.db, rig.policy, rig.act(MEI), "content-policy")
    with rig.db.transaction() as tx:  # A process that claims, and ends before its first call.
        now, real = rig.clock.now(), rig.clock.real()
        assert claims.claim(
            tx, kinds=MESSAGES.args, now=now, real=real, limit=9, lease=timedelta(0)
        )
    async with rig.working(ticking=False):
        await eventually(lambda: all_sent(rig, DeliveryKind.DIGEST))
    assert [rig.posts_of(sent.id) for sent in deliveries(rig, DeliveryKind.DIGEST)] == [1]


WORDS = [f"word {number}" for number in range(3)]


@asynccontextmanager
async def words_after_an_outage(rig: Rig) -> AsyncIterator[str]:
    """Words for an incident's channel, which Slack did not take for long; it is back by now."""
    opened = an_incident(rig.db, rig.policy, rig.act(MEI), teams=("legal",))
    async with rig.working(ticking=False):
        await eventually(lambda: rig.slack.calls("pins.add"))
        rig.slack.slack.faults.add(FaultRule(FaultKind.HTTP_500, "*"))
        for word in WORDS:
            lifecycle.post_update(rig.db, rig.act(MEI), opened.head.id, word)
        # More often than a channel waits for one message while Slack takes others.
        await eventually(
            lambda: max(row.attempts for row in deliveries(rig, DeliveryKind.NOTICE)) > 7,
            within=120,
        )
        rig.slack.slack.faults.clear()
        yield opened.head.id
        await eventually(lambda: all_sent(rig, DeliveryKind.NOTICE))


def those_told(rig: Rig, channel: str, words: Sequence[str]) -> list[str]:
    """These words as the channel was told them."""
    told = [texts(message) for message in rig.slack.messages(channel)]
    return [word for said in told for word in words if word in said]


@on_both
async def test_a_channel_is_told_everything_in_order_after_a_long_outage(rig: Rig) -> None:
    """Nothing is given up while Slack does not answer, and nothing goes ahead of its turn."""
    async with words_after_an_outage(rig):
        pass
    assert those_told(rig, "esc-1", WORDS) == WORDS


@on_both
async def test_a_channel_keeps_its_order_where_others_are_served_first_after_an_outage(
    rig: Rig,
) -> None:
    """What failed while Slack was away is not held against a message when Slack is back."""
    async with words_after_an_outage(rig) as incident_id:
        # While the first word is looked for, somebody else's page is taken.
        slow = FaultRule(FaultKind.DELAY, "conversations.history", seconds=0.7, count=1)
        rig.slack.slack.faults.add(slow)
        await eventually(lambda: slow.hits)
        starting.page_person(rig.db, rig.policy, rig.act(MEI), incident_id, TOM)
    assert those_told(rig, "esc-1", WORDS) == WORDS


async def test_what_waits_for_a_channel_that_may_not_be_made_yet_keeps_its_order(rig: Rig) -> None:
    """Slack limits making channels; what is said meanwhile is said in its order."""
    limited = FaultRule(FaultKind.RATE_LIMITED, "conversations.create", seconds=1, count=1)
    rig.slack.slack.faults.add(limited)
    an_incident(rig.db, rig.policy, rig.act(MEI), teams=())
    words = [f"word {number}" for number in range(8)]
    async with rig.working(ticking=False):
        await eventually(lambda: limited.hits)
        second = an_incident(rig.db, rig.policy, rig.act(MEI), teams=())
        for word in words:
            lifecycle.post_update(rig.db, rig.act(MEI), second.head.id, word)
            await asyncio.sleep(0.2)  # Some before the channel is there, some after.
        await eventually(lambda: all_sent(rig, DeliveryKind.NOTICE))
    assert those_told(rig, "esc-2", words) == words


@pytest.mark.parametrize("answer", ["acknowledge", "decline"])
async def test_a_page_answered_while_its_outcome_is_unknown_does_not_look_open(
    rig: Rig, answer: str
) -> None:
    """Slack has it, and nobody knows so yet: its person can press a button all the same."""
    fault = FaultRule(FaultKind.RESET_STORED, "chat.postMessage", count=1)
    rig.slack.slack.faults.add(fault)
    an_incident(rig.db, rig.policy, rig.act(MEI), teams=("legal",))
    patient = replace(BRISK, lease=timedelta(hours=1))
    async with rig.working(ticking=False, pace=patient):
        await eventually(lambda: deliveries(rig, DeliveryKind.PAGE)[0].state == "unknown")
    [page] = await eventually(lambda: rig.dms_of(PRIYA))
    asked = deliveries(rig, DeliveryKind.PAGE)[0].subject
    if answer == "acknowledge":
        answers.acknowledge(rig.db, rig.act(PRIYA), asked)
    else:
        answers.decline(rig.db, rig.policy, rig.act(PRIYA), asked, "on a plane")
    rig.clock = AheadClock()
    async with rig.working(ticking=False):
        await eventually(lambda: "page_acknowledge" not in str(rig.dms_of(PRIYA)[0].blocks))
    assert [message.ts for message in rig.dms_of(PRIYA)] == [page.ts]


async def test_a_page_answered_while_its_history_cannot_be_read_keeps_nobody_waiting(
    rig: Rig,
) -> None:
    """Whether Slack has it nobody can tell; it is not wanted any more, and the next one is."""
    lost = FaultRule(FaultKind.RESET_STORED, "chat.postMessage", count=1)
    rig.slack.slack.faults.add(lost)
    rig.slack.slack.faults.add(
        FaultRule(FaultKind.ERROR, "conversations.history", error="missing_scope")
    )
    first = an_incident(rig.db, rig.policy, rig.act(MEI), teams=("legal",))
    async with rig.working(ticking=False):
        await eventually(lambda: deliveries(rig, DeliveryKind.PAGE)[0].state == "unknown")
        lifecycle.decline(rig.db, rig.act(MEI), first.head.id, "a test")
        second = an_incident(rig.db, rig.policy, rig.act(MEI), teams=("legal",))
        await eventually(lambda: ended(rig, DeliveryKind.PAGE))
    unknown, sent = sorted(deliveries(rig, DeliveryKind.PAGE), key=lambda row: row.id)
    assert (unknown.state, sent.state) == (DeliveryState.CANCELLED, DeliveryState.SENT)
    assert unknown.attempts <= 5
    assert sent.incident_id == second.head.id
