"""A page: whom it asks for, and by when."""

from bot.domain.ids import TeamKey
from bot.domain.paging import PERSON_PREFIX
from bot.render.desk import Desk
from bot.render.pages import page
from tests.unit.render.reading_blocks import mrkdwn_texts
from tests.unit.render.views import MINUTE, NOW, PRIYA, TOM, a_page


def test_who_is_paged_in_person_is_not_called_a_team(desk: Desk) -> None:
    team = TeamKey(PERSON_PREFIX + PRIYA)
    shown = page(desk, a_page(team=team, team_name="priya", target=PRIYA))
    assert "you are needed" in str(shown.blocks)
    assert "asks for you" in "\n".join(mrkdwn_texts(shown))
    to_the_next = page(desk, a_page(team=team, team_name="priya", target=TOM))
    assert "priya is needed" in str(to_the_next.blocks)


def test_a_backup_is_not_asked_to_answer_by_a_time_that_has_passed(desk: Desk) -> None:
    shown = page(desk, a_page(paged_at=NOW, ack_due_at=NOW - MINUTE, step=1))
    assert "Please acknowledge now." in "\n".join(mrkdwn_texts(shown))
    assert "Please acknowledge by" not in "\n".join(mrkdwn_texts(shown))
