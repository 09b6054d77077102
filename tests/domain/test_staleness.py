"""The table of messages and the events that make them untrue is whole."""

import pytest

from bot.domain.kinds import DeliveryKind
from bot.domain.staleness import POSTED, Change, KeptTrue, LeftAsPosted, untrue_after
from bot.kinds.messages import ROWS

BY_THEMSELVES = {DeliveryKind.PAGE, DeliveryKind.CANARY}


@pytest.mark.parametrize("kind", DeliveryKind)
def test_every_kind_of_delivery_has_a_row(kind: DeliveryKind) -> None:
    row = POSTED[kind]
    assert row.untrue_after if isinstance(row, KeptTrue) else row.because


def test_whatever_stands_can_be_said_anew() -> None:
    stands = {kind for kind, row in POSTED.items() if isinstance(row, KeptTrue)}
    assert {kind for kind, row in ROWS.items() if row.stands} == stands - BY_THEMSELVES


@pytest.mark.parametrize("change", Change)
def test_every_event_makes_something_untrue(change: Change) -> None:
    assert untrue_after(change)


def test_what_leaves_nothing_is_made_untrue_by_nothing() -> None:
    leaves = {kind for kind, row in POSTED.items() if isinstance(row, LeftAsPosted)}
    assert not any(leaves & untrue_after(change).keys() for change in Change)
