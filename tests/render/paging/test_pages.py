"""A page: whom it asks for, and by when."""

from typing import Any

import pytest

from bot.domain.controls import Button
from bot.domain.ids import TeamKey, UserId
from bot.domain.incidents.severity import Severity
from bot.domain.paging.ladders import PERSON_PREFIX, PageState, RunState
from bot.domain.paging.outlook import Follows
from bot.domain.paging.reasons import Occasion
from bot.render.paging.page_messages import page
from bot.render.wording import Wording
from tests.render.incident_messages import PAGES
from tests.render.reading_blocks import mrkdwn_texts
from tests.render.views import MINUTE, NOW, PRIYA, TOM, a_head, a_masked_head, a_page, a_reason


def test_who_is_paged_in_person_is_not_called_a_team(wording: Wording) -> None:
    team = TeamKey(PERSON_PREFIX + PRIYA)
    shown = page(wording, a_page(team=team, team_name="priya", target=PRIYA))
    assert "You are needed" in str(shown.blocks)
    assert "paged you" in "\n".join(mrkdwn_texts(shown))
    to_the_next = page(wording, a_page(team=team, team_name="priya", target=TOM))
    assert "priya has not answered" in str(to_the_next.blocks)


def test_a_page_says_what_is_needed_and_how_much_there_is_to_look_at(wording: Wording) -> None:
    shown = page(wording, a_page())
    said = "\n".join(mrkdwn_texts(shown))
    assert ">Answer in the channel by 17:00\n>May we &lt;suspend&gt;?" in said
    assert "*References*\n1 item, 1 link" in said
    assert "*What makes it severe*\nA minor is targeted, Press deadline today" in said
    assert "17:00 May we &lt;suspend&gt;?" in shown.text
    of_pr = "\n".join(mrkdwn_texts(page(wording, a_page(team=TeamKey("pr")))))
    assert "suspend" not in of_pr


def test_a_page_says_of_the_opening_only_what_stays_true(wording: Wording) -> None:
    """The category may be corrected; the page shows the one that it has now."""
    for severity, says in ((Severity.P1, False), (Severity.P2, True)):
        reason = a_reason(Occasion.OPENED, severity=severity)
        said = "\n".join(mrkdwn_texts(page(wording, a_page(head=a_head(), reasons=(reason,)))))
        assert ("It was opened as P2." in said) is says, "only where it is another one now"


def test_a_page_shows_all_reasons_that_there_is_room_for_and_counts_the_others(
    wording: Wording,
) -> None:
    few, many = (
        tuple(a_reason(words=f"question {place}; " + "x" * length) for place in range(count))
        for count, length in ((12, 0), (40, 700))
    )
    assert all(f"question {place};" in words(wording, reasons=few) for place in range(12))
    assert "more reason" not in words(wording, reasons=few)
    shown = page(wording, a_page(reasons=many))
    said = "\n".join(mrkdwn_texts(shown))
    left = sum(f"question {place};" not in said for place in range(40))
    assert "question 0;" in said
    assert "question 39;" in said
    assert f"and {left} more reasons: `/escalate show ESC-12`" in said
    assert Button.ACKNOWLEDGE in str(shown.blocks)


def test_what_is_asked_again_of_a_masked_page_is_counted_without_a_command(
    wording: Wording,
) -> None:
    many = tuple(a_reason(by=UserId(f"U{place}")) for place in range(90))
    said = words(wording, head=a_masked_head(), reasons=many)
    assert "more reasons" in said
    assert "/escalate show" not in said


def test_whom_it_concerns_may_make_it_severe(wording: Wording) -> None:
    head = a_head(criteria=("press-today",), affected=("minor", "creator"))
    said = "\n".join(mrkdwn_texts(page(wording, a_page(head=head))))
    assert "*What makes it severe*\nPress deadline today, A minor is targeted" in said


def test_a_backup_is_not_asked_to_answer_by_a_time_that_has_passed(wording: Wording) -> None:
    said = words(wording, paged_at=NOW, answer_by=NOW - MINUTE, step=1)
    assert "Please acknowledge now." in said
    assert "Please acknowledge by" not in said


@pytest.mark.parametrize(
    ("by", "says", "no_more"),
    [
        (TOM, f"<@{TOM}> added:\n>again please", f"<@{TOM}> also asked for Legal."),
        (PRIYA, "You added:\n>again please", "You also asked for Legal."),
    ],
)
def test_who_adds_a_reason_has_not_paged_again(
    wording: Wording, by: UserId, says: str, no_more: str
) -> None:
    for asked, expected in (("again please", says), ("", no_more)):
        added = a_reason(by=by, words=asked)
        for first in (a_reason(Occasion.OPENED, severity=Severity.P1), a_reason()):
            said = words(wording, reasons=(first, added))
            assert expected in said
            assert said.count(" paged Legal") == 1


def words(wording: Wording, **changes: Any) -> str:
    return "\n".join(mrkdwn_texts(page(wording, a_page(**changes))))


NEXT, MANAGER = (
    "the next person on the list will be paged",
    "the escalation managers will be alerted",
)
FIRST, BACKUP, BEFORE = "You are the backup", "No one before you", "You were paged for this before"


def test_the_last_one_on_the_list_is_not_told_of_a_next_one(wording: Wording) -> None:
    assert NEXT in words(wording)
    assert MANAGER not in words(wording)
    last = words(wording, follows=Follows.MANAGERS_TOLD)
    assert MANAGER in last
    assert NEXT not in last


