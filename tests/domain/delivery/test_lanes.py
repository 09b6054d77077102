"""A lane is called alike everywhere; its name tells people who run the bot that it is one lane,
and not whose."""

import ast
import re
from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.delivery import lanes
from bot.domain.delivery.lanes import LaneNames
from tests.docs.pages import ROOT

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


def test_lanes_are_stored_by_workspace_and_found_again() -> None:
    assert lanes.of_person("U1") == "person/U1"
    assert lanes.of_channel("C1") == "channel/C1"
    assert lanes.of_incident("01X") == "incident/01X"
    assert lanes.of_home_tab("U1") == "home/U1"
    assert lanes.of_fallback("U1", "sms") == "fallback/U1/sms"
    stored = lanes.stored("T1", lanes.of_person("U1"))
    assert stored == "T1/person/U1"
    assert lanes.in_workspace("T1", stored) == lanes.of_person("U1")


def test_a_lane_is_spelled_in_one_module() -> None:
    spelled = re.compile("(person|channel|incident|home|fallback)/")
    found = [
        str(path.relative_to(ROOT))
        for folder in ("bot", "handlers")
        for path in sorted((ROOT / folder).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.JoinedStr)
        and isinstance(node.values[0], ast.Constant)
        and spelled.match(str(node.values[0].value))
    ]
    assert set(found) == {"bot/domain/delivery/lanes.py"}


def test_without_a_secret_a_name_is_this_process_own() -> None:
    assert LaneNames().name(LANE) != LaneNames().name(LANE)
