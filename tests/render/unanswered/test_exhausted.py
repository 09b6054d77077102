"""What a manager reads who is told that no one acknowledged."""

from dataclasses import replace

from bot.domain.controls import Button
from bot.domain.incidents.views import Head
from bot.domain.unanswered.manager_messages import ExhaustedMessage
from bot.render.message import Message
from bot.render.unanswered.manager_messages import exhausted
from bot.render.wording import Wording
from tests.render.catalogue import CASES
from tests.render.reading_blocks import mrkdwn_texts
from tests.render.views import PRIYA, a_head, a_masked_head, teams_in_every_state


def shown(wording: Wording, head: Head) -> str:
    [team] = [row for row in teams_in_every_state() if row.state.value == "exhausted"][:1]
    return str(exhausted(wording, ExhaustedMessage(head, team, (PRIYA,))).blocks)


def test_a_manager_who_is_not_in_it_is_offered_access_alone(wording: Wording) -> None:
    masked = shown(wording, a_masked_head())
    assert Button.REQUEST_ACCESS in masked
    assert Button.PAGE_TEAM not in masked
    assert "You are not in this escalation: ask for access" in masked
    full = shown(wording, a_head(owner=None))
    assert Button.PAGE_TEAM in full
    assert Button.TAKE_OWNERSHIP in full
    assert Button.REQUEST_ACCESS not in full


def test_one_message_lists_every_team_that_waits_and_still_asks(wording: Wording) -> None:
    said = str(CASES["exhausted, acknowledged since, another waits"](wording))
    assert "acknowledged for Legal" in said
    assert "There is nothing left for you to do" not in said
    assert "*Also without an acknowledgement*\\n• *PR*" in said
    assert Button.PAGE_TEAM in said


def test_the_teams_that_wait_stand_in_the_policys_order(wording: Wording) -> None:
    [row] = [row for row in teams_in_every_state() if row.state.value == "exhausted"][:1]
    known = list(wording.policy.teams)
    others = tuple(replace(row, team=team, name=team) for team in reversed(known))
    shown = exhausted(wording, ExhaustedMessage(a_head(), row, (PRIYA,), others=others))
    said = "\n".join(mrkdwn_texts(shown))
    listed = said[said.index("Also without") :]
    places = [listed.index(f"*{team}*") for team in known]
    assert places == sorted(places)


def test_the_earlier_message_is_a_line_that_points_to_the_newer_one(wording: Wording) -> None:
    shown = CASES["exhausted, a newer one lists it"](wording)
    assert isinstance(shown, Message)
    [only] = shown.blocks
    assert "The newer message below says where ESC-12 stands." in only["text"]["text"]
