"""What waited for a channel is told in its order, also past what was in flight at that moment."""

from datetime import timedelta

import pytest

from bot.domain.act import by_the_bot
from bot.domain.incidents.views import Notice
from bot.domain.kinds import DeliveryKind
from bot.kinds.messages import MESSAGES
from bot.policy import Policy
from bot.services.channels import channel
from bot.services.delivery import outcomes, outgoing
from bot.services.delivery.content import NotYet
from bot.services.delivery.results import At, Retry
from bot.services.incidents import lifecycle
from bot.store.database import Database
from bot.store.delivery import claims
from bot.store.delivery.claims import Claimed
from tests.factories import MEI, NOON, WORKSPACE, an_act, an_incident, people
from tests.services import scene

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture(autouse=True)
def everybody(db: Database, policy: Policy) -> None:
    people(db, policy)


def say(db: Database, incident_id: str, words: str, minute: int) -> None:
    lifecycle.post_update(db, an_act(MEI, minutes=minute), incident_id, words)


def claimed_notice(db: Database) -> Claimed:
    """Take what is to be said, and do not say it yet."""
    with db.transaction() as tx:
        taken = claims.claim(tx, now=NOON + HOUR, real=NOON + HOUR, limit=100)
    [found] = [one for one in taken if one.kind is DeliveryKind.NOTICE]
    return found


def test_what_was_in_flight_when_the_channel_came_back_waits_for_what_was_kept(
    db: Database, policy: Policy
) -> None:
    incident_id = an_incident(db, policy, teams=()).head.id
    scene.send(db, policy)
    room = scene.incident(db, incident_id).channel_id or ""
    act = by_the_bot(WORKSPACE, NOON)
    with db.transaction() as tx:
        channel.channel_lost(tx, policy, act, incident_id, room, "is_archived")
    for minute, words in enumerate(("one", "two")):
        say(db, incident_id, words, minute)
    scene.send(db, policy, NOON + 2 * MINUTE)
    say(db, incident_id, "three", 3)
    in_flight = claimed_notice(db)
    with db.transaction() as tx:
        channel.channel_restored(tx, act, incident_id, room)
    prepared = outgoing.prepare(MESSAGES, db, policy, in_flight, NOON + HOUR)
    assert isinstance(prepared, NotYet), "it would be said before the others"
    at = At(NOON + HOUR, NOON + HOUR)
    outcomes.again(db, in_flight, Retry(MINUTE, prepared.why, used_attempt=False), at)
    sent = scene.send(db, policy, NOON + 2 * HOUR)
    said = [one.view for one in scene.letters(sent, DeliveryKind.NOTICE)]
    told = [view.entry.data.get("text") for view in said if isinstance(view, Notice)]
    assert [words for words in told if words in ("one", "two", "three")] == ["one", "two", "three"]
