"""What is withdrawn: of these incidents or beyond Slack, of these kinds, and not sent yet."""

from datetime import timedelta

from bot.domain.delivery.delivery_states import DeliveryState
from bot.domain.kinds import DeliveryKind
from bot.store.database import Database
from bot.store.delivery import backlog, withdrawals
from tests.databases import on_both
from tests.factories import NOON
from tests.store.lanes import a_delivery, back, delivery, end, lane, put, take

pytestmark = on_both

SECOND = timedelta(seconds=1)
DUE, CANCELLED, DEAD = DeliveryState.DUE, DeliveryState.CANCELLED, DeliveryState.DEAD


def states(db: Database, *subjects: str) -> list[DeliveryState]:
    return [delivery(db, subject).state for subject in subjects]


def test_of_an_incident_what_is_unsent_goes_and_its_lanes_sleep(db: Database) -> None:
    put(db, a_delivery("sent", "person/A", incident_id="ONE"))
    end(db, take(db)["sent"])
    put(db, a_delivery("in flight", "person/B", incident_id="ONE"))
    take(db)
    put(db, a_delivery("unclear", "person/C", incident_id="ONE"))
    back(db, take(db)["unclear"], state=DeliveryState.UNKNOWN)
    put(db, a_delivery("due", "person/D", incident_id="ONE"))
    put(db, a_delivery("of another", "person/E", incident_id="TWO"))
    with db.transaction() as tx:
        assert withdrawals.withdraw(tx, ["ONE"]) == 2
    assert states(db, "due", "unclear", "of another") == [CANCELLED, CANCELLED, DUE]
    assert states(db, "sent", "in flight") == [DeliveryState.SENT, DeliveryState.SENDING]
    assert lane(db, "person/D").pending_at is None
    assert lane(db, "person/E").pending_at == NOON


def test_of_an_incident_only_these_kinds_and_what_is_due_before_go(db: Database) -> None:
    put(db, a_delivery("page", kind=DeliveryKind.PAGE, incident_id="ONE"))
    put(db, a_delivery("early", incident_id="ONE", due_at=NOON - SECOND))
    put(db, a_delivery("now", incident_id="ONE"))
    with db.transaction() as tx:
        notices = [DeliveryKind.NOTICE]
        assert withdrawals.withdraw(tx, ["ONE"], notices, due_before=NOON) == 1
        assert withdrawals.withdraw(tx, [], notices) == 0
    assert states(db, "page", "early", "now") == [DUE, CANCELLED, DUE]


def test_beyond_slack_all_of_it_goes_and_nothing_else(db: Database) -> None:
    with db.transaction() as tx:
        assert withdrawals.withdraw_outside(tx) == 0
    put(db, a_delivery("mail", "fallback/A", kind=DeliveryKind.FALLBACK))
    put(db, a_delivery("notice by mail", "fallback/B", kind=DeliveryKind.EXHAUSTED_OUTSIDE))
    put(db, a_delivery("mail sent", "fallback/C", kind=DeliveryKind.FALLBACK))
    end(db, take(db)["mail sent"])
    put(db, a_delivery("page", kind=DeliveryKind.PAGE))
    with db.transaction() as tx:
        assert withdrawals.withdraw_outside(tx) == 2
    assert states(db, "mail", "notice by mail", "page") == [CANCELLED, CANCELLED, DUE]
    assert states(db, "mail sent") == [DeliveryState.SENT]
    assert lane(db, "fallback/A").pending_at is lane(db, "fallback/B").pending_at is None


def test_what_slack_refused_for_good_is_wanted_again_and_nothing_else(db: Database) -> None:
    for name in ("refused", "not asked for", "of another kind"):
        kind = DeliveryKind.NOTICE if name == "of another kind" else DeliveryKind.PAGE
        put(db, a_delivery(name, f"person/{name}", kind=kind))
        end(db, take(db)[name], state=DEAD)
    put(db, a_delivery("sent", "person/sent", kind=DeliveryKind.PAGE))
    end(db, take(db)["sent"])
    later = NOON + SECOND
    with db.transaction() as tx:
        subjects = ["refused", "of another kind", "sent"]
        withdrawals.want_again(tx, subjects, DeliveryKind.PAGE, later)
        withdrawals.want_again(tx, ["nothing"], DeliveryKind.PAGE, later)
    assert take(db) == {}, "not before it is due"
    assert list(take(db, at=later)) == ["refused"]
    assert states(db, "not asked for", "of another kind") == [DEAD, DEAD]


def test_the_next_and_whether_anything_waits_are_of_what_is_unsent(db: Database) -> None:
    put(db, a_delivery("sent", "person/A", due_at=NOON - SECOND))
    end(db, take(db)["sent"])
    put(db, a_delivery("later", "person/B", due_at=NOON + 3 * SECOND))
    put(db, a_delivery("soon", "person/C", due_at=NOON + 2 * SECOND))
    put(db, a_delivery("withdrawn", "person/D", due_at=NOON + SECOND))
    with db.transaction() as tx:
        withdrawals.cancel(tx, ["withdrawn"], [DeliveryKind.NOTICE])
    with db.reading() as tx:
        assert backlog.next_due(tx, NOON) == NOON + 2 * SECOND
        assert backlog.next_due(tx, NOON + 2 * SECOND) == NOON + 3 * SECOND
        assert backlog.next_due(tx, NOON + 3 * SECOND) is None
        assert not backlog.waits(tx, NOON + SECOND)
        assert backlog.waits(tx, NOON + 2 * SECOND)
