"""Three lanes' new messages in a row: then Slack refuses everything, and not three places."""

import pytest

from bot.slack.answers import ids
from bot.slack.errors import Unreadable
from bot.worker.delivery.refusal_streaks import Refusals

LANES = ("T/person/U1", "T/person/U2", "T/channel/C1")


def test_what_is_only_tried_again_makes_nothing_of_three_refused_lanes() -> None:
    refusals = Refusals()
    for lane in LANES:
        refusals.refused(lane, "restricted_action", first=True)
    assert refusals.everywhere() == "restricted_action"
    refusals.accepted()
    for lane in LANES:
        refusals.refused(lane, "restricted_action", first=False)
    assert refusals.everywhere() is None, "Slack has taken something since they were new"


def test_what_is_no_id_in_a_list_is_passed_over() -> None:
    assert ids({"users": ["U1", None, 7, "", {}, "U2"]}, "users") == ["U1", "U2"]
    assert ids({"users": []}, "users") == []
    with pytest.raises(Unreadable):
        ids({"users": [None]}, "users")
