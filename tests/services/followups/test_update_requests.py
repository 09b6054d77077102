"""Who is asked for an update: the owner, else responders in turn, then managers who may read."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from bot.domain.access.visibility import Tier
from bot.domain.followups.reminder_messages import UpdateReminder
from bot.domain.ids import TeamKey, UserId
from bot.domain.incidents.severity import Severity
from bot.domain.kinds import DeliveryKind, TimerKind
from bot.policy import Policy
from bot.services.handover import handing_over
from bot.services.incidents import lifecycle
from bot.services.paging import answers
from bot.store.database import Database
from bot.store.incidents import incident_rows
from tests.factories import DANIEL, MEI, NOON, PRIYA, SOFIA, TOM, an_act, an_incident, people
from tests.services import scene

AOIFE, INGRID = UserId("U0AOIFE"), UserId("U0INGRID")
BAO = UserId("U0BAO")
TEAMS = tuple(map(TeamKey, ("legal", "pr", "child-safety")))
HALF_AN_HOUR = timedelta(minutes=30)


@pytest.fixture(autouse=True)
def everybody(db: Database, policy: Policy) -> None:
    people(db, policy, U0BAO={})


def acknowledged_and_forgotten(db: Database, policy: Policy, tier: Tier) -> str:
    """A P0 that a member opened; three teams have acknowledged, and it has no owner."""
    opened = an_incident(
        db, policy, an_act(BAO), severity=Severity.P0, teams=TEAMS, tier=tier
    ).head.id
    for minute, user in enumerate((SOFIA, PRIYA, INGRID), start=1):
        answers.acknowledge(db, an_act(user, minutes=minute), scene.page_of(db, user))
    scene.send(db, policy, NOON + timedelta(minutes=5))
    return opened


def asked(db: Database, policy: Policy, times: int) -> list[str]:
    """The people who are reminded while nothing is said, one after the other."""
    told: list[str] = []
    for number in range(1, times + 1):
        at = NOON + number * HALF_AN_HOUR
        scene.tick(db, policy, at)
        said = scene.send(db, policy, at)
        for letter in scene.letters(said, DeliveryKind.UPDATE_REMINDER):
            assert isinstance(letter.view, UpdateReminder)
            assert letter.view.head.full, "only a person who may read it is asked"
        told += scene.told(said, DeliveryKind.UPDATE_REMINDER)
    return told


def test_without_an_owner_the_responders_are_asked_in_turn_and_then_the_managers(
    db: Database, policy: Policy
) -> None:
    acknowledged_and_forgotten(db, policy, Tier.STANDARD)
    assert asked(db, policy, 6) == [SOFIA, PRIYA, INGRID, MEI, AOIFE, SOFIA]


def test_a_manager_who_may_not_read_it_is_never_asked(db: Database, policy: Policy) -> None:
    opened = acknowledged_and_forgotten(db, policy, Tier.RESTRICTED)
    scene.let_in(db, an_act(SOFIA, minutes=6), opened, AOIFE)
    assert asked(db, policy, 5) == [SOFIA, PRIYA, INGRID, AOIFE, SOFIA]


def test_a_responder_who_handed_over_is_not_asked_any_more(db: Database, policy: Policy) -> None:
    opened = acknowledged_and_forgotten(db, policy, Tier.STANDARD)
    act = an_act(PRIYA, minutes=6)
    handing_over.hand_over(db, policy, act, opened, to_team=TEAMS[0], summary="drafted")
    answers.acknowledge(db, an_act(TOM, minutes=7), scene.page_of(db, TOM))
    assert asked(db, policy, 4) == [SOFIA, INGRID, TOM, MEI]


def test_each_silence_begins_with_the_first_responder(db: Database, policy: Policy) -> None:
    opened = acknowledged_and_forgotten(db, policy, Tier.STANDARD)
    assert asked(db, policy, 2) == [SOFIA, PRIYA]
    lifecycle.post_update(db, an_act(PRIYA, minutes=61), opened, "we wait for Legal")
    at = NOON + timedelta(minutes=91)
    scene.tick(db, policy, at)
    assert scene.told(scene.send(db, policy, at), DeliveryKind.UPDATE_REMINDER) == [SOFIA]


def test_an_owner_is_asked_each_time(db: Database, policy: Policy) -> None:
    opened = acknowledged_and_forgotten(db, policy, Tier.STANDARD)
    lifecycle.assign(db, an_act(MEI, minutes=6), opened, TOM)
    assert set(asked(db, policy, 4)) == {TOM}


def test_an_owner_who_came_before_the_reminder_was_sent_gets_it(
    db: Database, policy: Policy
) -> None:
    opened = acknowledged_and_forgotten(db, policy, Tier.STANDARD)
    scene.tick(db, policy, NOON + HALF_AN_HOUR)
    with db.transaction() as tx:
        incident_rows.change(tx, opened, {"owner": DANIEL})
    sent = scene.send(db, policy, NOON + HALF_AN_HOUR)
    assert scene.told(sent, DeliveryKind.UPDATE_REMINDER) == [DANIEL]


LEFT = {"deleted": True}


@pytest.mark.parametrize(
    ("gone", "told"),
    [((), TOM), ((TOM,), MEI), ((TOM, MEI), SOFIA), ((TOM, MEI, SOFIA), None)],
    ids=["the owner", "the manager who is in it", "who is in it longest", "nobody"],
)
def test_of_a_restricted_one_only_people_who_are_in_it_are_asked(
    db: Database, policy: Policy, gone: Sequence[str], told: str | None
) -> None:
    opened = an_incident(db, policy, teams=(), tier=Tier.RESTRICTED).head.id
    lifecycle.assign(db, an_act(MEI, minutes=1), opened, TOM)
    scene.let_in(db, an_act(MEI, minutes=2), opened, SOFIA)
    scene.send(db, policy, NOON + timedelta(minutes=3))
    people(db, policy, **{user: dict(LEFT) for user in gone})
    at = NOON + timedelta(hours=12)
    scene.tick(db, policy, at)
    sent = scene.send(db, policy, at)
    assert scene.told(sent, DeliveryKind.UPDATE_REMINDER) == ([told] if told else [])
    assert scene.due_timers(db, TimerKind.UPDATE_DUE), "it is asked for again"


def test_the_card_says_that_no_one_owns_what_people_work_on(db: Database, policy: Policy) -> None:
    opened = acknowledged_and_forgotten(db, policy, Tier.STANDARD)
    assert scene.card(db, opened).unowned
    lifecycle.assign(db, an_act(MEI, minutes=6), opened, TOM)
    assert not scene.card(db, opened).unowned


def test_before_anyone_acknowledged_the_card_says_nothing_of_it(
    db: Database, policy: Policy
) -> None:
    assert not scene.card(db, an_incident(db, policy).head.id).unowned
