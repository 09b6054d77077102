"""A duplicate and its original name each other, but nowhere to people who may not see the other."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.domain.access.visibility import Tier
from bot.domain.act import Act, Role
from bot.domain.errors import NoAccess
from bot.domain.incidents.lifecycle import State
from bot.domain.incidents.results import Correction
from bot.domain.incidents.timeline import EntryKind
from bot.domain.incidents.views import Card, Notice
from bot.domain.kinds import DeliveryKind
from bot.policy import Policy
from bot.render.incidents.timeline import sentence
from bot.render.text.templates import Templates
from bot.render.wording import Wording
from bot.services.incidents import corrections, export, lifecycle, queries
from bot.store.database import Database
from tests.factories import MEI, NOON, SOFIA, an_act, an_incident, people
from tests.services import scene

MINUTE = timedelta(minutes=1)
TEAM = an_act(SOFIA, role=Role.RESPONDER)


@pytest.fixture(autouse=True)
def everybody(db: Database, policy: Policy) -> None:
    people(db, policy)


def two(
    db: Database, policy: Policy, first: Tier = Tier.STANDARD, second: Tier = Tier.STANDARD
) -> tuple[str, str]:
    """ESC-1 and ESC-2, each in a channel of its own."""
    both = [an_incident(db, policy, tier=tier, teams=()).head.id for tier in (first, second)]
    scene.send(db, policy)
    return both[0], both[1]


def told(db: Database, policy: Policy, act: Act, incident_id: str) -> str:
    """What `show` says to a person: the card's facts and the timeline."""
    details = queries.details(db, act, incident_id)
    wording = Wording(policy, Templates())
    said = [sentence(wording, entry, 200) for entry in details.entries]
    return "\n".join([str(details.card.head), *said])


def posted(db: Database, policy: Policy, incident_id: str) -> str:
    """What the incident's channel is sent."""
    sent = [one for minutes in (5, 6) for one in scene.send(db, policy, NOON + minutes * MINUTE)]
    kinds = (DeliveryKind.CARD_UPDATE, DeliveryKind.NOTICE)
    views = [letter.view for kind in kinds for letter in scene.letters(sent, kind)]
    ours = [v for v in views if isinstance(v, Card | Notice) and v.head.id == incident_id]
    return "\n".join(map(str, ours))


def test_each_names_the_other(db: Database, policy: Policy) -> None:
    original, duplicate = two(db, policy)
    lifecycle.duplicate(db, an_act(), duplicate, "ESC-1")
    assert scene.card(db, duplicate).head.duplicate_of == "ESC-1"
    assert scene.card(db, original).head.duplicates == ("ESC-2",)
    assert "closed ESC-2 as a duplicate of this one" in told(db, policy, TEAM, original)
    assert "as a duplicate of ESC-1" in told(db, policy, TEAM, duplicate)
    said = posted(db, policy, original)
    assert "duplicates=('ESC-2',)" in said
    assert "has duplicate" in said


def test_a_reopened_one_is_no_duplicate_any_more(db: Database, policy: Policy) -> None:
    original, duplicate = two(db, policy)
    lifecycle.duplicate(db, an_act(), duplicate, "ESC-1")
    scene.send(db, policy, NOON + MINUTE)
    lifecycle.reopen(db, an_act(), duplicate, "it is another one")
    assert scene.card(db, original).head.duplicates == ()
    assert "ESC-2" not in posted(db, policy, original)
    assert scene.card(db, duplicate).head.duplicate_of is None


def test_a_restricted_original_is_named_to_the_invited_alone(db: Database, policy: Policy) -> None:
    _, duplicate = two(db, policy, first=Tier.RESTRICTED)
    lifecycle.duplicate(db, an_act(), duplicate, "ESC-1")
    assert "ESC-1" in told(db, policy, an_act(MEI), duplicate)
    assert "ESC-1" not in told(db, policy, TEAM, duplicate)
    said = posted(db, policy, duplicate)
    assert "duplicate" in said
    assert "ESC-1" not in said


