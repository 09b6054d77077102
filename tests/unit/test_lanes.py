"""A lane's name tells people who run the bot that it is one lane, and not whose."""

from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.delivery.lanes import LaneNames

LANE = "T0OTHER/person/U0PRIYA"


def test_a_name_has_the_kind_and_stays_the_same_in_every_replica() -> None:
    name = LaneNames("xoxb-1").name(LANE)
    assert name.startswith("person-")
    assert name == LaneNames("xoxb-1").name(LANE)


def test_two_lanes_have_two_names() -> None:
    names = LaneNames("xoxb-1")
    assert names.name(LANE) != names.name("T0OTHER/person/U0TOM")


@given(secret=st.text(min_size=1))
def test_who_tries_every_id_finds_no_one(secret: str) -> None:
    """Without the secret, a hash of the lane gives another name."""
    assert sha256(LANE.encode()).hexdigest()[:8] not in LaneNames(secret).name(LANE)
    assert LaneNames(secret + "x").name(LANE) != LaneNames(secret).name(LANE)


def test_without_a_secret_a_name_is_this_process_own() -> None:
    assert LaneNames().name(LANE) != LaneNames().name(LANE)
