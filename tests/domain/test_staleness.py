"""What each kind of message says of the events that make it untrue."""

import pytest

from bot.domain.delivery.about import About
from bot.domain.kinds import OUTSIDE, DeliveryKind, untrue_after
from bot.domain.staleness import Change, KeptTrue, LeftAsPosted, SentOutside
from bot.kinds.messages import ROWS


@pytest.mark.parametrize("kind", DeliveryKind)
def test_every_kind_says_what_makes_it_untrue_or_why_nothing_does(kind: DeliveryKind) -> None:
    match kind.posted:
        case KeptTrue() as kept:
            assert kept.untrue_after
        case LeftAsPosted(because):
            assert because
        case SentOutside():
            assert kind in OUTSIDE


def test_whatever_stands_can_be_said_anew() -> None:
    stands = {kind for kind in DeliveryKind if kind.kept_true and not about_a_page(kind)}
    assert {kind for kind, row in ROWS.items() if row.stands} == stands


def about_a_page(kind: DeliveryKind) -> bool:
    """A page is edited by a kind of its own, which knows where the page is."""
    return kind.kept_true is not None and kind.kept_true.about is About.PAGE


@pytest.mark.parametrize("change", Change)
def test_every_event_makes_something_untrue(change: Change) -> None:
    assert untrue_after(change)


def test_what_goes_past_slack_is_not_looked_up_for_slack() -> None:
    unlooked = {k for k, row in ROWS.items() if not (row.look_up or row.look_up_slowly)}
    assert unlooked - {DeliveryKind.MESSAGE_EDIT} == set(OUTSIDE)
    assert not any(ROWS[kind].posts for kind in OUTSIDE)


@pytest.mark.parametrize("kind", DeliveryKind)
def test_a_kind_is_stored_as_its_word(kind: DeliveryKind) -> None:
    word = kind.name.lower().replace("_", " ")
    assert str(kind) == kind.value
    # An incident's channel was called its room, and rows keep that word.
    assert kind.value in (word, word.replace("channel", "room"))