IN_PERSON = {"team": TeamKey(PERSON_PREFIX + PRIYA), "team_name": "Priya"}


@pytest.mark.parametrize(
    ("follows", "says"),
    [
        (Follows.PEOPLE, "If no one does, more people on the list will be paged."),
        (Follows.AGAIN, "If no one does, people on the list will be paged again."),
        (Follows.ROUND, "If no one does, the list will start again from the top."),
    ],
)
def test_a_page_promises_what_follows(wording: Wording, follows: Follows, says: str) -> None:
    assert says in words(wording, follows=follows)


def test_a_page_in_person_promises_the_managers(wording: Wording) -> None:
    said = words(wording, follows=Follows.MANAGERS_PAGED, **IN_PERSON)
    assert "If you don't, the escalation managers will be paged." in said
    assert "the list" not in said
    went_by = words(wording, answer_by=None, **IN_PERSON)
    assert "so the escalation managers were paged. You can still take it." in went_by


def test_a_manager_who_is_paged_in_a_persons_place_reads_so(wording: Wording) -> None:
    reasons = (a_reason(by=TOM, words="Read it"),)
    changes = {"target": TOM, "step": 1, "reasons": reasons, **IN_PERSON}
    shown = page(wording, a_page(follows=Follows.MANAGERS_TOLD, **changes))
    said = "\n".join(mrkdwn_texts(shown))
    assert "Priya has not answered" in str(shown.blocks[0])
    assert "You paged Priya:\n" in said
    assert "You are paged as an escalation manager. Acknowledge to take it in Priya's place" in said
    assert "managers will be alerted" not in said
    assert "the list" not in said
    declined = page(wording, a_page(place=PageState.DECLINED, **changes))
    assert "Priya can't take it" in str(declined.blocks[0])


def test_only_who_is_asked_first_and_alone_behind_others_is_the_backup(wording: Wording) -> None:
    assert not [said for said in (FIRST, BACKUP, BEFORE) if said in words(wording)]
    assert "You are the backup: no one before you" in words(wording, step=1)
    everyone = words(wording, step=2, alone=False)
    assert BACKUP in everyone
    assert FIRST not in everyone
    again = words(wording, step=2, alone=False, asked_before=True)
    assert BEFORE in again
    assert FIRST not in again


def test_a_page_whose_step_went_by_promises_nothing(wording: Wording) -> None:
    said = words(wording, answer_by=None)
    assert "You can still take it." in said
    assert "Please acknowledge" not in said


ACKNOWLEDGED = {"run_state": RunState.ACKNOWLEDGED, "responder": PRIYA, "acked_at": NOW}


@pytest.mark.parametrize("state", PageState)
def test_whoever_acknowledged_reads_on_each_of_their_pages_that_they_have_it(
    wording: Wording, state: PageState
) -> None:
    mine = words(wording, state=state, **ACKNOWLEDGED)
    assert "You acknowledged" in mine
    assert "It is not resolved yet" in mine
    assert "There is nothing left for you to do" not in mine
    assert "has ended" in words(wording, state=state, ended=True, **ACKNOWLEDGED)
    theirs = words(wording, state=state, target=TOM, **ACKNOWLEDGED)
    assert f"<@{PRIYA}> acknowledged" in theirs
    assert "There is nothing left for you to do" in theirs


SAID_NO = {
    "nobody is left": (RunState.EXHAUSTED, True, "No one on the list is left to page"),
    "the next one was paged": (RunState.PAGING, True, "Paging continued down the list"),
    "others of the step are asked": (RunState.PAGING, False, "Other people were paged together"),
    "it was withdrawn": (RunState.CANCELLED, True, "This page for Legal was withdrawn"),
}


@pytest.mark.parametrize("case", SAID_NO)
def test_whoever_cannot_take_it_reads_what_came_of_it(wording: Wording, case: str) -> None:
    run_state, went_on, expected = SAID_NO[case]
    said = words(wording, state=PageState.DECLINED, run_state=run_state, went_on=went_on)
    assert "You said that you can't take it" in said
    assert expected in said


REPLACED = [
    "page, handed over by its person",
    "page, handed over by a colleague",
    "page, acknowledged, then handed over",
    "page, acknowledged on a later one",
    "page, acknowledged, ended",
    "page, somebody was faster",
    "page, asked again",
    "page, declined, next one paged",
    "page, withdrawn",
    "page, withdrawn, a duplicate",
    "page, left waiting in what has ended",
]


@pytest.mark.parametrize("name", REPLACED)
def test_a_page_that_is_not_the_readers_any_more_is_one_line_and_a_way_on(
    wording: Wording, name: str
) -> None:
    [only] = page(wording, PAGES[name]).blocks
    assert "ESC-12" in only["text"]["text"]
    assert "Counsel must read" not in str(only)
    assert only["accessory"]["action_id"] == Button.SHOW


def test_who_acknowledged_keeps_what_is_asked(wording: Wording) -> None:
    shown = str(page(wording, PAGES["page, acknowledged"]).blocks)
    assert "Counsel must read the takedown notice today." in shown


def test_a_masked_page_that_is_over_names_no_successor_and_offers_nothing(wording: Wording) -> None:
    [only] = page(wording, PAGES["page, handed over by a colleague, masked"]).blocks
    assert "handed it over. There is" in only["text"]["text"]
    assert "accessory" not in only
