"""An incident moves from a shared channel into its own while Slack's answers are on their way."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.access.visibility import Tier
from bot.domain.incidents.timeline import EntryKind
from bot.domain.kinds import DeliveryKind, TimerKind
from bot.kinds.messages import MESSAGES
from bot.policy import Policy
from bot.services.delivery import outcomes, outgoing, refusals
from bot.services.delivery.content import MessageContent, NothingToSay, RequestedPlace
from bot.services.delivery.results import Accepted, At, Refusal, Retry
from bot.services.incidents import lifecycle
from bot.store.database import Database
from bot.store.delivery import claims
from bot.store.delivery.claims import Claimed
from bot.store.incidents import incident_rows, timeline
from bot.store.tables.incidents import IncidentColumns
from bot.store.tables.states import ChannelState
from tests.databases import on_both
from tests.factories import MEI, NOON, PRIYA, an_act, an_incident, people
from tests.services import scene
from tests.services.scene import Sent

SECRET = "Zyxomma"
SHARED = "C0ESCALATIONS"
OWN = "C0OWN"
ROOM = Accepted(OWN, name="esc-1")
CARD = Accepted(SHARED, "7.7")
LATER = NOON + timedelta(minutes=31)

Order = Callable[[Database, Claimed, Claimed], None]


@pytest.fixture(autouse=True)
def everybody(db: Database, policy: Policy) -> None:
    people(db, policy)
    assert policy.channel.shared == SHARED


def take(db: Database, kind: DeliveryKind, at: At) -> Claimed:
    """Claim what is due until it is one of this kind; the others have nothing to say."""
    while True:
        with db.transaction() as tx:
            taken = claims.claim(tx, kinds=MESSAGES.args, now=at.now, real=at.real, limit=50)
        assert taken, f"no {kind} is due"
        for other in taken:
            if other.kind is not kind:
                outcomes.moot(db, other, "not asked", at)
        wanted = [one for one in taken if one.kind is kind]
        if wanted:
            return wanted[0]


def in_a_thread(db: Database, policy: Policy, tier: Tier = Tier.RESTRICTED) -> str:
    """An incident whose channel Slack did not make; its card is still to be posted."""
    opened = an_incident(db, policy, title=f"{SECRET} title", tier=tier, teams=())
    making = take(db, DeliveryKind.CHANNEL_CREATE, At(NOON, NOON))
    refusals.rejected(MESSAGES, db, policy, making, Refusal("restricted_action"), At(NOON, NOON))
    return opened.head.id


def card_on_its_way(db: Database, policy: Policy) -> Claimed:
    """Its card is with Slack, for the shared channel."""
    posting = take(db, DeliveryKind.CARD_POST, At(NOON, NOON))
    letter = outgoing.prepare(MESSAGES, db, policy, posting, NOON)
    assert isinstance(letter, MessageContent)
    assert letter.channel == SHARED
    return posting


def channel_on_its_way(db: Database, policy: Policy) -> Claimed:
    scene.tick(db, policy, LATER)
    return take(db, DeliveryKind.CHANNEL_CREATE, At(LATER, NOON + timedelta(seconds=5)))


def room_then_card(db: Database, room: Claimed, card: Claimed) -> None:
    assert outcomes.sent(MESSAGES, db, room, ROOM, At(LATER, NOON))
    assert outcomes.sent(MESSAGES, db, card, CARD, At(LATER, NOON))


def card_then_room(db: Database, room: Claimed, card: Claimed) -> None:
    assert outcomes.sent(MESSAGES, db, card, CARD, At(LATER, NOON))
    assert outcomes.sent(MESSAGES, db, room, ROOM, At(LATER, NOON))


def together(db: Database, room: Claimed, card: Claimed) -> None:
    outcomes.sent_together(MESSAGES, db, [(room, ROOM), (card, CARD)], At(LATER, NOON))


def together_the_card_first(db: Database, room: Claimed, card: Claimed) -> None:
    outcomes.sent_together(MESSAGES, db, [(card, CARD), (room, ROOM)], At(LATER, NOON))


def said_in(sent: Sent, channel: str) -> list[MessageContent[Any]]:
    return [one for _, one in sent if isinstance(one, MessageContent) and one.channel == channel]


@pytest.mark.parametrize(
    "stored", [room_then_card, card_then_room, together, together_the_card_first]
)
def test_a_late_card_of_the_shared_channel_keeps_no_incident_there(
    db: Database, policy: Policy, stored: Order
) -> None:
    incident_id = in_a_thread(db, policy)
    card = card_on_its_way(db, policy)
    stored(db, channel_on_its_way(db, policy), card)
    placed = scene.incident(db, incident_id)
    assert (placed.room, placed.channel_id, placed.card_ts) == (ChannelState.CHANNEL, OWN, None)
    lifecycle.post_update(db, an_act(MEI, minutes=32), incident_id, f"{SECRET} update")
    lifecycle.assign(db, an_act(MEI, minutes=32), incident_id, PRIYA)
    sent = scene.send(db, policy, NOON + timedelta(minutes=33))
    assert SECRET in str(said_in(sent, OWN)), "its own channel has card and update"
    assert len(scene.letters(sent, DeliveryKind.CARD_POST)) == 1
    assert SECRET not in str(said_in(sent, SHARED))
    assert scene.incident(db, incident_id).channel_id == OWN


def test_a_card_that_waits_for_the_shared_channel_is_not_posted_into_its_own(
    db: Database, policy: Policy
) -> None:
    in_a_thread(db, policy)
    card = card_on_its_way(db, policy)
    at, hour = At(NOON, NOON), timedelta(hours=1)
    outcomes.again(db, card, Retry(hour, error="no answer", unknown=True), at)
    room = channel_on_its_way(db, policy)
    assert outcomes.sent(MESSAGES, db, room, ROOM, At(LATER, NOON))
    again = take(db, DeliveryKind.CARD_POST, At(NOON + hour, NOON + hour))
    assert again.id == card.id
    assert isinstance(outgoing.prepare(MESSAGES, db, policy, again, NOON + hour), NothingToSay)


def test_a_row_that_takes_the_shared_channel_for_its_own_says_no_word_there(
    db: Database, policy: Policy
) -> None:
    incident_id = in_a_thread(db, policy)
    astray: IncidentColumns = {"room": ChannelState.CHANNEL, "channel_id": SHARED, "card_ts": None}
    with db.transaction() as tx:
        incident_rows.change(tx, incident_id, astray)
    lifecycle.post_update(db, an_act(MEI), incident_id, f"{SECRET} update")
    sent = scene.send(db, policy)
    assert said_in(sent, SHARED), "its card"
    assert SECRET not in str(said_in(sent, SHARED))


def moved_in(db: Database, policy: Policy) -> str:
    """An incident in its channel, its card there, and something new to be said."""
    incident_id = an_incident(db, policy, teams=()).head.id
    scene.send(db, policy)
    lifecycle.post_update(db, an_act(MEI, minutes=1), incident_id, "under way")
    return incident_id


@on_both
@pytest.mark.parametrize(
    ("aim", "room"),
    [
        (RequestedPlace("C0ROOM1"), ChannelState.ARCHIVED),
        (RequestedPlace(SHARED, None), ChannelState.CHANNEL),
        (RequestedPlace(), ChannelState.CHANNEL),
    ],
    ids=["its own", "the shared one", "a direct message"],
)
def test_only_its_own_channel_archives_it(
    db: Database, policy: Policy, aim: RequestedPlace, room: ChannelState
) -> None:
    incident_id = moved_in(db, policy)
    notice = take(db, DeliveryKind.NOTICE, At(LATER, LATER))
    refusals.rejected(MESSAGES, db, policy, notice, Refusal("is_archived", aim), At(LATER, LATER))
    assert scene.incident(db, incident_id).room is room


@pytest.mark.parametrize(
    "old", [RequestedPlace(SHARED, "7.7"), RequestedPlace("C0ROOM1", "7.7")], ids=str
)
def test_a_card_that_was_deleted_where_it_is_no_more_is_not_posted_again(
    db: Database, policy: Policy, old: RequestedPlace
) -> None:
    incident_id = moved_in(db, policy)
    updating = take(db, DeliveryKind.CARD_UPDATE, At(LATER, LATER))
    refusals.rejected(
        MESSAGES, db, policy, updating, Refusal("message_not_found", old), At(LATER, LATER)
    )
    assert scene.waiting(db, DeliveryKind.CARD_POST) == []
    assert scene.incident(db, incident_id).card_ts is not None


def test_a_card_that_was_deleted_is_posted_again_where_it_stood(
    db: Database, policy: Policy
) -> None:
    incident_id = moved_in(db, policy)
    updating = take(db, DeliveryKind.CARD_UPDATE, At(LATER, LATER))
    there = RequestedPlace("C0ROOM1", scene.incident(db, incident_id).card_ts)
    refusals.rejected(
        MESSAGES, db, policy, updating, Refusal("message_not_found", there), At(LATER, LATER)
    )
    sent = scene.send(db, policy, LATER + timedelta(minutes=2))
    posted = scene.letters(sent, DeliveryKind.CARD_POST)
    assert [letter.channel for letter in posted] == ["C0ROOM1"]


@pytest.mark.parametrize("posted", [False, True], ids=["before its card", "after it"])
def test_an_archived_shared_channel_leaves_it_without_a_place_until_it_has_its_own(
    db: Database, policy: Policy, posted: bool
) -> None:
    incident_id = in_a_thread(db, policy, Tier.STANDARD)
    late = card_on_its_way(db, policy)
    if posted:
        outcomes.sent(MESSAGES, db, late, CARD, At(NOON, NOON))
        lifecycle.post_update(db, an_act(MEI), incident_id, "under way")
        late = take(db, DeliveryKind.NOTICE, At(NOON, NOON + timedelta(seconds=5)))
    refusals.rejected(
        MESSAGES, db, policy, late, Refusal("is_archived", RequestedPlace(SHARED)), At(NOON, NOON)
    )
    placed = scene.incident(db, incident_id)
    assert (placed.room, placed.channel_id, placed.thread_ts) == (ChannelState.THREAD, None, None)
    with db.reading() as tx:
        told = timeline.timeline(tx, incident_id)[-1]
    assert (told.kind, told.data) == (EntryKind.CHANNEL, {"error": "is_archived"})
    scene.tick(db, policy, LATER)
    assert said_in(scene.send(db, policy, LATER), "C0ROOM1")


def test_a_reopened_incident_in_a_thread_tries_for_its_channel_again(
    db: Database, policy: Policy
) -> None:
    incident_id = in_a_thread(db, policy)
    scene.send(db, policy)
    lifecycle.decline(db, an_act(MEI, minutes=1), incident_id, "not ours")
    scene.tick(db, policy, LATER)
    assert scene.due_timers(db, TimerKind.CHANNEL_REPAIR) == []
    assert scene.waiting(db, DeliveryKind.CHANNEL_CREATE) == []
    reopening = an_act(MEI, hours=1)
    lifecycle.reopen(db, reopening, incident_id, "it began again")
    scene.tick(db, policy, reopening.now)
    scene.send(db, policy, reopening.now)
    assert scene.incident(db, incident_id).room is ChannelState.CHANNEL


def test_reopened_soon_it_still_tries_once_at_a_time(db: Database, policy: Policy) -> None:
    incident_id = in_a_thread(db, policy)
    lifecycle.decline(db, an_act(MEI, minutes=1), incident_id, "not ours")
    reopening = an_act(MEI, minutes=2)
    lifecycle.reopen(db, reopening, incident_id, "it began again")
    assert scene.due_timers(db, TimerKind.CHANNEL_REPAIR) == [reopening.now]