def test_a_restricted_duplicate_is_named_to_the_invited_alone(db: Database, policy: Policy) -> None:
    original, duplicate = two(db, policy, second=Tier.RESTRICTED)
    lifecycle.duplicate(db, an_act(), duplicate, "ESC-1")
    assert "ESC-2" in told(db, policy, an_act(MEI), original)
    assert "ESC-2" not in told(db, policy, TEAM, original)
    assert "ESC-2" not in posted(db, policy, original)


def test_one_that_becomes_restricted_is_no_longer_named(db: Database, policy: Policy) -> None:
    original, duplicate = two(db, policy)
    lifecycle.duplicate(db, an_act(), duplicate, "ESC-1")
    scene.send(db, policy, NOON + MINUTE)
    corrections.correct(db, policy, an_act(), duplicate, Correction(tier=Tier.RESTRICTED))
    assert "duplicates=()" in posted(db, policy, original)
    assert "ESC-2" not in told(db, policy, TEAM, original)


def test_two_of_each_other_leave_whole_timelines(db: Database, policy: Policy) -> None:
    original, duplicate = two(db, policy)
    lifecycle.duplicate(db, an_act(), duplicate, "ESC-1")
    lifecycle.reopen(db, an_act(), duplicate, "it is the older one")
    lifecycle.duplicate(db, an_act(), original, "ESC-2")
    assert export.verify(db) == (2, [])
    for incident_id in (original, duplicate):
        kinds = scene.kinds_of_entries(db, incident_id)
        assert kinds.count(EntryKind.HAS_DUPLICATE) == kinds.count(EntryKind.DUPLICATE) == 1


def test_who_may_not_read_the_original_names_none(db: Database, policy: Policy) -> None:
    _, duplicate = two(db, policy, first=Tier.RESTRICTED)
    ways: list[Callable[[], object]] = [
        lambda: lifecycle.duplicate(db, TEAM, duplicate, "ESC-1"),
        lambda: lifecycle.set_state(db, TEAM, duplicate, State.DUPLICATE, "ESC-1"),
        lambda: lifecycle.post_update(db, TEAM, duplicate, "ESC-1", State.DUPLICATE),
    ]
    for close in ways:
        with pytest.raises(NoAccess) as refused:
            close()
        assert refused.value.reference == "ESC-1"
    assert scene.incident(db, duplicate).state is State.NEW


@pytest.mark.parametrize("second", list(Tier))
@pytest.mark.parametrize("first", list(Tier))
def test_the_answer_says_when_others_do_not_see_of_which_and_when_they_read_the_duplicate(
    db: Database, policy: Policy, first: Tier, second: Tier
) -> None:
    _, duplicate = two(db, policy, first=first, second=second)
    turned = lifecycle.duplicate(db, an_act(), duplicate, "ESC-1")
    hidden = first is Tier.RESTRICTED
    assert turned.unnamed is hidden
    assert turned.open_to_all is (hidden and second is Tier.STANDARD)


def test_what_the_channel_was_told_is_edited_when_the_original_is_restricted(
    db: Database, policy: Policy
) -> None:
    original, duplicate = two(db, policy)
    lifecycle.duplicate(db, an_act(minutes=1), duplicate, "ESC-1")
    scene.send(db, policy, NOON + 2 * MINUTE)
    corrections.correct(db, policy, an_act(minutes=3), original, Correction(tier=Tier.RESTRICTED))
    sent = scene.send(db, policy, NOON + 4 * MINUTE)
    views = [letter.view for letter in scene.letters(sent, DeliveryKind.MESSAGE_EDIT)]
    [notice] = [v for v in views if isinstance(v, Notice) and v.head.id == duplicate]
    assert notice.entry.kind is EntryKind.DUPLICATE
    assert "ESC-1" not in str(notice)
